import { closest } from 'fastest-levenshtein';
import type { ServiceChange, ServiceRecord, StoreTables } from '@sluice/state-store';
import { Leases, serviceLease } from '../leases.js';
import type { Session } from '../session.js';
import { changeOf } from './change-of.js';
import { blankService, checkService, idProblem, panelChangeProblems } from './check-service.js';
import { applyField, type Columns, columnsOf } from './fields.js';
import type { ImportRow } from './import-row.js';

/** One thing that is wrong with an import. */
export interface ImportProblem {
  line: number | null;
  service: string | null;
  key: string | null;
  message: string;
}

/** `service import --json` (docs/json.md). */
export interface ImportReport {
  totals: { rows: number; added: number; changed: number; unchanged: number };
  problems: ImportProblem[];
}

/** What the rows of an import come to for the services as they are. */
interface ImportPlan {
  added: ServiceRecord[];
  changes: ServiceChange[];
  unchanged: number;
  problems: ImportProblem[];
}

/**
 * All rows or none: with a single problem nothing is stored. Services that change are leased meanwhile, so that no
 * command is at work on one of them; what changes is decided under the leases, on the rows as they are then.
 */
export async function importServices(session: Session, rows: ImportRow[], waitMs: number): Promise<ImportReport> {
  let plan = await planImport(session, session.store, rows);
  const leased = new Set<string>();
  while (plan.problems.length === 0) {
    for (const { id } of plan.changes) leased.add(id);
    const outcome = await underLeases(session, rows, [...leased], waitMs);
    plan = outcome.plan;
    if (outcome.stored) break;
  }
  return reportOf(rows, plan);
}

/** Decides and stores under the leases of these services; stores nothing where others turn out to change, too. */
async function underLeases(
  session: Session,
  rows: ImportRow[],
  ids: string[],
  waitMs: number,
): Promise<{ plan: ImportPlan; stored: boolean }> {
  const leases = new Leases(session, session.runId ?? session.id('run'));
  try {
    await leases.takeAll(ids.map(serviceLease), waitMs);
    const leased = new Set(ids);
    return await session.write(leases.held, async (tables) => {
      const plan = await planImport(session, tables, rows);
      // Another command may have added or changed one meanwhile: then once more, with its lease.
      const stored = plan.problems.length === 0 && plan.changes.every((change) => leased.has(change.id));
      if (stored) await store(tables, plan);
      return { plan, stored };
    });
  } finally {
    await leases.releaseAll();
  }
}

async function store(tables: StoreTables, { added, changes }: ImportPlan): Promise<void> {
  await tables.services.put(added);
  await tables.services.update(changes);
}

function reportOf(rows: ImportRow[], { added, changes, unchanged, problems }: ImportPlan): ImportReport {
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

/** One row with the service that it is about. */
interface RowWork {
  row: ImportRow;
  before: ServiceRecord | null;
  after: ServiceRecord;
  /** Keys that a problem was reported for. */
  bad: Set<string | null>;
}

async function planImport(session: Session, tables: StoreTables, rows: ImportRow[]): Promise<ImportPlan> {
  const { kinds } = session.deps;
  const columns = columnsOf(kinds);
  const problems = unknownColumns(rows, columns.keys);
  const works: RowWork[] = [];
  const problem = ({ row, after, bad }: RowWork, key: string | null, message: string): void => {
    bad.add(key);
    problems.push({ line: row.line, service: after.id === '' ? null : after.id, key, message });
  };
  const ids = rows.map(idOf);
  const existing = new Map((await tables.services.list({ ids })).map((record) => [record.id, record]));
  const seen = new Map<string, number | null>();
  for (const row of rows) {
    const id = idOf(row);
    const before = existing.get(id) ?? null;
    const after = before ? structuredClone(before) : blankService(id, session.now());
    const work = { row, before, after, bad: new Set<string | null>() };
    const wrongId = rowIdProblem(id, seen);
    if (wrongId !== null) {
      problem(work, 'id', wrongId);
      continue;
    }
    seen.set(id, row.line);
    works.push(work);
    for (const [key, message] of applyRow(after, row, columns)) problem(work, key, message);
    for (const [key, message] of checkService(after, session.config, kinds)) {
      if (!work.bad.has(key)) problem(work, key, message);
    }
  }
  await keepCreated(tables, works);
  const moved = works.filter(({ before, after }) => before !== null && before.panel !== after.panel);
  const stay = await panelChangeProblems(tables, new Map(moved.map(({ after }) => [after.id, after.panel])));
  for (const work of moved) {
    const message = stay.get(work.after.id);
    if (message !== undefined) problem(work, 'panel', message);
  }
  return { ...sorted(works, session.now()), problems: inFileOrder(problems) };
}

const idOf = (row: ImportRow): string => (row.values['id'] ?? '').trim();

/** Writes a row's texts into the service; gives key and message of each that does not fit. */
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

/** An account that was taken over by `create` is there as well as one that it made: `pending` does not unset it. */
async function keepCreated(tables: StoreTables, works: RowWork[]): Promise<void> {
  for (const { before, after } of works) {
    if (before?.status !== 'active' || after.status !== 'pending') continue;
    const actions = await tables.actions.list({ service: after.id });
    const created = actions.some(({ type, state }) => type === 'provision:create' && state === 'applied');
    if (created) after.status = 'active';
  }
}

function sorted(works: RowWork[], now: string): Pick<ImportPlan, 'added' | 'changes' | 'unchanged'> {
  const added: ServiceRecord[] = [];
  const changes: ServiceChange[] = [];
  for (const { before, after } of works) {
    const change = before && changeOf(before, after, now);
    if (!before) added.push(after);
    else if (change) changes.push(change);
  }
  return { added, changes, unchanged: works.length - added.length - changes.length };
}

/** In the order of the lines, those without a line first; problems of one line as they were found. */
function inFileOrder(problems: ImportProblem[]): ImportProblem[] {
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0));
}

function unknownColumns(rows: ImportRow[], keys: string[]): ImportProblem[] {
  const named = new Map<string, number | null>();
  for (const row of rows) for (const key of Object.keys(row.values)) if (!named.has(key)) named.set(key, row.line);
  return [...named]
    .filter(([key]) => !keys.includes(key))
    .map(([key, line]) => ({
      line,
      service: null,
      key,
      message: `unknown column "${key}"; did you mean "${closest(key, keys)}"?`,
    }));
}

function rowIdProblem(id: string, seen: Map<string, number | null>): string | null {
  if (id === '') return 'id is required';
  if (seen.has(id)) return `"${id}" stands twice in this file (first in line ${String(seen.get(id) ?? '?')})`;
  return idProblem(id);
}
