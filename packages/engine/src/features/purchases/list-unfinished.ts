import type { PurchaseRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { listEndedClients } from '../billing/end-client.js';
import { cancelledKey } from '../billing/missing-key.js';
import { filterOwn, listOpen } from '../billing/open-charges.js';

/** How long a cancelled invoice is asked for: it may have been paid at the same time, or opened and paid again. */
const LONGEST_LATE_MS = 60 * 86_400_000;

/**
 * Lists the purchases whose charge, payment or refund is not finished, as far as the billing system of the config has them; with
 * `all` those cancelled lately, too.
 */
export async function listUnfinished(
  context: Context,
  { service, all }: { service: string | null; all: boolean },
): Promise<PurchaseRecord[]> {
  const { purchases, conditions } = context.store;
  const filter = service === null ? {} : { service };
  const cancelled = all ? await purchases.list({ ...filter, status: 'cancelled' }) : [];
  const oldest = new Date(Date.parse(context.now()) - LONGEST_LATE_MS).toISOString();
  const ended = cancelled.length === 0 ? new Set<string>() : await listEndedClients(context);
  const since = cancelled.length === 0 ? [] : await conditions.list(cancelledKey(''));
  const cancelledAt = new Map(since.map((one) => [one.key, one.since]));
  const isLate = ({ id, at }: PurchaseRecord): boolean => (cancelledAt.get(cancelledKey(id)) ?? at) >= oldest;
  const isGone = ({ client }: PurchaseRecord): boolean => client !== null && ended.has(client);
  const late = cancelled.filter((row) => row.invoice !== null && isLate(row) && !isGone(row));
  return filterOwn(context, [...(await listOpen(context.store, service)), ...late]);
}
