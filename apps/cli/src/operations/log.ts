import type { Session } from './session.js';

/** One entry of `log list` and one line of `log export`. */
export interface LogEntry {
  at: string;
  kind: 'run' | 'action' | 'api';
  run: string | null;
  service: string | null;
  panel: string | null;
  [detail: string]: unknown;
}

/** Which entries to give. */
export interface LogFilter {
  kinds: LogEntry['kind'][];
  service?: string | undefined;
  since?: string | undefined;
  limit: number;
}

/** Entries of the wanted kinds, newest first. */
export async function readLog(session: Session, filter: LogFilter): Promise<LogEntry[]> {
  const { store } = session;
  const since = filter.since === undefined ? {} : { since: filter.since };
  const service = filter.service === undefined ? {} : { service: filter.service };
  const entries: LogEntry[] = [];
  if (filter.kinds.includes('api')) {
    for (const { at, run, service: of, panel, ...rest } of await store.apiCalls.list({
      ...service,
      ...since,
      limit: filter.limit,
    })) {
      entries.push({ at, kind: 'api', run, service: of, panel, ...rest });
    }
  }
  if (filter.kinds.includes('action')) {
    for (const action of await store.actions.list({ ...service, ...since, limit: filter.limit, newestFirst: true })) {
      const { id, type, target, state, hold, prior, observed, errorCode, errorMessage } = action;
      entries.push({
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
      });
    }
  }
  if (filter.kinds.includes('run') && filter.service === undefined) {
    for (const run of await store.runs.list({ ...since, limit: filter.limit })) {
      const { command, dryRun, observing, finishedAt, exitCode, totals, error } = run;
      entries.push({
        at: run.startedAt,
        kind: 'run',
        run: run.id,
        service: null,
        panel: null,
        command,
        dryRun,
        observing,
        finishedAt,
        exitCode,
        totals,
        error,
      });
    }
  }
  return entries.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, filter.limit);
}
