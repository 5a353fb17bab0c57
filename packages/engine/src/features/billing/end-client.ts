import type { CallBillRecord, ClientRows, PurchaseRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { BY_HAND } from './by-hand.js';
import { endedKey, endRefund, missingKey } from './missing-key.js';
import { filterOwn, listOpen } from './open-charges.js';

/** Stands for the client into whom another one was merged, where that one was deleted. */
export const NOBODY = 'none';

/** What no run has finished in the billing system of the config. */
export interface Unfinished {
  /** Whose charge, payment or refund is not finished. */
  purchases: PurchaseRecord[];
  /** Bills of calls. */
  bills: CallBillRecord[];
}

const UNFINISHED = ['planned', 'sending', 'unknown', 'failed'] as const;

/** Lists what is not finished in the billing system of the config. */
export async function listUnfinishedRows({
  store,
  config,
}: {
  store: Pick<StoreTables, 'purchases' | 'callBills'>;
  config: Pick<Context['config'], 'billing'>;
}): Promise<Unfinished> {
  const purchases = filterOwn({ config }, await listOpen(store, null));
  const bills = filterOwn({ config }, await store.callBills.list({ states: UNFINISHED }));
  return { purchases, bills };
}

/** Counts what is not finished of a client. */
export async function countUnfinished(
  { config }: Pick<Context, 'config'>,
  store: Pick<StoreTables, 'purchases' | 'callBills'>,
  client: string,
): Promise<ClientRows> {
  const { purchases, bills } = await findOwn({ store, config }, client);
  return { services: 0, purchases: purchases.length, bills: bills.length };
}

/**
 * Ends what is not finished of a client whom the billing system has deleted for good: its purchases count as cancelled, its calls as charged
 * by a person. Nothing is charged or returned.
 */
export async function storeEnd(context: Context, tables: StoreTables, client: string): Promise<ClientRows> {
  const { purchases, bills } = await findOwn({ store: tables, config: context.config }, client);
  const now = context.now();
  for (const { id } of purchases) {
    await tables.purchases.update(id, { status: 'cancelled', refundSentAt: null });
    await endRefund(tables, id);
  }
  for (const { id } of bills) await tables.callBills.update(id, { state: 'zero', note: BY_HAND, endedAt: now });
  await tables.conditions.end(missingKey(client));
  await tables.conditions.put({ key: endedKey(client), since: now, runs: 1, details: null });
  return { services: 0, purchases: purchases.length, bills: bills.length };
}

async function findOwn(of: Parameters<typeof listUnfinishedRows>[0], client: string): Promise<Unfinished> {
  const { purchases, bills } = await listUnfinishedRows(of);
  const isOf = (row: { client: string | null }): boolean => row.client === client;
  return { purchases: purchases.filter(isOf), bills: bills.filter(isOf) };
}

/** Lists the clients of whom a person stated that they were deleted. */
export async function listEndedClients({ store }: Pick<Context, 'store'>): Promise<Set<string>> {
  const prefix = endedKey('');
  return new Set((await store.conditions.list(prefix)).map(({ key }) => key.slice(prefix.length)));
}
