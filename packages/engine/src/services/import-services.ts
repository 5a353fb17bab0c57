import { closest } from 'fastest-levenshtein';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { serviceLease } from '../leases.js';
import { type Run, withRun } from '../run/bracket.js';
import type { Session } from '../session.js';
import { describeDuplicate, duplicateRefs } from './duplicate-refs.js';
import { describeChanges, type DescribedChange, listChanges } from './describe-changes.js';
import { findChange } from './find-change.js';
import { blankService, checkService, idProblem, panelChangeProblems } from './check-service.js';
import { applyField, type Columns, listColumns } from './fields.js';

/** One row of an import: its line in the file and its texts. */
export interface ImportRow {
  line: number | null;
  values: Record<string, string>;
  /** In a table: the line that names its columns. */
  headerLine?: number;
  /** Why the row could not be read: it is reported, and its values are not checked. */
  problem?: string;
}

/** A problem of an import. */
export interface ImportProblem {
  line: number | null;
  service: string | null;
  key: string | null;
  message: string;
  /** Code of the remedy (docs/errors.md), where there is one. */
  code?: string;
}

/** `service import --json` (docs/json.md). */
export interface ImportReport {
  totals: { rows: number; added: number; changed: number; unchanged: number };
  problems: ImportProblem[];
  /** Of a dry run: nothing was stored. */
  dryRun?: true;
  /** Of a dry run: what would be stored; with `describe` also what was stored. */
  changes?: DescribedChange[];
  /** Of a dry run: the new services that runs may restrict from the next poll. */
  enforced?: string[];
}

/** What an import changes. */
interface ImportPlan {
  rows: ImportRow[];
  rowChanges: RowChange[];
  added: ServiceRecord[];
  changes: ServiceChange[];
  unchanged: number;
  problems: ImportProblem[];
}

/** Rows to import, and whether they may give services the id of another service on their panel. */
export interface ImportRequest {
  command: string;
  /** Reads the rows, in the transaction that stores them. */
  rows: (tables: StoreTables) => ImportRow[] | Promise<ImportRow[]>;
  waitMs: number;
  allowDuplicateRefs?: boolean | undefined;
  dryRun?: boolean | undefined;
  /** Lists what was stored. */
  describe?: boolean | undefined;
}

/**
 * Imports all rows or none: one problem and nothing is stored. The changed services are leased, and the changes are
 * computed again under the leases. A dry run plans and stores nothing.
 */
export async function importServices(session: Session, request: ImportRequest): Promise<ImportReport> {
  let plan = await planImport(session, session.store, request);
  if (request.dryRun === true) return { ...toReport(plan), ...(await describeChanges(session, plan)) };
  const leased = new Set<string>();
  while (plan.problems.length === 0) {
    for (const { id } of plan.changes) leased.add(id);
    const outcome = await storeLeased(session, request, [...leased]);
    plan = outcome.plan;
    if (outcome.stored) break;
  }
  if (request.describe !== true || plan.problems.length > 0) return toReport(plan);
  return { ...toReport(plan), changes: listChanges(plan.rowChanges, listColumns(session.deps.kinds)) };
}

/** Plans and stores under the leases of these services; stores nothing if other services change as well. */
async function storeLeased(
  session: Session,
  request: ImportRequest,
  ids: string[],
): Promise<{ plan: ImportPlan; stored: boolean }> {
  return withRun(session, { command: request.command, dryRun: false }, async (run) => {
    await run.leases.takeAll(ids.map(serviceLease), request.waitMs);
    const leased = new Set(ids);
    return session.write(run.leases.held, async (tables) => {
      const plan = await planImport(session, tables, request);
      // If another command added or changed a service meanwhile, try again with its lease.
      const stored = plan.problems.length === 0 && plan.changes.every((change) => leased.has(change.id));
      if (stored) await store(tables, plan, run);
      return { plan, stored };
    });
  });
}

async function store(tables: StoreTables, { added, changes }: ImportPlan, run: Run): Promise<void> {
  if (added.length + changes.length === 0) return;
  await run.start(tables);
  await tables.services.put(added);
  await tables.services.update(changes);
  await run.end({ outcome: 'done', changes: true }, tables);
}

function toReport({ rows, added, changes, unchanged, problems }: ImportPlan): ImportReport {
  const done = problems.length === 0;
  const count = (number: number): number => (done ? number : 0);
  return {
    totals: {
      rows: rows.length,
      added: count(added.length),
      changed: count(changes.length),
      unchanged: count(unchanged),
    },
    problems,
  };
}

/** A row with its service. */
interface RowChange {
  row: ImportRow;
  before: ServiceRecord | null;
  after: ServiceRecord;
  /** Keys with a reported problem. */
  bad: Set<string | null>;
}

async function planImport(session: Session, tables: StoreTables, request: ImportRequest): Promise<ImportPlan> {
  const rows = await request.rows(tables);
  const { kinds } = session.deps;
  const columns = listColumns(kinds);
  const problems = unknownColumns(rows, columns.keys);
  const rowChanges: RowChange[] = [];
  const problem = ({ row, after, bad }: RowChange, key: string | null, message: string): void => {
    bad.add(key);
    problems.push({ line: row.line, service: after.id === '' ? null : after.id, key, message });
  };
  const ids = rows.filter(({ problem }) => problem === undefined).map(parseId);
  const existing = new Map((await tables.services.list({ ids })).map((record) => [record.id, record]));
  const seen = new Map<string, number | null>();
  for (const row of rows) {
    if (row.problem !== undefined) {
      problems.push({ line: row.line, service: null, key: null, message: row.problem });
      continue;
    }
    const id = parseId(row);
    const before = existing.get(id) ?? null;
    const after = before ? structuredClone(before) : blankService(id, session.now());
    const change = { row, before, after, bad: new Set<string | null>() };
    const wrongId = rowIdProblem(id, seen);
    if (wrongId !== null) {
      problem(change, 'id', wrongId);
      continue;
    }
    seen.set(id, row.line);
    rowChanges.push(change);
    for (const [key, message] of applyRow(after, row, columns)) problem(change, key, message);
    for (const [key, message] of checkService(after, session.config, kinds)) {
      if (!change.bad.has(key)) problem(change, key, message);
    }
  }
  await keepCreated(tables, rowChanges);
  const moved = rowChanges.filter(({ before, after }) => before !== null && before.panel !== after.panel);
  const stay = await panelChangeProblems(tables, new Map(moved.map(({ after }) => [after.id, after.panel])));
  for (const change of moved) {
    const message = stay.get(change.after.id);
    if (message !== undefined) problem(change, 'panel', message);
  }
  if (request.allowDuplicateRefs !== true) problems.push(...(await duplicateProblems(session, tables, rowChanges)));
  return { rows, rowChanges, ...toPlan(rowChanges, session.now()), problems: inFileOrder(problems) };
}

async function duplicateProblems(
  session: Session,
  tables: StoreTables,
  changes: readonly RowChange[],
): Promise<ImportProblem[]> {
  const lines = new Map(changes.map(({ row, after }) => [after.id, row.line]));
  return (await duplicateRefs({ config: session.config, kinds: session.deps.kinds }, tables, changes)).map(
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

function toPlan(rows: RowChange[], now: string): Pick<ImportPlan, 'added' | 'changes' | 'unchanged'> {
  const added: ServiceRecord[] = [];
  const changes: ServiceChange[] = [];
  for (const { before, after } of rows) {
    const change = before && findChange(before, after, now);
    if (!before) added.push(after);
    else if (change) changes.push(change);
  }
  return { added, changes, unchanged: rows.length - added.length - changes.length };
}

/** Sorts problems by line; those without a line come first. */
function inFileOrder(problems: ImportProblem[]): ImportProblem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function unknownColumns(rows: ImportRow[], keys: string[]): ImportProblem[] {
  const named = new Map<string, number | null>();
  for (const row of rows)
    for (const key of Object.keys(row.values)) if (!named.has(key)) named.set(key, row.headerLine ?? row.line);
  return [...named]
    .filter(([key]) => !keys.includes(key))
    .map(([key, line]) => ({
      line,
      service: null,
      key,
      message: `unknown column "${key}"; did you mean "${closest(key.toLowerCase(), keys)}"?`,
    }));
}

function rowIdProblem(id: string, seen: Map<string, number | null>): string | null {
  if (id === '') return 'id is required';
  if (seen.has(id)) return `"${id}" is repeated in this file (first in line ${String(seen.get(id) ?? '?')})`;
  return idProblem(id);
}
