import type { OldRow } from '@sluice/quota-core';
import { compareIds, readCell } from './cells.js';

/** Which of several rows with the same key is in force, and the others. */
export interface Picked {
  readonly chosen: ReadonlyMap<string, OldRow>;
  readonly others: readonly { key: string; row: OldRow }[];
  /** Rows without a key. */
  readonly nameless: readonly OldRow[];
}

/** Returns for each key the first row by an order of rows; rows that are equal in it are ordered by their content. */
export function pickRows(
  rows: readonly OldRow[],
  toKey: (row: OldRow) => string | null,
  isBefore: (one: OldRow, other: OldRow) => number,
): Picked {
  const chosen = new Map<string, OldRow>();
  const others: { key: string; row: OldRow }[] = [];
  const nameless: OldRow[] = [];
  for (const row of rows) {
    const key = toKey(row);
    const known = key === null ? undefined : chosen.get(key);
    if (key === null) nameless.push(row);
    else if (known === undefined) chosen.set(key, row);
    else {
      const isFirst = (isBefore(row, known) || compareContent(row, known)) < 0;
      if (isFirst) chosen.set(key, row);
      others.push({ key, row: isFirst ? known : row });
    }
  }
  return { chosen, others, nameless };
}

/** Orders the newest row first, by the text of a time; then the one with the highest id. */
export function byNewest(column: string): (one: OldRow, other: OldRow) => number {
  return (one, other) => compareTexts(toTime(other, column), toTime(one, column)) || byLowestId(other, one);
}

/** Orders the row with the lowest id first, as a query without an order returns them. */
export function byLowestId(one: OldRow, other: OldRow): number {
  return compareIds(readCell(one, 'id') ?? '', readCell(other, 'id') ?? '');
}

/** Zero dates sort before all others, as an absent one does. */
function toTime(row: OldRow, column: string): string {
  const text = readCell(row, column) ?? '';
  return /^\d{4}-\d\d-\d\d/.test(text) ? text.replace('T', ' ') : '';
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function compareContent(one: OldRow, other: OldRow): number {
  return compareTexts(toContent(one), toContent(other)) || one.line - other.line;
}

function toContent({ values }: OldRow): string {
  return JSON.stringify(Object.entries(values).toSorted(([a], [b]) => compareTexts(a, b)));
}
