import type { Panel } from '@sluice/panel-kind';
import type { ActionRecord, DecisionRecord, ServiceRecord } from '@sluice/state-store';
import type { Session } from '../session.js';
import type { Remembered } from './stages.js';

/** What a look at a panel leaves behind for later runs. */
export interface Kept {
  at: string;
  account: unknown;
  /** Actions whose outcome was unknown then: how they ended has to be taken into account once it is known. */
  doubts?: string[];
}

/** What is remembered of a service while it is put together. */
interface Gathered {
  seen: unknown;
  decision: DecisionRecord | null;
  recent: ActionRecord[];
  removed: number;
}

/** Looks that are older than this are asked about one by one: the journal of all services since then would be long. */
const BULK_MS = 2 * 86_400_000;

/** What is remembered of the last look, in a decision's inputs; null where there was none. */
export function keptIn(decision: Pick<DecisionRecord, 'inputs'> | null): Kept | null {
  const kept = (decision?.inputs as { reading?: unknown } | null)?.reading;
  if (typeof kept !== 'object' || kept === null || typeof (kept as Partial<Kept>).at !== 'string') return null;
  return kept as Kept;
}

/** Loads what was remembered of these services; empty for a panel that keeps nothing. */
export async function loadRemembered(
  session: Session,
  panel: Pick<Panel, 'name' | 'kind' | 'accounts'>,
  services: ServiceRecord[],
): Promise<Map<string, Remembered>> {
  const remembered = new Map<string, Gathered>();
  if (panel.kind.usesHistory !== true) return remembered;
  const { store } = session;
  const ids = services.map((service) => service.id);
  for (const decision of await store.decisions.latest(ids)) {
    remembered.set(decision.service, { seen: keptIn(decision), decision, recent: [], removed: 0 });
  }
  const living = services.filter((service) => service.status === 'active' || service.status === 'suspended');
  const limit = new Date(session.deps.clock.now() - BULK_MS).toISOString();
  const since = new Map(
    living.map((service) => [
      service.id,
      (remembered.get(service.id)?.seen as Kept | null | undefined)?.at ?? service.createdAt,
    ]),
  );
  const entries = [...since];
  for (const [service, at] of entries.filter(([, at]) => at < limit)) {
    findEntry(remembered, service).recent = await store.actions.list({ service, since: at });
  }
  await loadRecent(
    session,
    panel,
    remembered,
    entries.filter(([, at]) => at >= limit),
  );
  await rememberDoubts(session, remembered);
  return remembered;
}

/** Loads the journal of services since their last looks, in one query for all. */
async function loadRecent(
  { store }: Session,
  panel: Pick<Panel, 'name' | 'accounts'>,
  remembered: Map<string, Gathered>,
  since: (readonly [service: string, at: string])[],
): Promise<void> {
  const first = since.map(([, at]) => at).sort()[0];
  if (first === undefined) return;
  const rows = (await store.actions.list({ since: first })).filter((row) => row.panel === panel.name);
  const removals = rows.filter((row) => panel.accounts?.removes(row) === true);
  const byService = new Map<string, ActionRecord[]>();
  for (const row of rows) {
    if (row.service === null) continue;
    const list = byService.get(row.service);
    if (list) list.push(row);
    else byService.set(row.service, [row]);
  }
  for (const [service, at] of since) {
    const entry = findEntry(remembered, service);
    entry.recent = (byService.get(service) ?? []).filter((row) => row.plannedAt >= at);
    entry.removed = removals.filter((row) => row.plannedAt >= at).length;
  }
}

/** Takes in what was settled after the last look, and planned before it. */
async function rememberDoubts({ store }: Session, remembered: Map<string, Gathered>): Promise<void> {
  for (const entry of remembered.values()) {
    for (const id of (entry.seen as Kept | null)?.doubts ?? []) {
      const row = await store.actions.get(id);
      if (row?.settledAt != null) entry.recent = withSettled(entry.recent, row);
    }
  }
}

/**
 * Returns the actions since the last look with one that was settled now: what was loaded of it is out of date, and the last look
 * may have been made without knowing how it ended.
 */
export function withSettled(recent: readonly ActionRecord[], row: ActionRecord): ActionRecord[] {
  const later = recent.findIndex((known) => known.plannedAt > row.plannedAt);
  const at = later === -1 ? recent.length : later;
  return [...recent.slice(0, at), row, ...recent.slice(at)].filter((known) => known === row || known.id !== row.id);
}

function findEntry(remembered: Map<string, Gathered>, service: string): Gathered {
  const known = remembered.get(service);
  if (known) return known;
  const entry: Gathered = { seen: null, decision: null, recent: [], removed: 0 };
  remembered.set(service, entry);
  return entry;
}
