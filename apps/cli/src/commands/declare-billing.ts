import type { LazyCommand } from './command.js';
import { listOptions } from './list-options.js';

/** Declares `client`, and `credit` and `invoice`: the local ledger. */
export function declareBilling(program: LazyCommand): void {
  program
    .group('client', 'clients of the billing system', declareClient)
    .examples('sluice client merge 501 502 --dry-run');
  program
    .group('credit', 'credit of clients in the local ledger', declareCredit)
    .examples('sluice credit add 42 50.00 --currency EUR', 'sluice credit show 42');
  program
    .group('invoice', 'invoices of the local ledger', declareInvoice)
    .examples('sluice invoice list --client 42 --status open');
}

function declareClient(client: LazyCommand): void {
  client
    .command('merge <client>')
    .argument('<into>', 'the client into whom it was merged; none: it was deleted')
    .description(
      'store that the billing system has merged a client into another one, whose services, purchases and bills are then those of the first, too, or has deleted it',
    )
    .previews("store nothing, and show how much would become the other client's, or would end")
    .changes()
    .examples('sluice client merge 501 502 --dry-run', 'sluice client merge 501 502', 'sluice client merge 501 none')
    .runs(async () => (await import('./billing.js')).clientMerge);
}

function declareCredit(credit: LazyCommand): void {
  const load = () => import('./billing.js');
  credit
    .command('show <client>')
    .description("show a client's credit")
    .examples('sluice credit show 42')
    .runs(async () => (await load()).creditShow);
  credit
    .command('add <client>')
    .argument('<amount>', 'such as 50.00, with no more decimals than the currency has')
    .description("add to a client's credit; the first credit sets the client's currency")
    .option('--currency <code>', 'three capital letters, such as EUR')
    .option('--ref <key>', 'identifies the payment: one reference is booked once')
    .option('--description <text>', 'what the client reads of it (default: Credit)')
    .changes()
    .examples('sluice credit add 42 50.00 --currency EUR --ref transfer-4711 --description "Bank transfer"')
    .runs(async () => (await load()).creditAdd);
  listOptions(credit.command('history <client>'))
    .description("list all changes of a client's credit, oldest first")
    .examples('sluice credit history 42')
    .runs(async () => (await load()).creditHistory);
}

function declareInvoice(invoice: LazyCommand): void {
  const load = () => import('./billing.js');
  listOptions(invoice.command('list'), 'client', 'status=invoices')
    .description('list invoices, oldest first')
    .examples('sluice invoice list --status open')
    .runs(async () => (await load()).invoiceList);
  invoice
    .command('show <invoice>')
    .description('show an invoice with its lines')
    .examples('sluice invoice show inv-0mwozl0g0-4ae2064e0d')
    .runs(async () => (await load()).invoiceShow);
  invoice
    .command('pay <invoice>')
    .description("pay an open invoice from the client's credit")
    .changes()
    .examples('sluice invoice pay inv-0mwozl0g0-4ae2064e0d')
    .runs(async () => (await load()).invoicePay);
  invoice
    .command('cancel <invoice>')
    .description('cancel an open invoice')
    .changes()
    .examples('sluice invoice cancel inv-0mwozl0g0-4ae2064e0d')
    .runs(async () => (await load()).invoiceCancel);
}
