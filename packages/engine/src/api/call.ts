import { toRequestError } from '../features/calls/simulate.js';
import type { Asker } from '../context/asker.js';
import type { Asking } from '../context/customer-terms.js';
import type { Reader } from '../context/reader.js';
import type { Context } from '../context/context.js';

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, which ends once the outcome of its current step is known. */
  signal?: AbortSignal | undefined;
  /** Who makes the call, for the log; default the actor of the instance. */
  actor?: string | undefined;
  /** Why it is made, for the log and for the record that it creates. */
  note?: string | null | undefined;
  /** The token, link or session that asks for it: once that has ended, no change is begun. Default: an operator of this machine. */
  asker?: Asker | undefined;
}

/** Options of calls that clients make too. */
export interface ReaderOptions extends CallOptions {
  /** The client that reads: it sees nothing from before it had the service. Default: an operator, who sees everything. */
  reader?: Reader;
}

/** Options of changes of a service that its client makes too. */
export interface AskingOptions extends ReaderOptions, Asking {}

/** Options of calls that need the lease of a service or panel. */
export interface LockOptions extends CallOptions {
  /** How long to wait for another run on the same object, in milliseconds; default 30 s. */
  waitMs?: number | undefined;
}

/** Options of a command about one service. */
export interface CommandOptions extends LockOptions {
  /** Computes and reports the changes without making them. */
  dryRun?: boolean | undefined;
}

/** What a request may leave out: a key that is undefined is one that is absent. */
export type Stated<T> = { [Key in keyof T]?: T[Key] | undefined };

/** Returns the defaults, with what a request states in their place. */
export function withDefaults<Defaults extends object, Request extends object>(
  defaults: Defaults,
  request: Request,
): Defaults & { [Key in keyof Request]: Exclude<Request[Key], undefined> } {
  const stated = Object.entries(request).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(stated) } as never;
}

/** Runs one call in a new context, so that calls share no API log, panels or snapshots. */
export type RunCall = <T>(options: CallOptions | undefined, work: (context: Context) => Promise<T>) => Promise<T>;

/** Returns `call` for requests with numbers, times and amounts: what can't be read of them is the request's fault. */
export function withRequestErrors(call: RunCall): RunCall {
  return (options, work) =>
    call(options, async (context) => {
      try {
        return await work(context);
      } catch (error) {
        throw toRequestError(error);
      }
    });
}

/** Returns how a command runs: how long it waits for another run, and whether it changes anything. */
export function toHow(options: CommandOptions | undefined): { waitMs: number; dryRun: boolean } {
  return { waitMs: toWaitMs(options), dryRun: options?.dryRun === true };
}

/** Returns how long a call waits for another run, in milliseconds. */
export function toWaitMs(options: LockOptions | undefined): number {
  return options?.waitMs ?? 30_000;
}
