import type { Credit } from '@sluice/contract/ports';
import {
  describeEffect,
  describePackage,
  describeService,
  describePurchaseState,
  describeRefused,
  describeRefusedOne,
} from '@sluice/engine/words';
import { PACKAGES, PURCHASES } from '../terminal/lists/billing.js';
import { formatPurchase } from '../terminal/reports/outcome.js';
import { ExitCode } from '../exit-codes.js';
import { type Opened } from '../open-sluice.js';
import { answer } from './answer.js';
import type { CommandHandler, LockOptions } from './command.js';
import { importRows } from './import-rows.js';
import { listCommand, type ListOptions } from './list.js';
import { parseRef } from './parse-ref.js';
import { parseWait } from './parse-wait.js';
import { STATUSES } from './statuses.js';

/** How long a list waits for the billing system. */
const CREDIT_MS = 5000;

/** Returns the credit of a service's client; undefined where it can't be read. */
async function readPayer({ services, credit }: Opened['sluice'], service?: string): Promise<Credit | undefined> {
  if (service === undefined) return undefined;
  const { client } = await services.show(service);
  if (client === null) return undefined;
  return credit.show(client, { signal: AbortSignal.timeout(CREDIT_MS) }).catch(() => undefined);
}

/** `sluice package list` */
export const packageList: CommandHandler<ListOptions & { service?: string }> = listCommand(
  { key: 'packages', empty: 'No packages.', columns: PACKAGES },
  async ({ sluice }, _args, { service }) =>
    (await sluice.purchases.packages({ service, credit: await readPayer(sluice, service) })).packages,
  ({ terminal }, packages) => {
    const refused = describeRefused(packages);
    if (refused !== null) terminal.line(refused);
    for (const each of packages)
      for (const text of [describeRefusedOne(each, packages) ?? [], describeEffect(each, packages)].flat())
        terminal.line(`${each.id}: ${terminal.times.text(text)}`);
    return ExitCode.done;
  },
);

/** Says before the charge what a package does not end; nothing for the repeat of a purchase. */
async function warnBefore(
  { sluice, terminal }: Opened,
  { id, name, ref }: { id: string; name: string; ref?: string | undefined },
) {
  if (ref !== undefined && (await sluice.purchases.list({ ref })).purchases.length > 0) return;
  const { packages } = await sluice.purchases.packages({ service: id });
  const chosen = packages.find((each) => each.id === name);
  if (chosen === undefined) return;
  for (const text of describeEffect(chosen, packages)) terminal.warn(terminal.times.text(text));
}

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
  const ref = parseRef(options.ref, 'bought');
  const how = { ref, waitMs: parseWait(options) };
  return answer(
    deps,
    options,
    async (opened) => {
      const { sluice } = opened;
      await warnBefore(opened, { id, name, ref });
      const { holds: before } = await sluice.holds.list({ service: id, open: true });
      return { before, report: await sluice.purchases.create(id, name, how) };
    },
    {
      document: ({ report }) => report,
      info: ({ report, before }) => formatPurchase(report, before.length),
      print: (terminal, { report: { error, stoppedByPanel } }) => {
        if (error !== null) terminal.warn(terminal.error(error, { service: id }));
        if (stoppedByPanel?.message != null)
          terminal.warn(`${terminal.times.text(stoppedByPanel.message)}. The package alone does not start it.`);
      },
      exitCode: ({ report }) => (report.error === null ? ExitCode.done : ExitCode.partial),
    },
  );
};

/** `sluice purchase import FILE` */
export const purchaseImport: CommandHandler<LockOptions & { dryRun?: boolean }> = ([file = ''], options, deps) =>
  importRows(file, options, deps, (sluice, rows, how) => sluice.purchases.import(rows, how));

interface CancelOptions extends LockOptions {
  refund?: boolean;
}

/** `sluice purchase cancel ID` */
export const purchaseCancel: CommandHandler<CancelOptions> = ([id = ''], options, deps) => {
  const how = { refund: options.refund, waitMs: parseWait(options) };
  return answer(deps, options, ({ sluice }) => sluice.purchases.cancel(id, how), {
    info: ({ purchase }) =>
      `${purchase.id}: ${describePurchaseState(purchase)}, ${describePackage(purchase)} for ${describeService({ id: purchase.service, name: purchase.name })}`,
  });
};
