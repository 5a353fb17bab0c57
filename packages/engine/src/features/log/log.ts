import type { LogEntry } from '@sluice/contract/documents';
import { maskUuidsIn } from '@sluice/panel-http/printable';
import type { ActionRecord, ApiCallRecord, RefreshRecord, RunRecord } from '@sluice/state-store';
import { toScopePanel } from '../../kernel/run/run-request.js';
import { type FindKind, toActionView } from '../../kernel/subject/views.js';
import { toHostName } from '../../context/leases.js';
import type { Context } from '../../context/context.js';
import { readNames } from '../../context/names.js';

/** Which entries to return. */
export interface LogFilter {
  kinds: LogEntry['kind'][];
  service?: string | undefined;
  /** Only entries of this panel; of runs those over it alone. */
  panel?: string | undefined;
  since?: string | undefined;
  /** Only runs of this command, of the runs. */
  command?: string | undefined;
  /** The `next` of the page before, for lists. */
  after?: string | undefined;
  limit: number;
}

/** Returns the part of a filter that the tables apply. */
export function tableFilter({ service, since }: LogFilter): { service?: string; since?: string } {
  return { ...(service === undefined ? {} : { service }), ...(since === undefined ? {} : { since }) };
}

/** Returns whether the filter includes a kind of entry; a filter by service excludes refreshes. */
export function includesKind({ kinds, service }: LogFilter, kind: LogEntry['kind']): boolean {
  return kinds.includes(kind) && (kind !== 'refresh' || service === undefined);
}

/** An entry before the name of its service is read. */
export type UnnamedEntry = Omit<LogEntry, 'serviceName'> & Pick<LogEntry, 'at' | 'kind' | 'run' | 'service' | 'panel'>;

/** Returns entries with the names of their services, all read at once. */
export async function withServiceNames(
  { store }: Pick<Context, 'store'>,
  entries: readonly UnnamedEntry[],
): Promise<LogEntry[]> {
  const names = await readNames(store, entries);
  return entries.map(({ at, kind, run, service, ...entry }) => {
    const serviceName = names.toService(service);
    return { at, kind, run, service, serviceName, ...entry };
  });
}

/** Returns a call to a panel as an entry. */
export function apiEntry({ at, run, service, panel, ...rest }: ApiCallRecord): UnnamedEntry {
  return { at, kind: 'api', run, service, panel, ...rest };
}

/** Returns the function that turns the actions of a context's panels into entries. */
export function actionEntries(context: Context): (action: ActionRecord) => UnnamedEntry {
  return (action) => actionEntry((panel) => context.findKind(panel), action);
}

/** Returns an action as an entry; `at` is when it ended, or was planned if it hasn't ended. */
function actionEntry(findKind: FindKind, action: ActionRecord): UnnamedEntry {
  const { id, hold, prior, observed, errorCode, errorMessage } = action;
  return {
    at: action.endedAt ?? action.plannedAt,
    kind: 'action',
    run: action.run,
    service: action.service,
    panel: action.panel,
    id,
    ...toActionView(findKind, action),
    hold,
    prior: maskUuidsIn(prior),
    observed: maskUuidsIn(observed),
    error: errorCode === null ? null : { code: errorCode, message: errorMessage ?? '' },
  };
}

/** Returns a refresh of restrictions as an entry; `at` is its start. */
export function refreshEntry({ startedAt, run, panel, state: _state, ...rest }: RefreshRecord): UnnamedEntry {
  return { at: startedAt, kind: 'refresh', run, service: null, panel, ...rest };
}

/** Returns a run as an entry; `at` is its start, and the process that made it is `pid` on `host`. */
export function runEntry(run: RunRecord): UnnamedEntry {
  const { id, startedAt, service, host, processStart: _start, ...shown } = run;
  const panel = toScopePanel(run.scope);
  return { at: startedAt, kind: 'run', run: id, service, panel, ...shown, host: toHostName(host) };
}
