import type { LazyCommand } from './command.js';

/** Adds the options of a share link to `report`. */
export function withShareOptions(command: LazyCommand): LazyCommand {
  return command
    .option('--share <time>', "make a link to the client's own pages that ends after this time, such as 7d")
    .option('--may-buy', 'with the link, packages on offer can be bought and automatic purchases set')
    .option('--max-amount <amount>', 'with --may-buy: what can be spent with the link in total')
    .option('--may-manage', 'with the link, the fields that the product lists can be changed (customerMay)')
    .option('--may-change-password', 'with the link, a new password can be made');
}
