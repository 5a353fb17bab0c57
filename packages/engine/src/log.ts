import type { ActionRecord, ApiCallRecord, RefreshRecord, RunOutcome, RunRecord } from '@sluice/state-store';
import type { Session } from './session.js';

/** One entry of `log list` and one line of `log export`. */
export interface LogEntry {
  at: string;
  kind: 'run' | 'action' | 'refresh' | 'api';
  run: string | null;
  service: string | null;
  panel: string | null;
  /** Of a run: how it ended; null while it is under way. */
  outcome?: RunOutcome | null;
  [detail: string]: unknown;
}

/** Which entries to give. */
export interface LogFilter {
  kinds: LogEntry['kind'][];
  service?: string | undefined;
  since?: string | undefined;
  limit: number;
}

/** What the tables take of a filter. */
export function tableFilter({ service, since }: LogFilter): { service?: string; since?: string } {
  return { ...(service === undefined ? {} : { service }), ...(since === undefined ? {} : { since }) };
}

/** Runs belong to no single service: a filter by one leaves them out. */
export function wantsRuns(filter: LogFilter): boolean {
  return filter.kinds.includes('run') && filter.service === undefined;
}

/** A refresh is about many services: a filter by one leaves it out. */
export function wantsRefreshes(filter: LogFilter): boolean {
  return filter.kinds.includes('refresh') && filter.service === undefined;
}

/** Entries of the wanted kinds, newest first. */
export async function readLog(session: Session, filter: LogFilter): Promise<LogEntry[]> {
  const { store } = session;
  const { limit } = filter;
  const where = tableFilter(filter);
  const entries: LogEntry[] = [];
  if (filter.kinds.includes('api')) entries.push(...(await store.apiCalls.list({ ...where, limit })).map(apiEntry));
  if (filter.kinds.includes('action')) {
    entries.push(...(await store.actions.list({ ...where, limit, newestFirst: true })).map(actionEntry));
  }
  if (wantsRefreshes(filter)) {
    entries.push(...(await store.refreshes.list({ ...where, limit })).map(refreshEntry));
  }
  if (wantsRuns(filter)) entries.push(...(await store.runs.list({ ...where, limit })).map(runEntry));
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, limit);
}

/** A call to a panel as an entry. */
export function apiEntry({ at, run, service, panel, ...rest }: ApiCallRecord): LogEntry {
  return { at, kind: 'api', run, service, panel, ...rest };
}

/** A row of the journal as an entry; `at` is when it was settled, before that when it was planned. */
export function actionEntry(action: ActionRecord): LogEntry {
  const { id, type, target, state, hold, prior, observed, errorCode, errorMessage } = action;
  return {
    at: action.settledAt ?? action.plannedAt,
    kind: 'action',
    run: action.run,
    service: action.service,
    panel: action.panel,
    id,
    type,
    target,
    state,
    hold,
    prior,
    observed,
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}

/** Restrictions that were applied again, as an entry; `at` is when that began. */
export function refreshEntry({ startedAt, run, panel, state: _state, ...rest }: RefreshRecord): LogEntry {
  return { at: startedAt, kind: 'refresh', run, service: null, panel, ...rest };
}

/** A run as an entry; `at` is when it began. */
export function runEntry(run: RunRecord): LogEntry {
  const { command, dryRun, observing, finishedAt, outcome, totals, error } = run;
  return {
    at: run.startedAt,
    kind: 'run',
    run: run.id,
    service: null,
    panel: null,
    command,
    dryRun,
    observing,
    finishedAt,
    outcome,
    totals,
    error,
  };
}
