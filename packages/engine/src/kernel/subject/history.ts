import type { FormerHistory, History, Panel } from '@sluice/panel-kind';
import type { ActionRecord, DecisionRecord, ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { group, isLiving } from '../../base/lifecycle.js';
import { findFormer } from './former.js';
import type { ServiceHistory } from './stages.js';

/** A stored checkpoint. */
export interface StoredCheckpoint {
  at: string;
  account: unknown;
  /** The panel that it was read on; absent in those of earlier versions. */
  panel?: string;
  /** Ids of actions that were in doubt then; the next plan needs their outcome. */
  doubts?: string[];
  /** Actions that it includes although they were planned at `at` or later (same instant, or the clock was set back), with when. */
  included?: Record<string, string>;
  /** The one of the last reading of the counter that was accepted; absent where that is this one. */
  counted?: StoredCheckpoint;
}

/** Returns the checkpoint of the last reading of a counter that was accepted: what is judged about the counter is judged against it. */
export function findCounted(checkpoint: unknown): unknown {
  return parseStored(checkpoint)?.counted ?? checkpoint;
}

/** Returns a checkpoint that is not of an accepted reading, with that of the last one. */
export function withCounted(
  checkpoint: StoredCheckpoint,
  { checkpoint: before }: Pick<ServiceHistory, 'checkpoint'>,
): StoredCheckpoint {
  const counted = parseStored(findCounted(before));
  return counted === null ? checkpoint : { ...checkpoint, counted };
}

/** The history of a service while it is loaded. */
type Gathered = { -readonly [Key in keyof ServiceHistory]: ServiceHistory[Key] };

/** The journal since older checkpoints is loaded per service, since that of all services would be long. */
const BULK_MS = 2 * 86_400_000;

/** Returns the checkpoint in the inputs of a decision; null where there is none of this panel. */
export function findCheckpoint(
  decision: Pick<DecisionRecord, 'inputs'> | null,
  panel: string,
): StoredCheckpoint | null {
  const kept = (decision?.inputs as { reading?: Partial<StoredCheckpoint> | null } | null)?.reading;
  if (typeof kept !== 'object' || kept === null || typeof kept.at !== 'string') return null;
  return (kept.panel ?? panel) === panel ? (kept as StoredCheckpoint) : null;
}

/** Loads the history of services for a run, or for a command (`ordered`); empty for panels without the facet `history`. */
export async function loadHistory(
  context: Context,
  panel: Pick<Panel, 'name' | 'history'>,
  services: ServiceRecord[],
  { ordered = false, isOpen = () => false }: { ordered?: boolean; isOpen?: (service: string) => boolean } = {},
): Promise<Map<string, ServiceHistory>> {
  const histories = new Map<string, Gathered>();
  const { history } = panel;
  if (history === undefined) return histories;
  const { store } = context;
  if (history.checkpoint === undefined) {
    for (const { id } of ordered ? services : []) {
      const rows = await store.actions.list({ service: id });
      findEntry(histories, id).recent = rows.filter((row) => row.panel === panel.name);
    }
    return histories;
  }
  const ids = services.map((service) => service.id);
  for (const decision of await store.decisions.latest(ids)) {
    histories.set(decision.service, {
      checkpoint: findCheckpoint(decision, panel.name),
      decision,
      recent: [],
      removed: 0,
    });
  }
  // What a run that was killed has left of a service that ended is undone by its journal.
  const living = services.filter((service) => isLiving(service) || ordered || isOpen(service.id));
  const limit = new Date(context.deps.clock.now() - BULK_MS).toISOString();
  const since = new Map(
    living.map((service) => [service.id, parseStored(histories.get(service.id)?.checkpoint)?.at ?? service.createdAt]),
  );
  const entries = [...since];
  for (const [service, at] of entries.filter(([, at]) => at < limit)) {
    const rows = await store.actions.list({ service, since: at });
    findEntry(histories, service).recent = rows.filter((row) => row.panel === panel.name);
  }
  await loadRecent(
    context,
    { name: panel.name, history },
    histories,
    entries.filter(([, at]) => at >= limit),
  );
  const now = context.now();
  for (const [service, entry] of histories) {
    const checkpoint = parseStored(entry.checkpoint);
    entry.recent = withoutIncluded(entry.recent, checkpoint);
    if (checkpoint !== null && checkpoint.at > now) entry.checkpoint = await withEarlier(context, service, checkpoint);
  }
  await addResolved(context, histories);
  return histories;
}

/**
 * Returns what is known of the accounts of these services from those that had them before, where their own checkpoints describe none yet:
 * the checkpoint of the last one that has one, and its journal since. A run of it may have been killed before it stored another.
 */
export async function findFormerHistories(
  { store }: Context,
  panel: Pick<Panel, 'name' | 'kind' | 'accounts' | 'history'>,
  known: {
    services: readonly ServiceRecord[];
    history: ReadonlyMap<string, Pick<ServiceHistory, 'checkpoint'>>;
  },
): Promise<ReadonlyMap<string, FormerHistory>> {
  if (panel.history?.checkpoint === undefined) return new Map();
  const fresh = known.services.filter(({ id }) => parseStored(known.history.get(id)?.checkpoint)?.account == null);
  const former = fresh.length === 0 ? null : await findFormer({ store }, panel, fresh);
  if (former === null || former.size === 0) return new Map();
  const all = [...former.values()].flatMap(({ earlier }) => earlier.map(({ service }) => service));
  const decisions = await store.decisions.latest([...new Set(all)]);
  const checkpoints = new Map(decisions.map((decision) => [decision.service, findCheckpoint(decision, panel.name)]));
  const histories = new Map<string, FormerHistory>();
  for (const [id, { earlier }] of former) {
    const last = earlier.find(({ service }) => checkpoints.get(service)?.account != null);
    const checkpoint = checkpoints.get(last?.service ?? '') ?? null;
    if (last === undefined || checkpoint === null) continue;
    const rows = await store.actions.list({ service: last.service, since: checkpoint.at });
    const own = rows.filter((row) => row.panel === panel.name);
    histories.set(id, { checkpoint, recent: [...withoutIncluded(own, checkpoint)] });
  }
  return histories;
}

/** Returns the checkpoint that describes an account: that of the service which had it before, where its own describes none yet. */
export function toKnownCheckpoint(
  { checkpoint }: Pick<ServiceHistory, 'checkpoint'>,
  former: FormerHistory | null,
): unknown {
  return former?.checkpoint ?? checkpoint;
}

/** Loads the journal of services since their checkpoints, in one query. */
async function loadRecent(
  { store }: Context,
  { name, history }: { name: string; history: History },
  histories: Map<string, Gathered>,
  since: (readonly [service: string, at: string])[],
): Promise<void> {
  const first = since.map(([, at]) => at).sort()[0];
  if (first === undefined) return;
  const rows = (await store.actions.list({ since: first })).filter((row) => row.panel === name);
  const removals = rows.filter((row) => history.removes(row));
  const byService = group(rows);
  for (const [service, at] of since) {
    const entry = findEntry(histories, service);
    entry.recent = (byService.get(service) ?? []).filter((row) => row.plannedAt >= at);
    entry.removed = removals.filter((row) => row.plannedAt >= at).length;
  }
}

/** Names the actions that a checkpoint ahead of the clock includes: the next checkpoint will be older than they are. */
async function withEarlier(context: Context, service: string, checkpoint: StoredCheckpoint): Promise<StoredCheckpoint> {
  const rows = await context.store.actions.list({ service, since: context.now() });
  const earlier = rows.filter((row) => row.plannedAt < checkpoint.at);
  return { ...checkpoint, included: { ...checkpoint.included, ...toIncluded(earlier) } };
}

function toIncluded(rows: readonly ActionRecord[]): Record<string, string> {
  return Object.fromEntries(rows.filter((row) => row.endedAt !== null).map(({ id, plannedAt }) => [id, plannedAt]));
}

/** Adds the actions that were in doubt at the checkpoint and were resolved since. */
async function addResolved({ store }: Context, histories: Map<string, Gathered>): Promise<void> {
  for (const entry of histories.values()) {
    for (const id of parseStored(entry.checkpoint)?.doubts ?? []) {
      const row = await store.actions.get(id);
      if (row?.endedAt != null) entry.recent = withResolved(entry.recent, row);
    }
  }
}

/**
 * Returns the actions since the checkpoint with an action that was resolved now: its loaded row is out of date, or it is older
 * than the checkpoint.
 */
export function withResolved(recent: readonly ActionRecord[], row: ActionRecord): ActionRecord[] {
  const later = recent.findIndex((known) => known.plannedAt > row.plannedAt);
  const at = later === -1 ? recent.length : later;
  return [...recent.slice(0, at), row, ...recent.slice(at)].filter((known) => known === row || known.id !== row.id);
}

/** Returns the checkpoint with the actions that it and the one before include, as far as its time alone does not show that. */
export function withIncluded(
  checkpoint: StoredCheckpoint,
  { checkpoint: before }: Pick<ServiceHistory, 'checkpoint'>,
  rows: readonly ActionRecord[],
): StoredCheckpoint {
  const already = parseStored(before)?.included;
  if (already === undefined && rows.length === 0) return checkpoint;
  const all = Object.entries({ ...already, ...toIncluded(rows) });
  const included = all.filter(([, plannedAt]) => plannedAt >= checkpoint.at);
  return included.length === 0 ? checkpoint : { ...checkpoint, included: Object.fromEntries(included) };
}

function withoutIncluded(rows: readonly ActionRecord[], checkpoint: StoredCheckpoint | null): readonly ActionRecord[] {
  const included = checkpoint?.included;
  return included === undefined ? rows : rows.filter(({ id }) => included[id] === undefined);
}

function parseStored(checkpoint: unknown): StoredCheckpoint | null {
  return (checkpoint ?? null) as StoredCheckpoint | null;
}

function findEntry(histories: Map<string, Gathered>, service: string): Gathered {
  const known = histories.get(service);
  if (known) return known;
  const entry: Gathered = { checkpoint: null, decision: null, recent: [], removed: 0 };
  histories.set(service, entry);
  return entry;
}
