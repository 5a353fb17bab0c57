import { exportLog } from '../log/export.js';
import { followLog } from '../log/follow.js';
import { readLog, type LogEntry, type LogFilter } from '../log/log.js';
import { resolveAction } from '../commands/resolve-action.js';
import { requireService, type Session } from '../session.js';
import { waitOf, type CallOptions, type LockOptions, type RunCall } from './call.js';

/** The log: runs, changes and calls. */
export interface Log {
  list(filter: LogFilter & CallOptions): Promise<{ entries: LogEntry[] }>;
  /** Hands all entries to `take`, the oldest first; returns how many there were. */
  export(filter: LogFilter & CallOptions, take: (entry: LogEntry) => Promise<void> | void): Promise<number>;
  /** Hands new entries to `take` as they come, until the signal aborts. */
  follow(filter: LogFilter & CallOptions, take: (entry: LogEntry) => void): Promise<void>;
  /** Ends an action in doubt by the operator's word. */
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
    export: (filter, take) =>
      call(filter, async (session) => {
        let entries = 0;
        for await (const entry of exportLog(session, await checked(session, filter))) {
          entries++;
          await take(entry);
        }
        return entries;
      }),
    follow: (filter, take) => call(filter, async (session) => followLog(session, await checked(session, filter), take)),
    resolve: (action, request) =>
      call(request, (session) => resolveAction(session, action, { done: request.done, waitMs: waitOf(request) })),
  };
}
