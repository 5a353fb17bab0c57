import type { Undecided } from '@sluice/panel-kind';
import type { OldRow } from '@sluice/quota-core';
import { readCell, toShown } from './cells.js';

/** What is to be said of an object. */
export type Finding = Pick<Undecided, 'state' | 'reason'> &
  Partial<Pick<Undecided, 'column'>> & { value?: string | null };

/** Collects what is not moved, or only as a proposal. */
export class Findings {
  readonly #all: Undecided[] = [];

  /** Adds a finding on an object of a file. */
  add(file: string, object: string, { state, reason, column = '', value = '' }: Finding): void {
    this.#all.push({ file, object, column, value: toShown(value), state, reason });
  }

  /** Returns all of them in an order that does not depend on the order of rows. */
  list(): Undecided[] {
    const keyed = this.#all.map((finding) => ({ finding, key: JSON.stringify(Object.values(finding)) }));
    return keyed.sort((one, other) => (one.key < other.key ? -1 : 1)).map(({ finding }) => finding);
  }
}

/** Returns the name of a row of a table: by its id, without one by its line. */
export function nameRow(table: string, row: OldRow): string {
  const id = readCell(row, 'id');
  return id === null ? `line ${row.line} of ${table}` : `row ${toShown(id)} of ${table}`;
}
