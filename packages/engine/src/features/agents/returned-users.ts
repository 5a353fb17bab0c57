import { isOfReseller } from '@sluice/quota-core/agents';
import type { AgentUserRecord, EvidenceRecord, HoldRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { GONE_AFTER_MS } from '../../kernel/subject/account.js';

/** How the evidence of a user ended that the panel did not have any more. */
const GONE = 'gone';

/** The evidence of a user that is gone ends a moment before its hold. */
const SAME_RUN_MS = 600_000;

/** What is stored of users that were gone and are there again, as open again. */
export interface Returned {
  evidence: EvidenceRecord[];
  holds: HoldRecord[];
}

const NOBODY: Returned = { evidence: [], holds: [] };

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
): Promise<Returned> {
  const gone = users.filter((entry) => entry.gone);
  if (gone.length === 0) return NOBODY;
  const listed = new Set(changed.filter((entry) => !entry.gone).map(({ key }) => key));
  const since = new Map(
    gone.flatMap(({ key, missingSince }) => (listed.has(key) ? [[key, missingSince ?? ''] as const] : [])),
  );
  if (since.size === 0) return NOBODY;
  const [oldest = ''] = [...since.values()].sort();
  const ended = await listGone(tables, name, oldest);
  // Of an earlier absence, nothing is left.
  const due = ended.filter(({ target, until }) => (until ?? '') >= (since.get(target) ?? '~'));
  const open = due.length === 0 ? [] : await tables.evidence.open({ panel: name });
  const restricted = new Set(open.map(({ target }) => target));
  const again = due.filter(({ target }) => !restricted.has(target));
  return {
    evidence: again.map((item) => ({ ...item, id: context.id('ev'), until: null, outcome: null })),
    holds: await listEndedWith(tables, name, again),
  };
}

/** Returns the holds by their own agents that ended since their users were gone, and that nothing has replaced. */
async function listEndedWith({ holds }: Tables, panel: string, gone: readonly EvidenceRecord[]): Promise<HoldRecord[]> {
  if (gone.length === 0) return [];
  const until = new Map(gone.map((item) => [item.hold, item.until]));
  const all = await holds.all({ agentsOf: panel });
  const open = new Set(all.filter((hold) => hold.until === null && isOfReseller(hold)).map(({ service }) => service));
  return all
    .filter((hold) => isOfReseller(hold) && hold.until !== null && hold.until === until.get(hold.id))
    .filter(({ service }) => !open.has(service))
    .map((hold) => ({ ...hold, until: null }));
}

/** Returns when a hold ends: that of a user who is gone with its evidence, by which it is known if the user is there again. */
export async function findEnd({ evidence }: Pick<Tables, 'evidence'>, hold: HoldRecord, now: string): Promise<string> {
  if (!isOfReseller(hold)) return now;
  const ended = (await evidence.ofHolds([hold.id])).filter(({ outcome }) => outcome === GONE);
  const last =
    ended
      .map(({ until }) => until ?? '')
      .sort()
      .at(-1) ?? '';
  return Date.parse(now) - Date.parse(last) < SAME_RUN_MS ? last : now;
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
