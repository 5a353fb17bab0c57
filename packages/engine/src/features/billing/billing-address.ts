import type { Check } from '@sluice/contract/documents';
import { type BillingSystem, SluiceError } from '@sluice/panel-kind';
import { toChecks } from '../../base/check.js';
import { billingSettings } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { toAddress } from '../../context/panel-addresses.js';
import { withRun } from '../../kernel/run/bracket.js';
import { listKnownLines } from './known-lines.js';
import { openBilling } from './open-billing.js';
import { nullIfUnknown } from './refusals.js';

/** Begins the keys of the conditions that have the addresses of billing systems. */
const ADDRESS = 'billing-address:';

/** The code of another installation in place of the one that made the invoices. */
const MOVED = 'billing_moved';

/** So many invoices are read to find out whether a new address is of the same installation. */
const MOST_INVOICES = 5;

/**
 * Opens the billing system of the config. Another installation in place of the former one is refused: its clients and invoices have the
 * same ids, and are others. A new address is that of the same installation where it shows an invoice that was made before.
 *
 * @throws SluiceError `billing_moved`
 */
export async function openKnownBilling(context: Context): Promise<BillingSystem> {
  const system = await openBilling(context);
  const address = findAddress(context);
  if (address === null) return system;
  const known = await readAddress(context);
  if (known === address) return system;
  try {
    if (known !== null) await refuseOther(context, system);
    await storeAddress(context, address);
    return system;
  } catch (error) {
    system.close();
    throw error;
  }
}

/** Returns the address of the billing system of the config; null for one without, such as the ledger. */
function findAddress({ config, deps }: Context): string | null {
  const kind = deps.billing.find((known) => known.kind === config.billing);
  const settings = billingSettings(config, config.billing);
  const url = settings === undefined ? undefined : kind?.address?.(settings);
  return url === undefined ? null : toAddress({ kind: config.billing, url });
}

async function readAddress({ store, config }: Context): Promise<string | null> {
  const [row] = await store.conditions.list(`${ADDRESS}${config.billing}`);
  return row === undefined ? null : (row.details as { address: string }).address;
}

function storeAddress(context: Context, address: string): Promise<unknown> {
  const row = { key: `${ADDRESS}${context.config.billing}`, since: context.now(), runs: 1, details: { address } };
  return context.write([], ({ conditions }) => conditions.put(row));
}

async function refuseOther(context: Context, system: BillingSystem): Promise<void> {
  const lines = (await listKnownLines(context, null)).slice(0, MOST_INVOICES);
  if (lines.length === 0) return;
  for (const { invoice, isOn } of lines) {
    const shown = await system.invoice(invoice, context.deps.signal).catch(nullIfUnknown);
    if (shown?.lines.some(isOn) === true) return;
  }
  const invoices = lines.map(({ invoice }) => invoice).join(', ');
  const { billing } = context.config;
  const message = `${system.title} has another address than before, and none of the invoices that were made at the former one (${invoices}): it may be another installation with other clients; nothing was asked for or changed there`;
  throw new SluiceError(MOVED, message, { kind: 'billing', details: { billing } });
}

/** Goes on with the billing system at its present address, whatever it has of the former one; null where that is the address known. */
export async function takeOverBilling(context: Context): Promise<Check | null> {
  const address = findAddress(context);
  const known = await readAddress(context);
  if (address === null || known === null || known === address) return null;
  // oxlint-disable-next-line sluice/syntax -- the name of such runs in the log
  return withRun(context, { command: 'doctor --take-over', dryRun: false, scope: 'billing' }, async (run) => {
    await run.start();
    await storeAddress(context, address);
    await run.end({ outcome: 'done', changes: true });
    const message = 'charged at its present address from now on: end by hand what is not finished at the former one';
    return toChecks('take-over', context.config.billing)('ok', message);
  });
}

/** Checks that the billing system of the config is the one that made the invoices before; nothing where it can't be asked. */
export async function addressChecks(context: Context): Promise<Check[]> {
  try {
    await context.billing();
    return [];
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== MOVED) return [];
    const { billing } = context.config;
    return [{ ...toChecks('address', billing)('failed', error.message, MOVED), details: { billing } }];
  }
}
