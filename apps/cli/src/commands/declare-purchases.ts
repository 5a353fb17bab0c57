import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `package`, `purchase` and `auto-buy`. */
export function declarePurchases(program: LazyCommand): void {
  program.group('package', 'packages of extra traffic', declarePackage).examples('sluice package list');
  program
    .group('purchase', 'extra traffic for the current billing cycle', declarePurchase)
    .examples('sluice purchase create svc-1 extra-1tb --ref order-4711');
  program
    .group('auto-buy', 'automatic purchases, of a service or a client', declareAutoBuy)
    .examples('sluice auto-buy set svc-1 --on --package extra-1tb --threshold 10%');
}

const load = () => import('./purchases.js');

function declarePackage(group: LazyCommand): void {
  listOptions(group.command('list'))
    .description('list the packages of the config, or those on offer for a service with what they would not end')
    .option('--service <service>', 'only what the product of this service offers')
    .examples('sluice package list', 'sluice package list --service svc-1')
    .runs(async () => (await load()).packageList);
}

function declarePurchase(purchase: LazyCommand): void {
  purchase
    .command('create <service> <package>')
    .description(
      'buy a package for the current cycle from the credit of the client, and release the service if it may be',
    )
    .option('--ref <key>', 'buy only once, however often the command is repeated with this reference')
    .waits()
    .changes()
    .examples('sluice purchase create svc-1 extra-1tb --ref order-4711')
    .runs(async () => (await load()).purchaseCreate);
  purchase
    .command('import <file>')
    .description(
      'take over purchases that another tool has charged: they count in the current cycle, and are never charged',
    )
    .dryRun('store nothing, and show what would be taken over')
    .waits()
    .changes()
    .explains('Columns', [
      'service, package        required',
      'bytes                   required; traffic, a whole number of bytes',
      'price, currency         required; currency only if the config has none',
      'at                      required; time of the purchase, in the current cycle',
      'actor                   manual (default) or auto',
    ])
    .examples('sluice purchase import purchases.csv --dry-run')
    .runs(async () => (await load()).purchaseImport);
  listOptions(purchase.command('list'), 'client', 'status=purchases')
    .description('list purchases, oldest first')
    .option('--service <service>', 'only this service')
    .examples('sluice purchase list --service svc-1', 'sluice purchase list --status pending')
    .runs(async () => (await load()).purchaseList);
  purchase
    .command('cancel <purchase>')
    .description('cancel a pending purchase with its invoice, or one that was imported')
    .option('--refund', 'return the price of a paid purchase as credit, if the service stays under its allowance')
    .waits()
    .changes()
    .examples('sluice purchase cancel pur-01K9Z3 --refund')
    .runs(async () => (await load()).purchaseCancel);
}

function declareAutoBuy(autoBuy: LazyCommand): void {
  const handlers = () => import('./auto-buy.js');
  const about = (command: LazyCommand): LazyCommand =>
    command.argument('[service]').option('--client <client>', 'of all services of this client');
  about(autoBuy.command('show'))
    .description('show what applies, and where it comes from')
    .examples('sluice auto-buy show svc-1')
    .runs(async () => (await handlers()).autoBuyShow);
  about(autoBuy.command('set'))
    .description('set a preference; what is not named stays')
    .option('--on', 'buy automatically')
    .option('--off', 'buy nothing automatically')
    .option('--package <package>', 'the package to buy')
    .option('--threshold <size>', 'buy when at most this remains, such as 10GB or 10%')
    .option('--max <count>', 'the maximum per cycle')
    .waits()
    .changes()
    .examples('sluice auto-buy set svc-1 --on --package extra-1tb --threshold 10%')
    .runs(async () => (await handlers()).autoBuySet);
  about(autoBuy.command('clear'))
    .description('drop the preference')
    .waits()
    .changes()
    .examples('sluice auto-buy clear svc-1', 'sluice auto-buy clear --client 42')
    .runs(async () => (await handlers()).autoBuyClear);
}
