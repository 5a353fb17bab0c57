import type { LogEntry, LogPage } from '@sluice/contract/documents';
import { exportLog } from '../features/log/export.js';
import { followLog } from '../features/log/follow.js';
import { readLog } from '../features/log/list.js';
import type { LogFilter } from '../features/log/log.js';
import { resolveAction } from '../features/log/resolve-action.js';
import type { Context } from '../context/context.js';
import { requireService } from '../context/find-service.js';
import { toInstant } from '../base/inputs.js';
import { toWaitMs, type CallOptions, type LockOptions, type RunCall } from './call.js';

/** Which entries of the log a call returns; default all kinds, `limit` 200. */
export type LogRequest = { [Key in keyof LogFilter]?: LogFilter[Key] | undefined } & CallOptions;

/** The log: runs, changes and calls. */
export interface Log {
  /** Lists entries, newest first; `next` is the `after` of the next page, null on the last. */
  list(filter?: LogRequest): Promise<LogPage>;
  /** Calls `onEntry` with each entry, oldest first; returns their number. */
  export(filter: LogRequest, onEntry: (entry: LogEntry) => Promise<void> | void): Promise<number>;
  /** Calls `onEntry` with each new entry until the signal aborts. */
  follow(filter: LogRequest, onEntry: (entry: LogEntry) => void): Promise<void>;
  /** Resolves an action in doubt with the outcome that an operator found. */
  resolve(action: string, request: LockOptions & { done: boolean }): Promise<LogEntry>;
}

const KINDS: LogEntry['kind'][] = ['run', 'action', 'refresh', 'api'];

/** Returns the calls about the log. */
export function logApi(call: RunCall): Log {
  const checked = async (context: Context, request: LogRequest = {}): Promise<LogFilter> => {
    const { kinds = KINDS, limit = 200, service, panel, since, command, after } = request;
    const from = since === undefined ? undefined : toInstant('since', since);
    if (service !== undefined) await requireService(context, service);
    return { kinds, limit, service, panel, since: from, command, after };
  };
  return {
    list: (filter) => call(filter, async (context) => readLog(context, await checked(context, filter))),
    export: (filter, onEntry) =>
      call(filter, async (context) => {
        let entries = 0;
        for await (const entry of exportLog(context, await checked(context, filter))) {
          entries++;
          await onEntry(entry);
        }
        return entries;
      }),
    follow: (filter, onEntry) =>
      call(filter, async (context) => followLog(context, await checked(context, filter), onEntry)),
    resolve: (action, request) =>
      call(request, (context) => resolveAction(context, action, { done: request.done, waitMs: toWaitMs(request) })),
  };
}
