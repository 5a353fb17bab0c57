import type { CreditEntry, InvoiceView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { money, state, type Terminal, text, time } from '@sluice/terminal';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

/** Returns `10.00 EUR`. */
function amountText({ balance, currency }: { balance: string; currency: string | null }): string {
  return currency === null ? 'none yet' : `${balance} ${currency}`;
}

/** `sluice credit show CLIENT` */
export const creditShow: CommandHandler = ([client = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const credit = await sluice.credit.show(client);
    terminal.document(credit);
    terminal.line(`client ${client}: credit ${amountText(credit)}`);
    return ExitCode.done;
  });

interface AddOptions extends GlobalOptions {
  currency?: string;
  ref?: string;
}

/** `sluice credit add CLIENT AMOUNT` */
export const creditAdd: CommandHandler<AddOptions> = ([client = '', amount = ''], options, deps) => {
  const { currency, ref } = options;
  if (currency === undefined)
    throw usageError('bad_option', 'Name the currency with --currency, such as EUR; nothing was changed');
  return withSluice(deps, options, async ({ sluice, terminal }) => {
    const { credit, booked } = await sluice.credit.add(client, { amount, currency, ref });
    terminal.document(credit);
    const what = booked ? `${amount} ${currency} added` : `reference "${ref ?? ''}" was booked before`;
    terminal.info(`client ${client}: ${what}; credit ${amountText(credit)}`);
    const { services } = await sluice.services.list({ client });
    if (booked && services.length === 0) terminal.info(`  no service has the client ${client} yet`);
    return ExitCode.done;
  });
};

const ENTRIES: List<CreditEntry> = {
  key: 'entries',
  empty: 'No credit was ever added.',
  keepsOrder: true,
  columns: [
    time('at', ({ at }) => at),
    text('kind', ({ kind }) => kind, { priority: 3 }),
    money('amount', ({ amount }) => amount),
    money('balance', ({ balance }) => balance),
    text('currency', ({ currency }) => currency, { title: '' }),
    text('description', ({ description }) => description),
    text('ref', ({ ref }) => ref, { priority: 2 }),
    text('actor', ({ actor }) => actor, { extra: true, priority: 4 }),
    text('id', ({ id }) => id, { extra: true, priority: 5 }),
  ],
};

/** `sluice credit history CLIENT` */
export const creditHistory: CommandHandler<ListOptions> = listCommand(
  ENTRIES,
  async ({ sluice }, [client = '']) => (await sluice.credit.history(client)).entries,
);

const INVOICES: List<InvoiceView> = {
  key: 'invoices',
  statuses: STATUSES.invoices,
  empty: 'No invoices.',
  keepsOrder: true,
  columns: [
    text('invoice', ({ id }) => id),
    text('client', ({ client }) => client),
    state('status', ({ status }) => status),
    money('total', ({ total }) => total),
    money('balance', ({ balance }) => balance, { extra: true, priority: 7 }),
    text('currency', ({ currency }) => currency, { title: '' }),
    time('created', ({ createdAt }) => createdAt, { priority: 2 }),
    time('paid', ({ paidAt }) => paidAt, { priority: 3 }),
    time('closed', ({ closedAt }) => closedAt, { extra: true, priority: 8 }),
    text('lines', ({ lines }) => lines.map(({ description }) => description).join('; '), { priority: 4 }),
  ],
};

/** `sluice invoice list` */
export const invoiceList: CommandHandler<ListOptions> = listCommand(
  INVOICES,
  async ({ sluice }, _args, { client }) => (await sluice.invoices.list({ client })).invoices,
);

/** `sluice invoice show INVOICE` */
export const invoiceShow: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const invoice = await sluice.invoices.show(id);
    terminal.document(invoice);
    printInvoice(terminal, invoice);
    return ExitCode.done;
  });

function printInvoice(terminal: Terminal, invoice: InvoiceView): void {
  const { id, client, currency, status, total, createdAt, paidAt, closedAt, lines } = invoice;
  terminal.line(`${id}: ${terminal.status(status)}, ${total} ${currency}, client ${client}`);
  const ended = status === 'open' ? '' : `, ${status} ${terminal.times.at(closedAt ?? paidAt, null) ?? ''}`;
  terminal.line(`  created ${terminal.times.at(createdAt, null) ?? ''}${ended}`);
  for (const { description, amount } of lines) terminal.line(`  ${amount} ${currency}  ${description}`);
}

/** `sluice invoice pay INVOICE` */
export const invoicePay: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { invoice, credit, changed } = await sluice.invoices.pay(id);
    terminal.document(invoice);
    const { total, currency, client } = invoice;
    const what = changed ? `${total} ${currency} paid from the credit of client ${client}` : 'paid before';
    terminal.info(`${id}: ${what}; credit ${amountText(credit)}`);
    return ExitCode.done;
  });

/** `sluice invoice cancel INVOICE` */
export const invoiceCancel: CommandHandler = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { invoice, changed } = await sluice.invoices.cancel(id);
    terminal.document(invoice);
    terminal.info(changed ? `${id}: cancelled (was open)` : `${id}: cancelled before`);
    return ExitCode.done;
  });
