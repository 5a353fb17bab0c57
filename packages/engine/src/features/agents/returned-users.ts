import type { AgentUserRecord, EvidenceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { GONE_AFTER_MS } from '../../kernel/subject/account.js';

/** How the evidence of a user ended that the panel did not have any more. */
const GONE = 'gone';

type Tables = Pick<StoreTables, 'holds' | 'evidence'>;

/** The ledger before a list, and the entries that the list has changed. */
interface Stepped {
  users: readonly AgentUserRecord[];
  changed: readonly AgentUserRecord[];
}

/**
 * Returns what users are still disabled for that were gone and that a list shows again: a panel that was restored from a wrong
 * backup lacks them only for some time. To be stored with the list, which is the only one that finds them.
 */
export async function findReturned(
  { context, name }: { context: Pick<Context, 'id'>; name: string },
  tables: Tables,
  { users, changed }: Stepped,
): Promise<EvidenceRecord[]> {
  const gone = users.filter((entry) => entry.gone);
  if (gone.length === 0) return [];
  const listed = new Set(changed.filter((entry) => !entry.gone).map(({ key }) => key));
  const since = new Map(
    gone.flatMap(({ key, missingSince }) => (listed.has(key) ? [[key, missingSince ?? ''] as const] : [])),
  );
  if (since.size === 0) return [];
  const [oldest = ''] = [...since.values()].sort();
  const ended = await listGone(tables, name, oldest);
  // Of an earlier absence, nothing is left.
  const due = ended.filter(({ target, until }) => (until ?? '') >= (since.get(target) ?? '~'));
  const open = due.length === 0 ? [] : await tables.evidence.open({ panel: name });
  const restricted = new Set(open.map(({ target }) => target));
  return due
    .filter(({ target }) => !restricted.has(target))
    .map((item) => ({ ...item, id: context.id('ev'), until: null, outcome: null }));
}

/** Returns whether disabled users of a panel are gone and may be there again. */
export async function awaitsUsers(context: Pick<Context, 'store' | 'now'>, name: string): Promise<boolean> {
  return (await listGone(context.store, name, before(context.now()))).length > 0;
}

/** Returns the evidence for agents of a panel that ended since then because its user was gone. */
async function listGone({ holds, evidence }: Tables, panel: string, since: string): Promise<EvidenceRecord[]> {
  // Evidence outlives its hold while its user can't be enabled.
  const oldest = before(since);
  const recent = (await holds.all({ agentsOf: panel })).filter(({ until }) => until === null || until >= oldest);
  const all = await evidence.ofHolds(recent.map(({ id }) => id));
  return all.filter(({ outcome, until }) => outcome === GONE && (until ?? '') >= since);
}

function before(at: string): string {
  return new Date(Date.parse(at) - GONE_AFTER_MS).toISOString();
}
