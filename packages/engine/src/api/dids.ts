import { changeDid, type DidReport, type DidRequest } from '../dids/change-did.js';
import { type RunCall, toWaitMs, withRequestErrors } from './call.js';
import type { CommandOptions } from './holds.js';

/** Options of a change of a number; `panel` is needed where several panels have telephony. */
export interface DidOptions extends CommandOptions {
  panel?: string | undefined;
}

/**
 * Numbers of lines. Each change is journaled, read back, and can be repeated safely; a number may be written as people write it. What
 * an operator does to a number here is not undone when a hold of its line ends.
 */
export interface Dids {
  /** Links a number to the line of a service; one that the panel lacks is created, with `carrier` by id, name or code. */
  link(
    number: string,
    options: CommandOptions & { service: string; carrier?: string | undefined; channels?: number | undefined },
  ): Promise<DidReport>;
  /** Sets fields of a number, as people write them, by the names of docs/json.md; `subscriber: null` unlinks it from its line. */
  set(
    number: string,
    change: { subscriber: null } | { values: Readonly<Record<string, string>> },
    options?: DidOptions,
  ): Promise<DidReport>;
  suspend(number: string, options?: DidOptions): Promise<DidReport>;
  /** Refused while a hold of its line covers its numbers. */
  unsuspend(number: string, options?: DidOptions): Promise<DidReport>;
  /** Ends the number, or returns it to the pool of the panel. */
  release(number: string, options?: DidOptions): Promise<DidReport>;
}

/** Returns the calls about numbers. */
export function didsApi(call: RunCall): Dids {
  const checked = withRequestErrors(call);
  const change = (
    request: Pick<DidRequest, 'operation' | 'number'> & Partial<DidRequest>,
    options: DidOptions | undefined,
  ): Promise<DidReport> =>
    checked(options, (session) =>
      changeDid(session, {
        service: null,
        panel: options?.panel ?? null,
        waitMs: toWaitMs(options),
        dryRun: options?.dryRun === true,
        ...request,
      }),
    );
  return {
    link: (number, { service, carrier, channels, ...options }) =>
      change({ operation: 'link', number, service, carrier, channels }, options),
    set: (number, what, options) =>
      'values' in what
        ? change({ operation: 'set', number, values: what.values }, options)
        : change({ operation: 'unlink', number }, options),
    suspend: (number, options) => change({ operation: 'suspend', number }, options),
    unsuspend: (number, options) => change({ operation: 'unsuspend', number }, options),
    release: (number, options) => change({ operation: 'release', number }, options),
  };
}
