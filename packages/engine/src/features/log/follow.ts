import type { LogEntry } from '@sluice/contract/documents';
import type { ActionRecord, RefreshRecord, RunRecord } from '@sluice/state-store';
import {
  actionEntries,
  apiEntry,
  includesKind,
  type LogFilter,
  refreshEntry,
  runEntry,
  tableFilter,
  type UnnamedEntry,
  withServiceNames,
} from './log.js';
import type { Context } from '../../context/context.js';

/** Between two readings of the store, however much is written meanwhile. */
const PAUSE_MS = 1000;
/** Without a write, only what is under way for long may be shown. */
const IDLE_MS = 60_000;
const PAGE = 1000;
/** Rows may be stored a little after their own time. */
const OVERLAP_MS = 10_000;
/** What is under way for longer is shown unfinished. */
const LATE_MS = 600_000;

/**
 * Shows the last `limit` entries, then each new one, oldest first, until the signal aborts. Each is shown once: a run at its end,
 * an action when it ended or is in doubt. What is under way for ten minutes is shown unfinished, and again at its end.
 *
 * @throws StoreError `store_moved` once the store was moved
 */
export async function followLog(context: Context, filter: LogFilter, show: (entry: LogEntry) => void): Promise<void> {
  const { clock, signal } = context.deps;
  const follower = new Follower(context, filter);
  let [isChanged, woken] = [false, new AbortController()];
  const unsubscribe = context.store.subscribe(() => {
    isChanged = true;
    woken.abort();
  });
  try {
    for (const entry of (await follower.look()).slice(-filter.limit)) show(entry);
    while (!signal.aborted) {
      const last = clock.now();
      woken = new AbortController();
      if (!isChanged) await clock.sleep(IDLE_MS, AbortSignal.any([signal, woken.signal]));
      const pause = Math.min(PAUSE_MS, last + PAUSE_MS - clock.now());
      if (pause > 0) await clock.sleep(pause, signal);
      isChanged = false;
      // Nothing more is written to a store that was moved meanwhile.
      await context.store.version();
      for (const entry of await follower.look()) show(entry);
    }
  } finally {
    unsubscribe();
  }
}

class Follower {
  readonly #session: Context;
  readonly #filter: LogFilter;
  #lastCall: number | null = null;
  readonly #actions: Watch<ActionRecord>;
  readonly #runs: Watch<RunRecord>;
  readonly #refreshes: Watch<RefreshRecord>;

  constructor(context: Context, filter: LogFilter) {
    this.#session = context;
    this.#filter = filter;
    const now = (): number => context.deps.clock.now();
    this.#actions = new Watch<ActionRecord>(now, {
      beganAt: (action) => action.plannedAt,
      toState: (action) => (action.state === 'planned' ? null : action.state),
      isFinal: (action) => action.state !== 'planned' && action.state !== 'in-doubt',
      findEntry: actionEntries(context),
    });
    this.#runs = new Watch<RunRecord>(now, ended(runEntry));
    this.#refreshes = new Watch<RefreshRecord>(now, ended(refreshEntry));
  }

  /** Only calls are stored by panel: of the others, all are read to find the last ones of a panel. */
  #mostAtFirst(): { limit?: number } {
    const { panel, limit } = this.#filter;
    return panel === undefined ? { limit } : {};
  }

  /** Returns the entries since the last call. */
  async look(): Promise<LogEntry[]> {
    const filter = this.#filter;
    const entries = [
      ...(includesKind(filter, 'run') ? await this.#newRuns() : []),
      ...(includesKind(filter, 'refresh') ? await this.#newRefreshes() : []),
      ...(includesKind(filter, 'action') ? await this.#newActions() : []),
      ...(includesKind(filter, 'api') ? await this.#newCalls() : []),
    ];
    const { panel } = filter;
    const matching = panel === undefined ? entries : entries.filter((entry) => entry.panel === panel);
    matching.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    return withServiceNames(this.#session, matching);
  }

  async #newCalls(): Promise<UnnamedEntry[]> {
    const { apiCalls } = this.#session.store;
    const { panel } = this.#filter;
    const where = { ...tableFilter(this.#filter), ...(panel === undefined ? {} : { panel }) };
    const entries: UnnamedEntry[] = [];
    for (;;) {
      const started = this.#lastCall !== null;
      const limit = started ? PAGE : this.#filter.limit;
      const { records, last } = await apiCalls.written({ ...where, after: this.#lastCall, limit });
      this.#lastCall = last;
      entries.push(...records.map(apiEntry));
      if (!started || records.length < limit) return entries;
    }
  }

  async #newActions(): Promise<UnnamedEntry[]> {
    const { actions } = this.#session.store;
    const { since } = this.#filter;
    const where = tableFilter(this.#filter);
    const from = this.#actions.since(since);
    const seen =
      from === null
        ? (await actions.list({ ...where, ...this.#mostAtFirst(), newestFirst: true })).reverse()
        : await actions.list({ ...where, since: from });
    const entries = this.#actions.take(seen);
    // Reads the journal again for the runs whose actions ended meanwhile.
    const open = this.#actions.open();
    if (open.length === 0) return entries;
    const unresolved = new Map((await actions.unresolved()).map((action) => [action.id, action]));
    const runs = new Set(open.filter((action) => !unresolved.has(action.id)).map((action) => action.run));
    const ended = (await Promise.all([...runs].map((run) => actions.list({ ...where, run })))).flat();
    const changed = new Map([...unresolved.values(), ...ended].map((action) => [action.id, action]));
    return [...entries, ...this.#actions.take(open.map((action) => changed.get(action.id) ?? action))];
  }

  async #newRefreshes(): Promise<UnnamedEntry[]> {
    const { refreshes } = this.#session.store;
    const { since } = this.#filter;
    const from = this.#refreshes.since(since);
    const first = this.#refreshes.open()[0]?.startedAt;
    const seen = await (from === null
      ? refreshes.list({ ...tableFilter(this.#filter), ...this.#mostAtFirst() })
      : refreshes.list({ since: first !== undefined && first < from ? first : from }));
    return this.#refreshes.take(seen.reverse());
  }

  async #newRuns(): Promise<UnnamedEntry[]> {
    const { runs } = this.#session.store;
    const { since } = this.#filter;
    const where = tableFilter(this.#filter);
    const from = this.#runs.since(since);
    const seen = await runs.list(from === null ? { ...where, ...this.#mostAtFirst() } : { ...where, since: from });
    const entries = this.#runs.take(seen.reverse());
    const open = await Promise.all(this.#runs.open().map((run) => runs.get(run.id)));
    return [...entries, ...this.#runs.take(open.filter((run) => run !== null))];
  }
}

/** How a `Watch` handles a kind of record. */
interface Kind<T> {
  beganAt: (record: T) => string;
  /** Returns its shown state; null while it is under way. */
  toState: (record: T) => string | null;
  /** Returns whether it never changes again. */
  isFinal: (record: T) => boolean;
  findEntry: (record: T) => UnnamedEntry;
}

/** Records that are shown at their end. */
function ended<T extends { startedAt: string; finishedAt: string | null }>(findEntry: Kind<T>['findEntry']): Kind<T> {
  return {
    beganAt: ({ startedAt }) => startedAt,
    toState: ({ finishedAt }) => (finishedAt === null ? null : 'ended'),
    isFinal: ({ finishedAt }) => finishedAt !== null,
    findEntry,
  };
}

/** Shows records once per state, and tracks those that may still change. */
class Watch<T extends { id: string }> {
  readonly #now: () => number;
  readonly #kind: Kind<T>;
  /** Last shown states, by id, as far back as rows are read again. */
  readonly #shown = new Map<string, { state: string; beganAt: string }>();
  readonly #open = new Map<string, T>();
  #newest: string | null = null;

  constructor(now: () => number, kind: Kind<T>) {
    this.#now = now;
    this.#kind = kind;
  }

  /** Returns from when on rows are read; null at first. */
  since(asked: string | undefined): string | null {
    if (this.#newest === null) return null;
    const from = before(this.#newest, OVERLAP_MS);
    return asked !== undefined && asked > from ? asked : from;
  }

  open(): T[] {
    return [...this.#open.values()];
  }

  /** Returns entries of the new and changed records. */
  take(records: T[]): UnnamedEntry[] {
    const { beganAt, toState, isFinal, findEntry } = this.#kind;
    const entries: UnnamedEntry[] = [];
    for (const record of records) {
      const began = beganAt(record);
      if (this.#newest === null || began > this.#newest) this.#newest = began;
      if (isFinal(record)) this.#open.delete(record.id);
      else this.#open.set(record.id, record);
      const late = this.#now() - Date.parse(began) > LATE_MS;
      const state = toState(record) ?? (late ? 'late' : null);
      if (state === null || this.#shown.get(record.id)?.state === state) continue;
      this.#shown.set(record.id, { state, beganAt: began });
      entries.push(findEntry(record));
    }
    this.#newest ??= new Date(this.#now()).toISOString();
    this.#forget();
    return entries;
  }

  #forget(): void {
    const limit = before(this.#newest ?? '', 2 * OVERLAP_MS);
    for (const [id, shown] of this.#shown) {
      if (shown.beganAt < limit && !this.#open.has(id)) this.#shown.delete(id);
    }
  }
}

function before(instant: string, ms: number): string {
  return new Date(Date.parse(instant) - ms).toISOString();
}
