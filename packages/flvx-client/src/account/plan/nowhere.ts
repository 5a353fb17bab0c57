/** Where a redirected forward points unless it is told elsewhere: the discard port of the node itself. */
export const NOWHERE = '127.0.0.1:9';
