import type { ImportProblem } from '@sluice/contract/documents';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { keepCycleAnchor } from '../../base/lifecycle.js';
import { blankService, checkService, idProblem } from './check-service.js';
import { describeDuplicate, duplicateRefs } from './duplicate-refs.js';
import { applyField, type Columns, listColumns } from '../../base/fields.js';
import { findChange } from './find-change.js';
import { changeProblems } from './held-account.js';

/** One row of an import: its line in the file and its texts. */
export interface ImportRow {
  line: number | null;
  values: Record<string, string>;
  /** In a table: the line that names its columns. */
  headerLine?: number;
  /** Why the row could not be read: it is reported, and its values are not checked. */
  problem?: string;
  /** Only its values are checked, and not what else the service has: the config may have lost its product. */
  isPart?: boolean;
}

/** A row with its service. */
export interface RowChange {
  row: ImportRow;
  before: ServiceRecord | null;
  after: ServiceRecord;
  /** Keys with a reported problem. */
  bad: Set<string | null>;
}

/** How rows are checked. */
export interface RowOptions {
  allowDuplicateRefs?: boolean | undefined;
  /** Changes of services that are in no row, and whose ids become free. */
  ending?: readonly RowChange[];
  /** Whether a service that loses its due date keeps its cycles. */
  keepsCycles?: boolean;
}

/** Applies rows to the stored services and checks the result; stores nothing. */
export async function planRows(
  context: Context,
  tables: StoreTables,
  rows: readonly ImportRow[],
  { allowDuplicateRefs = false, ending = [], keepsCycles = false }: RowOptions = {},
): Promise<{ rowChanges: RowChange[]; problems: ImportProblem[] }> {
  const { kinds } = context.deps;
  const columns = listColumns(kinds);
  const problems: ImportProblem[] = [];
  const rowChanges: RowChange[] = [];
  const problem = ({ row, after, bad }: RowChange, key: string | null, message: string, code?: string): void => {
    bad.add(key);
    const service = after.id === '' ? null : after.id;
    problems.push({ line: row.line, service, key, message, ...(code === undefined ? {} : { code }) });
  };
  const ids = rows.filter(({ problem: unread }) => unread === undefined).map(parseId);
  const existing = new Map((await tables.services.list({ ids })).map((record) => [record.id, record]));
  const seen = new Map<string, number | null>();
  for (const row of rows) {
    if (row.problem !== undefined) {
      problems.push({ line: row.line, service: null, key: null, message: row.problem });
      continue;
    }
    const id = parseId(row);
    const before = existing.get(id) ?? null;
    const after = before ? structuredClone(before) : blankService(id, context.now());
    const change = { row, before, after, bad: new Set<string | null>() };
    const wrongId = rowIdProblem(id, seen);
    if (wrongId !== null) {
      problem(change, 'id', wrongId);
      continue;
    }
    seen.set(id, row.line);
    rowChanges.push(change);
    for (const [key, message] of applyRow(after, row, columns)) problem(change, key, message);
    if (keepsCycles && before !== null) keepCycleAnchor(before, after);
    for (const [key, message] of row.isPart === true ? [] : checkService(after, context.config, kinds)) {
      if (!change.bad.has(key)) problem(change, key, message);
    }
  }
  await keepCreated(tables, rowChanges);
  const stored = rowChanges.flatMap((change) => (change.before === null ? [] : [{ ...change, before: change.before }]));
  const stay = await changeProblems(context, tables, stored);
  for (const change of stored) {
    const found = stay.get(change.after.id);
    if (found !== undefined) problem(change, found.key, found.message, found.code);
  }
  problems.push(...(await duplicateProblems(context, tables, [...ending, ...rowChanges], allowDuplicateRefs)));
  return { rowChanges, problems };
}

async function duplicateProblems(
  context: Context,
  tables: StoreTables,
  changes: readonly RowChange[],
  allow: boolean,
): Promise<ImportProblem[]> {
  const lines = new Map(changes.map(({ row, after }) => [after.id, row.line]));
  return (await duplicateRefs({ config: context.config, kinds: context.deps.kinds, allow }, tables, changes)).map(
    (duplicate) => ({
      line: lines.get(duplicate.service) ?? null,
      service: duplicate.service,
      key: duplicate.ref,
      message: describeDuplicate(duplicate),
      code: 'duplicate_ref',
    }),
  );
}

const parseId = (row: ImportRow): string => (row.values['id'] ?? '').trim();

/** Parses a row's texts into the service; returns key and message of each invalid one. */
function applyRow(record: ServiceRecord, row: ImportRow, { keys, refs }: Columns): [string, string][] {
  const problems: [string, string][] = [];
  for (const key of keys) {
    const text = row.values[key];
    if (text === undefined) continue;
    try {
      applyField(record, key, text, refs);
    } catch (error) {
      problems.push([key, (error as Error).message]);
    }
  }
  return problems;
}

/** Keeps `active` for accounts that `create` adopted, even if the import says `pending`. */
async function keepCreated(tables: StoreTables, rows: RowChange[]): Promise<void> {
  for (const { before, after } of rows) {
    if (before?.status !== 'active' || after.status !== 'pending') continue;
    const actions = await tables.actions.list({ service: after.id });
    const created = actions.some(({ type, state }) => type === 'provision:create' && state === 'applied');
    if (created) after.status = 'active';
  }
}

/** Returns what planned rows add and change. */
export function toChanges(
  rows: readonly RowChange[],
  now: string,
): { added: ServiceRecord[]; changes: ServiceChange[]; unchanged: number } {
  const added: ServiceRecord[] = [];
  const changes: ServiceChange[] = [];
  for (const { before, after } of rows) {
    const change = before && findChange(before, after, now);
    if (!before) added.push(after);
    else if (change) changes.push(change);
  }
  return { added, changes, unchanged: rows.length - added.length - changes.length };
}

function rowIdProblem(id: string, seen: Map<string, number | null>): string | null {
  if (id === '') return 'id is required';
  if (seen.has(id)) return `"${id}" is repeated in this file (first in line ${String(seen.get(id) ?? '?')})`;
  return idProblem(id);
}
