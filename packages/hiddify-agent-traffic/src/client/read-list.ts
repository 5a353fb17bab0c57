import { RowProblem } from './read-rows.js';
import type { UnreadableRow } from './records.js';
import { RowSplitter } from './split-rows.js';
import { isCanonicalUuid } from './uuid.js';

/** How many odd rows are named; more are only counted. */
const named = 20;

export interface ReadList<T> {
  rows: T[];
  unreadable: number;
  unreadableRows: UnreadableRow[];
  /** Size of the text. */
  bytes: number;
}

/**
 * Reads a list while it comes in; an odd row is counted and named, and a second row with the same uuid is odd, since one of the
 * two would be counted twice.
 */
export class ListReader<T extends { uuid: string | null }> {
  readonly #read: (row: unknown) => T;
  readonly #rows: T[] = [];
  readonly #unreadableRows: UnreadableRow[] = [];
  readonly #seen = new Set<string>();
  readonly #splitter: RowSplitter;
  #unreadable = 0;

  /** @param read throws `RowProblem` for a row that it cannot understand */
  constructor(read: (row: unknown) => T) {
    this.#read = read;
    this.#splitter = new RowSplitter((row, index) => {
      this.#take(row, index);
    });
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** @throws BrokenList when the text as a whole was no list */
  end(): ReadList<T> {
    this.#splitter.end();
    return {
      rows: this.#rows,
      unreadable: this.#unreadable,
      unreadableRows: this.#unreadableRows,
      bytes: this.#splitter.bytes,
    };
  }

  #take(row: unknown, index: number): void {
    try {
      const value = this.#read(row);
      if (value.uuid !== null) {
        if (this.#seen.has(value.uuid)) throw new RowProblem('uuid: stands in the list twice');
        this.#seen.add(value.uuid);
      }
      this.#rows.push(value);
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      this.#unreadable += 1;
      if (this.#unreadableRows.length < named) {
        this.#unreadableRows.push({ index, ...idsOf(row), problem: error.message });
      }
    }
  }
}

function idsOf(row: unknown): { uuid: string | null; id: number | null } {
  const { uuid, id } = (row ?? {}) as { uuid?: unknown; id?: unknown };
  return {
    uuid: typeof uuid === 'string' && isCanonicalUuid(uuid) ? uuid : null,
    id: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
  };
}
