import { RowProblem } from './read-user.js';
import type { UnreadableRow } from './records.js';
import { splitRows } from './split-rows.js';
import { isCanonicalUuid } from './uuid.js';

/** How many odd rows are named; more are only counted. */
const named = 20;

export interface ReadList<T> {
  rows: T[];
  unreadable: number;
  unreadableRows: UnreadableRow[];
}

/**
 * Reads every row of a list; an odd one is counted and named, and a second row with the same uuid is odd, since one of the
 * two would be counted twice.
 *
 * @throws BrokenList when the text as a whole is no list
 */
export function readList<T extends { uuid: string | null }>(body: Buffer, read: (row: unknown) => T): ReadList<T> {
  const list: ReadList<T> = { rows: [], unreadable: 0, unreadableRows: [] };
  const seen = new Set<string>();
  splitRows(body, (row, index) => {
    try {
      const value = read(row);
      if (value.uuid !== null) {
        if (seen.has(value.uuid)) throw new RowProblem('uuid: stands in the list twice');
        seen.add(value.uuid);
      }
      list.rows.push(value);
    } catch (error) {
      if (!(error instanceof RowProblem)) throw error;
      list.unreadable += 1;
      if (list.unreadableRows.length < named)
        list.unreadableRows.push({ index, ...idsOf(row), problem: error.message });
    }
  });
  return list;
}

function idsOf(row: unknown): { uuid: string | null; id: number | null } {
  const { uuid, id } = (row ?? {}) as { uuid?: unknown; id?: unknown };
  return {
    uuid: typeof uuid === 'string' && isCanonicalUuid(uuid) ? uuid : null,
    id: typeof id === 'number' && Number.isSafeInteger(id) ? id : null,
  };
}
