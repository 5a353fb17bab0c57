import { exportLog } from '../log-export.js';
import { followLog } from '../log-follow.js';
import { readLog, type LogEntry, type LogFilter } from '../log.js';
import { resolveAction } from '../resolve-action.js';
import { requireService, type Session } from '../session.js';
import { toWaitMs, type CallOptions, type LockOptions, type RunCall } from './call.js';

/** The log: runs, changes and calls. */
export interface Log {
  list(filter: LogFilter & CallOptions): Promise<{ entries: LogEntry[] }>;
  /** Calls `onEntry` with each entry, oldest first; returns their number. */
  export(filter: LogFilter & CallOptions, onEntry: (entry: LogEntry) => Promise<void> | void): Promise<number>;
  /** Calls `onEntry` with each new entry until the signal aborts. */
  follow(filter: LogFilter & CallOptions, onEntry: (entry: LogEntry) => void): Promise<void>;
  /** Resolves an action in doubt with the outcome that an operator found. */
  resolve(action: string, request: LockOptions & { done: boolean }): Promise<LogEntry>;
}

/** Returns the calls about the log. */
export function logApi(call: RunCall): Log {
  const checked = async (session: Session, filter: LogFilter): Promise<LogFilter> => {
    if (filter.service !== undefined) await requireService(session, filter.service);
    return filter;
  };
  return {
    list: (filter) =>
      call(filter, async (session) => ({ entries: await readLog(session, await checked(session, filter)) })),
    export: (filter, onEntry) =>
      call(filter, async (session) => {
        let entries = 0;
        for await (const entry of exportLog(session, await checked(session, filter))) {
          entries++;
          await onEntry(entry);
        }
        return entries;
      }),
    follow: (filter, onEntry) =>
      call(filter, async (session) => followLog(session, await checked(session, filter), onEntry)),
    resolve: (action, request) =>
      call(request, (session) => resolveAction(session, action, { done: request.done, waitMs: toWaitMs(request) })),
  };
}
