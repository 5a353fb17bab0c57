import { RowProblem } from './read-rows.js';
import type { HiddifyUserList, UnreadableRow } from './records.js';
import { RowSplitter } from './split-rows.js';
import { isCanonicalUuid } from './uuid.js';

/** Unreadable rows that are listed; more are only counted. */
const MOST_LISTED = 20;

/** The rows of a list. */
export interface ReadList<T> extends Pick<HiddifyUserList, 'unreadable' | 'unreadableRows' | 'bytes'> {
  rows: T[];
}

/**
 * Reads a list while it arrives. Rows that can't be parsed are counted and listed, and so is a second row with the same uuid, whose
 * user would count twice.
 */
export class ListReader<T extends { uuid: string | null }> {
  readonly #parse: (row: unknown) => T;
  readonly #rows: T[] = [];
  readonly #unreadableRows: UnreadableRow[] = [];
  readonly #seen = new Set<string>();
  readonly #splitter: RowSplitter;
  #unreadable = 0;

  /** @param parse throws `RowProblem` */
  constructor(parse: (row: unknown) => T) {
    this.#parse = parse;
    this.#splitter = new RowSplitter((row, index) => {
      this.#add(row, index);
    });
  }

  push(chunk: Buffer): void {
    this.#splitter.push(chunk);
  }

  /** @throws BrokenList when the text was not a list */
  end(): ReadList<T> {
    this.#splitter.end();
    return {
      rows: this.#rows,
      unreadable: this.#unreadable,
      unreadableRows: this.#unreadableRows,
      bytes: this.#splitter.bytes,
    };
  }

  #add(row: unknown, index: number): void {
    try {
      const value = this.#parse(row);
      if (value.uuid !== null) {
        if (this.#seen.has(value.uuid)) throw new RowProblem('uuid: appears twice in the list');
        this.#seen.add(value.uuid);
      }
      this.#rows.push(value);
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      this.#unreadable += 1;
      if (this.#unreadableRows.length < MOST_LISTED) {
        this.#unreadableRows.push({ index, ...findIds(row), problem: error.message });
      }
    }
  }
}

function findIds(row: unknown): { uuid: string | null; id: number | null } {
  const { uuid, id } = (row ?? {}) as { uuid?: unknown; id?: unknown };
  return {
    uuid: typeof uuid === 'string' && isCanonicalUuid(uuid) ? uuid : null,
    id: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
  };
}
