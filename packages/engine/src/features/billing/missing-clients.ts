import { staffText } from '@sluice/messages/staff';
import { SluiceError } from '@sluice/panel-kind';
import type { ConditionRecord, StoreTables } from '@sluice/state-store';
import { isLiving } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { withRun } from '../../kernel/run/bracket.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import { listUnfinishedRows } from './end-client.js';
import { findMerge, isKnown, type MergedClient, storeMerge } from './merge-clients.js';
import { CLIENT_MISSING, missingKey } from './missing-key.js';

/** A client whom the billing system has not any more, and of whom something is not finished. */
export interface MissingClient {
  id: string;
  /** The service that it is about. */
  service: string;
  message: string;
  /** ISO UTC. */
  since: string;
}

/** What is stored of one. */
type Details = Pick<MissingClient, 'service' | 'message'>;

/** Lists the clients whom the last runs missed. Calls nothing. */
export async function listMissingClients({ store }: Pick<Context, 'store'>): Promise<MissingClient[]> {
  const found = await store.conditions.list(`${CLIENT_MISSING}:`);
  return found.map(({ key, since, details }) => ({ id: key.replace(':', '-'), since, ...(details as Details) }));
}

/**
 * Asks the billing system for the clients of whom something is not finished, and for `also`. One whose invoices are another client's now was
 * merged into it: that is stored. Of the others whom it does not have that is an alarm, until they are merged or nothing is left.
 * What it does not answer stays as it is. Returns the clients who were merged.
 */
export async function checkClients(context: Context, also: readonly string[] = []): Promise<string[]> {
  if (context.config.billing === 'ledger') return [];
  const stored = new Map((await context.store.conditions.list(`${CLIENT_MISSING}:`)).map((one) => [one.key, one]));
  const isAsked = (client: string): boolean => also.includes(client) || stored.has(missingKey(client));
  const unfinished = await listUnfinishedClients(context, isAsked);
  const missing: ConditionRecord[] = [];
  const merged: string[] = [];
  for (const client of new Set([...unfinished.keys(), ...also])) {
    const key = missingKey(client);
    const found = await askFor(context, client);
    if (found === 'merged') {
      stored.delete(key);
      merged.push(client);
    }
    const before = stored.get(key);
    const service = unfinished.get(client);
    if (found === 'unanswered') missing.push(...(before === undefined ? [] : [before]));
    if (found !== 'missing' || service === undefined) continue;
    const { title } = await context.billing();
    const message = staffText('staff.clientMissing', { billing: title, client });
    const details: Details = { service, message };
    missing.push({ key, since: before?.since ?? context.now(), runs: 1, details });
  }
  const isSame = ({ key, details }: ConditionRecord): boolean =>
    JSON.stringify(stored.get(key)?.details) === JSON.stringify(details);
  if (missing.length === stored.size && missing.every(isSame)) return merged;
  await context.write([], async ({ conditions }) => {
    for (const key of stored.keys()) await conditions.end(key);
    for (const one of missing) await conditions.put(one);
  });
  return merged;
}

async function askFor(context: Context, client: string): Promise<'known' | 'merged' | 'missing' | 'unanswered'> {
  try {
    if (await isKnown(context, client)) return 'known';
    const into = await findMerge(context, client);
    if (into === null) return 'missing';
    await storeFound(context, { from: client, into });
    return 'merged';
  } catch (error) {
    if (error instanceof SluiceError && error.kind === 'billing') return 'unanswered';
    throw error;
  }
}

/** Stores a merge that invoices show, as a run of its own. */
async function storeFound(context: Context, { from, into }: MergedClient): Promise<void> {
  const { title } = await context.billing();
  await withRun(context, { command: 'client merge', dryRun: false, continues: true }, (run) =>
    run.store(async (tables) => {
      const rows = await storeMerge(context, tables, { from, into, run: run.id });
      run.totals = { from, into, ...rows };
      const message = staffText('staff.clientMerged', { billing: title, from, into });
      const key = `client_merged:${from}:${into}:${run.id}`;
      const notice = { code: 'client_merged', key, panel: null, service: null, message };
      await addNotices(context, tables, noticeRows(context, run.id, [notice]));
    }),
  );
}

/**
 * Returns a service of each client of whom a bill of calls, a refund or a purchase is not finished. One that waits for its payment has
 * its client, unless the service ended or is another one's by now, or the client is asked for.
 */
async function listUnfinishedClients(
  { store, config }: Pick<Context, 'store' | 'config'>,
  isAsked: (client: string) => boolean,
): Promise<Map<string, string>> {
  const { purchases, bills } = await listUnfinishedRows({ store, config });
  const present = await readClients(store, purchases);
  const open = purchases.filter(
    ({ status, service, client }) =>
      status === 'refunded' || present.get(service) !== client || (client !== null && isAsked(client)),
  );
  return new Map([...open, ...bills].flatMap(({ client, service }) => (client === null ? [] : [[client, service]])));
}

/** Returns the clients of services in use. */
async function readClients(
  { services }: Pick<StoreTables, 'services'>,
  rows: readonly { service: string }[],
): Promise<Map<string, string | null>> {
  if (rows.length === 0) return new Map();
  const found = await services.list({ ids: [...new Set(rows.map(({ service }) => service))] });
  return new Map(found.filter(isLiving).map(({ id, client }) => [id, client]));
}
