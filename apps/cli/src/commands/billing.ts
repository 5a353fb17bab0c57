import { formatMoney } from '@sluice/quota-core';
import { usageError } from '@sluice/panel-kind/errors';
import { formatCount } from '../terminal/words.js';
import { CREDIT_ENTRIES, INVOICES } from '../terminal/lists/billing.js';
import { clientText, creditText, printInvoice } from '../terminal/reports/billing.js';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { STATUSES } from './statuses.js';

interface MergeOptions extends GlobalOptions {
  dryRun?: boolean;
  detailedExitcode?: boolean;
}

/** `sluice client merge CLIENT INTO` */
export const clientMerge: CommandHandler<MergeOptions> = ([client = '', into = ''], options, deps) => {
  const { dryRun, detailedExitcode } = options;
  return answer(deps, options, ({ sluice }) => sluice.clients.merge(client, { into, dryRun }), {
    info: ({ run, services, purchases, bills }) => {
      const isDeleted = into === 'none';
      if (services + purchases + bills === 0) {
        const nothing = isDeleted ? 'nothing of theirs is unfinished' : 'nothing of theirs is stored';
        return `client ${client}: ${nothing}; nothing was changed`;
      }
      const what = [
        ...(isDeleted ? [] : [formatCount(services, 'service')]),
        formatCount(purchases, 'purchase'),
        formatCount(bills, 'bill of calls', 'bills of calls'),
      ];
      const is = run.dryRun ? 'would be' : 'is now';
      const end = run.dryRun ? ' (dry run, nothing was stored)' : '';
      const whose = isDeleted ? 'ended' : `client ${into}`;
      return `client ${client} ${is} ${whose}: ${what.join(', ')}${end}`;
    },
    exitCode: ({ run }) =>
      detailedExitcode === true && dryRun === true && run.changes ? ExitCode.changes : ExitCode.done,
  });
};

/** `sluice credit show CLIENT` */
export const creditShow: CommandHandler = ([client = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.credit.show(client), {
    print: (terminal, credit) => {
      terminal.line(`${clientText(credit)}: ${creditText(credit)}`);
    },
  });

interface AddOptions extends GlobalOptions {
  currency?: string;
  ref?: string;
  description?: string;
}

/** `sluice credit add CLIENT AMOUNT` */
export const creditAdd: CommandHandler<AddOptions> = ([client = '', amount = ''], options, deps) => {
  const { currency, ref, description } = options;
  if (currency === undefined)
    throw usageError('bad_option', 'Name the currency with --currency, such as EUR; nothing was changed');
  return answer(
    deps,
    options,
    async ({ sluice }) => ({
      ...(await sluice.credit.add(client, { amount, currency, ref, description })),
      ...(await sluice.services.list({ client })),
    }),
    {
      document: ({ credit }) => credit,
      info: ({ credit, booked }) => {
        const what = booked ? `${formatMoney(amount, currency)} added` : `reference "${ref ?? ''}" was booked before`;
        return `${clientText(credit)}: ${what}; ${creditText(credit)}`;
      },
      print: (terminal, { booked, services }) => {
        if (booked && services.length === 0) terminal.info(`  no service has the client ${client} yet`);
      },
    },
  );
};

/** `sluice credit history CLIENT` */
export const creditHistory: CommandHandler<ListOptions> = listCommand(
  { key: 'entries', empty: 'No credit was ever added.', keepsOrder: true, columns: CREDIT_ENTRIES },
  async ({ sluice }, [client = '']) => {
    const { entries, ...also } = await sluice.credit.history(client);
    return { rows: entries, also };
  },
  ({ terminal }, entries, { csv }, also) => {
    if (csv === undefined && also !== null && also.clientName !== null && entries.length > 0)
      terminal.info(`The credit of ${clientText(also)}`);
    return ExitCode.done;
  },
);

/** `sluice invoice list` */
export const invoiceList: CommandHandler<ListOptions> = listCommand(
  { key: 'invoices', statuses: STATUSES.invoices, empty: 'No invoices.', keepsOrder: true, columns: INVOICES },
  async ({ sluice }, _args, { client }) => (await sluice.invoices.list({ client })).invoices,
);

/** `sluice invoice show INVOICE` */
export const invoiceShow: CommandHandler = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.invoices.show(id), { print: printInvoice });

/** `sluice invoice pay INVOICE` */
export const invoicePay: CommandHandler = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.invoices.pay(id), {
    document: ({ invoice }) => invoice,
    info: ({ invoice: { total, currency, client }, credit, changed }) => {
      const what = changed ? `${formatMoney(total, currency)} paid from the credit of client ${client}` : 'paid before';
      return `${id}: ${what}; ${creditText(credit)}`;
    },
  });

/** `sluice invoice cancel INVOICE` */
export const invoiceCancel: CommandHandler = ([id = ''], options, deps) =>
  answer(deps, options, ({ sluice }) => sluice.invoices.cancel(id), {
    document: ({ invoice }) => invoice,
    info: ({ changed }) => `${id}: cancelled ${changed ? '(was open)' : 'before'}`,
  });
