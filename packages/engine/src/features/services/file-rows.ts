import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import type { ImportRow } from './plan-rows.js';

/** A row about one service, in a file with columns of its own. */
interface OpenRow {
  /** Id of the service; empty where the row states none. */
  service: string;
  /** Returns what stands in a column, without white space around it; empty where nothing does. */
  text: (key: string) => string;
  /** Adds what is wrong with the row; `key` is the column. */
  say: (key: string | null, message: string) => void;
}

/** Opens a row; adds to the problems why it could not be read, and columns that the file does not have. */
export function openRow(
  { line, values, problem }: ImportRow,
  columns: readonly string[],
  problems: ImportProblem[],
): OpenRow {
  const text = (key: string): string => (values[key] ?? '').trim();
  const service = text('service');
  const say = (key: string | null, message: string): void => {
    problems.push({ line, service: service === '' ? null : service, key, message });
  };
  if (problem !== undefined) say(null, problem);
  for (const key of Object.keys(values).filter((name) => !columns.includes(name)))
    say(key, `unknown column "${key}"; known: ${columns.join(', ')}`);
  return { service, text, say };
}

/**
 * Returns the report of rows that are stored all or none; `added`: those of which something was not stored before, `changed`: those that
 * replaced something.
 */
export function reportRows(
  rows: readonly ImportRow[],
  problems: ImportProblem[],
  { added, changed = 0 }: { added: number; changed?: number },
): ImportReport {
  const isRefused = problems.length > 0;
  const counts = isRefused
    ? { added: 0, changed: 0, unchanged: 0 }
    : { added, changed, unchanged: rows.length - added - changed };
  return { totals: { rows: rows.length, ...counts }, problems };
}

const YES_OR_NO: ReadonlyMap<string, boolean> = new Map([
  ['', false],
  ['no', false],
  ['yes', true],
]);

/** Returns whether a cell says yes; an empty one says no. Null for another text. */
export function parseYesNo(text: string): boolean | null {
  return YES_OR_NO.get(text.toLowerCase()) ?? null;
}
