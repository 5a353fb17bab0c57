import type { Callers } from '../callers.js';
import type { Address, Route } from '../endpoints/route.js';
import type { Http } from '../endpoints/http.js';
import type { Input } from './shapes.js';

export type { Http } from '../endpoints/http.js';

/** What somebody may do with Sluice: who may, what it accepts, and which command and endpoints offer it. */
export interface Entry {
  readonly callers: Callers;
  /** Words of the command that does it, with the option that selects it where the command does others too; absent: none does. */
  readonly command?: string | readonly string[];
  /**
   * Whether its runs have panels for themselves for as long as there is work: other runs leave those panels to them, and wait for all other
   * commands.
   */
  readonly isLong?: true;
  /** What the method of the engine accepts; absent where it has none, or no arguments. Made on its first call. */
  readonly accepts?: () => Input;
  /** Its endpoints; made by what serves or describes them. */
  readonly routes?: (h: Http) => Readonly<Record<Address, Route>>;
}

/** Declares the use cases of a group; their types state what methods and handlers get and answer. */
export function group<const Entries extends Readonly<Record<string, Entry>>>(entries: Entries): Entries {
  return entries;
}
