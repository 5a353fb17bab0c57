import { usageError } from '@sluice/panel-kind/errors';
import { PACKAGES, PURCHASES } from '@sluice/terminal/lists';
import { formatPurchase } from '@sluice/terminal/reports';
import { ExitCode } from '../exit-codes.js';
import { answer } from './answer.js';
import type { CommandHandler, LockOptions } from './command.js';
import { listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';
import { STATUSES } from './statuses.js';

/** `sluice package list` */
export const packageList: CommandHandler<ListOptions> = listCommand(
  { key: 'packages', empty: 'The config has no packages.', columns: PACKAGES },
  async ({ sluice }) => (await sluice.purchases.packages()).packages,
);

/** `sluice purchase list` */
export const purchaseList: CommandHandler<ListOptions & { service?: string }> = listCommand(
  { key: 'purchases', statuses: STATUSES.purchases, empty: 'No purchases.', keepsOrder: true, columns: PURCHASES },
  async ({ sluice }, _args, { service }) => (await sluice.purchases.list({ service })).purchases,
);

interface CreateOptions extends LockOptions {
  ref?: string;
}

/** `sluice purchase create SERVICE PACKAGE` */
export const purchaseCreate: CommandHandler<CreateOptions> = ([id = '', name = ''], options, deps) => {
  const { ref } = options;
  if (ref?.trim() === '') throw usageError('bad_option', '--ref: the reference is empty; nothing was bought');
  const how = { ref, waitMs: parseWait(options) };
  return answer(
    deps,
    options,
    async ({ sluice }) => {
      const { holds: before } = await sluice.holds.list({ service: id, open: true });
      const report = await sluice.purchases.create(id, name, how);
      return { before, report, stopped: (await sluice.services.show(id)).stoppedByPanel };
    },
    {
      document: ({ report }) => report,
      info: ({ report, before }) => formatPurchase(report, before.length),
      print: (terminal, { report: { error }, stopped }) => {
        if (error !== null) terminal.warn(terminal.error(error, { service: id }));
        if (stopped?.message != null) terminal.warn(`${stopped.message}. The package alone may not start it.`);
      },
      exitCode: ({ report }) => (report.error === null ? ExitCode.done : ExitCode.partial),
    },
  );
};

interface CancelOptions extends LockOptions {
  refund?: boolean;
}

/** `sluice purchase cancel ID` */
export const purchaseCancel: CommandHandler<CancelOptions> = ([id = ''], options, deps) => {
  const how = { refund: options.refund, waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.purchases.cancel(id, how), {
    info: ({ purchase }) => `${purchase.id}: ${purchase.status} (${purchase.package} for ${purchase.service})`,
  });
};
