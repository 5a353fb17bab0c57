import type { DidReport } from '@sluice/contract/documents';
import { changeDid, type DidRequest } from '../features/dids/change-did.js';
import { type AskingOptions, type CommandOptions, type RunCall, toHow, withRequestErrors } from './call.js';

/** Options of a change of a number; `panel` is needed where several panels have telephony. */
export interface DidOptions extends CommandOptions {
  panel?: string | undefined;
}

/** Options of a change of fields. With `service`, a number that its line does not have by then is refused as `no_number`. */
export interface DidSetOptions extends DidOptions, AskingOptions {
  service?: string | undefined;
}

/** The number as a billing system has it. */
export interface DidOfAddon {
  /** The id of the product addon that the number is for; one with the reference of another addon is refused. */
  addon?: string | undefined;
  /** The area code that the number is stated to have, also where it is written without one. */
  areaCode?: string | undefined;
}

/** Options of a change of a number that a line has; `service` is that of the line. */
export interface LinkedDidOptions extends DidOptions, DidOfAddon {
  service?: string | undefined;
}

/** Options of a link. */
export interface DidLinkOptions extends CommandOptions, DidOfAddon {
  service: string;
  /** Of a number that the panel lacks: id, name or code. */
  carrier?: string | undefined;
  channels?: number | undefined;
  /** As `set` reads it; absent: it stays. */
  destination?: string | undefined;
}

/**
 * Numbers of lines. Each change is journaled, read back, and can be repeated safely; a number may be written as people write it. What
 * an operator does to a number here is not undone when a hold of its line ends.
 */
export interface Dids {
  /** Links a number to the line of a service; one that the panel lacks is created, with `carrier` by id, name or code. */
  link(number: string, options: DidLinkOptions): Promise<DidReport>;
  /** Sets fields of a number, as people write them, by the names of docs/json.md; `subscriber: null` unlinks it from its line. */
  set(
    number: string,
    change: { subscriber: null } | { values: Readonly<Record<string, string>> },
    options?: DidSetOptions,
  ): Promise<DidReport>;
  suspend(number: string, options?: LinkedDidOptions): Promise<DidReport>;
  /** Refused while a hold of its line covers its numbers. */
  unsuspend(number: string, options?: LinkedDidOptions): Promise<DidReport>;
  /** Ends the number, or returns it to the pool of the panel. With `addon`, one without a line is left as it is. */
  release(number: string, options?: LinkedDidOptions): Promise<DidReport>;
}

/** Returns the calls about numbers. */
export function didsApi(call: RunCall): Dids {
  const checked = withRequestErrors(call);
  const change = (
    request: Pick<DidRequest, 'operation' | 'number'> & Partial<DidRequest>,
    options: (LinkedDidOptions & AskingOptions) | undefined,
  ): Promise<DidReport> =>
    checked(options, (context) =>
      changeDid(context, {
        service: options?.service ?? null,
        reader: options?.reader,
        permit: options?.permit,
        addon: options?.addon,
        areaCode: options?.areaCode,
        panel: options?.panel ?? null,
        ...toHow(options),
        ...request,
      }),
    );
  return {
    link: (number, { carrier, channels, destination, ...options }) => {
      const values = destination === undefined ? undefined : { destination };
      return change({ operation: 'link', number, carrier, channels, values }, options);
    },
    set: (number, what, options) =>
      'values' in what
        ? change({ operation: 'set', number, values: what.values }, options)
        : change({ operation: 'unlink', number }, options),
    suspend: (number, options) => change({ operation: 'suspend', number }, options),
    unsuspend: (number, options) => change({ operation: 'unsuspend', number }, options),
    release: (number, options) => change({ operation: 'release', number }, options),
  };
}
