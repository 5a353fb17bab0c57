import type { ClientMerge } from '@sluice/contract/documents';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { ClientRows, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { toRunView, withRun } from '../../kernel/run/bracket.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import { endPreferences } from '../preferences/end-preferences.js';
import { mergeChoices } from '../preferences/merge-choices.js';
import { countUnfinished, NOBODY, storeEnd } from './end-client.js';
import { listKnownLines, MOST_INVOICES, readWithLine } from './known-lines.js';
import { toRefund } from './refund-state.js';
import { mergedRefundKey, missingKey } from './missing-key.js';

/** A client of the billing system who was merged into another one. */
export interface MergedClient {
  from: string;
  into: string;
}

/**
 * Stores that the billing system has merged a client into another one: what the first has and had is the other's, services with
 * their past, purchases and bills of calls, also those that are not finished. Into `none` it has deleted the first one: what is not finished
 * ends. Repeatable.
 *
 * @throws SluiceError `client_exists` while the billing system has the first one, `unknown_client` where it has not the other, `other_client`
 *   where invoices of the first are somebody else's now, `unsupported` with the local ledger: nothing was changed
 */
export async function mergeClients(
  context: Context,
  { from, into, dryRun }: MergedClient & { dryRun: boolean },
): Promise<ClientMerge> {
  if (from === into)
    throw usageError('bad_option', `Client "${from}" can't be merged into itself; nothing was changed`);
  if (context.config.billing === 'ledger') {
    const message =
      'Clients are merged in a billing system, and the config names the local ledger; nothing was changed';
    throw new SluiceError('unsupported', message, { kind: 'unsupported', details: { client: from } });
  }
  return withRun(context, { command: 'client merge', dryRun }, async (run) => {
    await refuseExisting(context, { from, into });
    if (into !== NOBODY) await (await context.billing()).credit(into, context.deps.signal);
    await refuseOther(context, { from, into });
    if (dryRun) {
      const { store } = context;
      const rows = await (into === NOBODY ? countUnfinished(context, store, from) : store.clients.count(from));
      await run.end({ outcome: 'done', changes: isAny(rows) });
      return { run: toRunView(run.view), from, into, ...rows };
    }
    const rows = await run.store(async (tables) => {
      const merged = await (into === NOBODY
        ? storeEnd(context, tables, from)
        : storeMerge(context, tables, { from, into, run: run.id }));
      run.totals = { from, into, ...merged };
      return merged;
    }, isAny);
    return { run: toRunView(run.view), from, into, ...rows };
  });
}

/**
 * Stores a merge. What was bought automatically for the first client is not any more, and what its services refused to buy stays refused. A refund whose outcome is not known is only
 * searched for then: the log of the first client may be gone.
 */
export async function storeMerge(
  context: Context,
  tables: StoreTables,
  { from, into, run }: MergedClient & { run: string },
): Promise<ClientRows> {
  await tables.conditions.end(missingKey(from));
  const refunds = await tables.purchases.list({ status: 'refunded' });
  for (const row of refunds) {
    if (row.client !== from || toRefund(row) !== 'in-doubt') continue;
    await tables.conditions.put({ key: mergedRefundKey(row.id), since: context.now(), runs: 1, details: null });
  }
  const had = await tables.services.list({ client: from });
  const rows = await tables.clients.merge(from, into);
  await mergeChoices(tables, { from, into });
  const moved = had.map((service) => ({ ...service, client: into }));
  const notices = await endPreferences(context, tables, { moved, run, isMerge: true });
  if (notices.length > 0) await addNotices(context, tables, noticeRows(context, run, notices));
  return rows;
}

function isAny({ services, purchases, bills }: ClientRows): boolean {
  return services + purchases + bills > 0;
}

async function refuseExisting(context: Context, { from: client, into }: MergedClient): Promise<void> {
  if (!(await isKnown(context, client))) return;
  const { title } = await context.billing();
  const first = into === NOBODY ? '' : ': merge the clients there first';
  const message = `${title} has client "${client}"${first}; nothing was changed`;
  throw new SluiceError('client_exists', message, { details: { client, billing: title } });
}

/** Returns whether the billing system has a client. */
export async function isKnown(context: Context, client: string): Promise<boolean> {
  try {
    await (await context.billing()).credit(client, context.deps.signal);
    return true;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'unknown_client') return false;
    throw error;
  }
}

async function refuseOther(context: Context, { from, into }: MergedClient): Promise<void> {
  const [{ invoice, client } = { invoice: '', client: into }] = await findOwners(context, from, into);
  if (client === into) return;
  const not = into === NOBODY ? '' : `, not "${into}"'s`;
  const message = `Invoice ${invoice} of client "${from}" is client "${client}"'s now${not}; nothing was changed`;
  throw new SluiceError('other_client', message, { details: { client: from, invoice, owner: client } });
}

/** Returns the client who has the invoices of a client who is gone; null where they show nobody, or several. */
export async function findMerge(context: Context, from: string): Promise<string | null> {
  const owners = new Set((await findOwners(context, from)).map(({ client }) => client));
  const [into = null] = owners;
  return owners.size === 1 && into !== from ? into : null;
}

/** Returns who has the newest invoices of a client that still have the line that was put on them; those of somebody else than `expected` first. */
async function findOwners(
  context: Context,
  client: string,
  expected: string | null = null,
): Promise<{ invoice: string; client: string }[]> {
  const billing = await context.billing();
  const found: { invoice: string; client: string }[] = [];
  const lines = await listKnownLines(context, { billing: context.config.billing, client });
  const shown = readWithLine(billing, lines.slice(0, MOST_INVOICES), context.deps.signal);
  for await (const { id, client: owner } of shown) found.push({ invoice: id, client: owner });
  return found.sort((a, b) => Number(a.client === expected) - Number(b.client === expected));
}
