/** The oldest version of the server that stores are tested on; an older one is refused. */
export const OLDEST_POSTGRES = 15;
