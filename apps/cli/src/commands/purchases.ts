import type { PackageView, PurchaseView } from '@sluice/engine';
import { usageError } from '@sluice/panel-kind/errors';
import { bytes, state, text, time } from '@sluice/terminal';
import { formatPurchase } from '@sluice/terminal/reports';
import { ExitCode } from '../exit-codes.js';
import { withSluice } from '../open-sluice.js';
import type { CommandHandler, LockOptions } from './command.js';
import { type List, listCommand, type ListOptions } from './list.js';
import { parseWait } from './parse-wait.js';
import { STATUSES } from './statuses.js';

const PACKAGES: List<PackageView> = {
  key: 'packages',
  empty: 'The config has no packages.',
  columns: [
    text('package', ({ id }) => id),
    bytes('traffic', (row) => row.bytes),
    text('price', ({ price }) => price, { align: 'right' }),
    text('currency', ({ currency }) => currency),
    text('products', ({ products }) => products.join(', ') || null, { priority: 1 }),
  ],
};

/** `sluice package list` */
export const packageList: CommandHandler<ListOptions> = listCommand(
  PACKAGES,
  async ({ sluice }) => (await sluice.purchases.packages()).packages,
);

const PURCHASES: List<PurchaseView> = {
  key: 'purchases',
  statuses: STATUSES.purchases,
  empty: 'No purchases.',
  keepsOrder: true,
  columns: [
    text('id', ({ id }) => id),
    text('service', ({ service }) => service),
    text('client', ({ client }) => client, { priority: 6 }),
    text('package', ({ package: name }) => name),
    bytes('traffic', (row) => row.bytes, { priority: 3 }),
    text('price', ({ price }) => price, { align: 'right' }),
    text('currency', ({ currency }) => currency),
    state('status', ({ status }) => status),
    text('actor', ({ actor }) => actor, { priority: 4 }),
    text('by', ({ by }) => by, { extra: true, priority: 4 }),
    text('invoice', ({ invoice }) => invoice, { priority: 5 }),
    text('charged', ({ charged }) => charged, { align: 'right', extra: true, priority: 7 }),
    text('cycle', ({ cycle }) => cycle, { extra: true, priority: 8 }),
    time('at', ({ at }) => at, { priority: 1 }),
  ],
};

/** `sluice purchase list` */
export const purchaseList = listCommand<PurchaseView, ListOptions & { service?: string }>(
  PURCHASES,
  async ({ sluice }, _args, { service }) => (await sluice.purchases.list({ service })).purchases,
);

interface CreateOptions extends LockOptions {
  ref?: string;
}

/** `sluice purchase create SERVICE PACKAGE` */
export const purchaseCreate: CommandHandler<CreateOptions> = ([id = '', name = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { ref } = options;
    if (ref?.trim() === '') throw usageError('bad_option', '--ref: the reference is empty; nothing was bought');
    const before = await sluice.holds.list({ service: id, open: true });
    const report = await sluice.purchases.create(id, name, { ref, waitMs: parseWait(options) });
    terminal.document(report);
    terminal.info(formatPurchase(report, before.holds.length));
    if (report.error !== null) terminal.warn(terminal.error(report.error, { service: id }));
    return report.error === null ? ExitCode.done : ExitCode.partial;
  });

interface CancelOptions extends LockOptions {
  refund?: boolean;
}

/** `sluice purchase cancel ID` */
export const purchaseCancel: CommandHandler<CancelOptions> = ([id = ''], options, deps) =>
  withSluice(deps, options, async ({ sluice, terminal }) => {
    const { refund } = options;
    const document = await sluice.purchases.cancel(id, { refund, waitMs: parseWait(options) });
    const { purchase } = document;
    terminal.document(document);
    terminal.info(`${purchase.id}: ${purchase.status} (${purchase.package} for ${purchase.service})`);
    return ExitCode.done;
  });
