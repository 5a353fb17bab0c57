import type { FakeResponse } from '../../core/fake-response.js';
import type { PhpArray } from '../php-form.js';
import { readText } from '../php-form.js';
import type { AstWorld } from '../world.js';
import { brokenPage, done, fieldErrors, json, type Json, MagnusStop } from './answers.js';
import { takenMessage } from './rules.js';

/** One module of the panel: a table with its actions. */
export interface MagnusModule {
  /** Its columns and the joined ones, as in answers. */
  readonly columns: ReadonlySet<string>;
  rows(world: AstWorld): Json[];
  /** The order without `sort`. */
  readonly order?: (left: Json, right: Json) => number;
  /** The name of its list in the quirks. */
  readonly list?: string;
  /** `id` is null for a new row. Returns the id of the row, or another answer. */
  save?(world: AstWorld, form: PhpArray, id: string | null): string | FakeResponse;
  /** Returns whether a row was removed, or another answer. */
  destroy?(world: AstWorld, id: string, form: PhpArray): boolean | FakeResponse;
  /** Actions beside read, save and destroy. */
  readonly actions?: Readonly<Record<string, (world: AstWorld, form: PhpArray) => FakeResponse>>;
}

/** The answer to a save that changed or made a row. */
export function saved(world: AstWorld, module: MagnusModule, id: string): FakeResponse {
  const row = module.rows(world).find((one) => String(one.id) === id);
  return json({ success: true, rows: row === undefined ? [] : [row], msg: done });
}

/** What a change of an absent row is answered with: the message is the key. */
export const recordNotFound = (): FakeResponse => json({ success: false, rows: [], 'Record not found.': null });

/** Throws the message about a value that another row has already; case does not count. */
export function refuseTaken(
  world: AstWorld,
  others: Iterable<string>,
  { name, value }: { name: string; value: string | undefined },
): void {
  if (value === undefined) return;
  for (const other of others) {
    if (other.toLowerCase() !== value.toLowerCase()) continue;
    throw new MagnusStop(fieldErrors({ [name]: [takenMessage(name, value, world.quirks)] }));
  }
}

/** A number column's value: null for an empty text. */
export function parseNumber(form: PhpArray, name: string): number | null | undefined {
  const value = readText(form, name);
  if (value === undefined) return undefined;
  return value === '' ? null : Math.trunc(Number(value) || 0);
}

export const broken = (message: string): MagnusStop => new MagnusStop(brokenPage('PHP warning', message));
