import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import { closest } from 'fastest-levenshtein';
import type { StoreTables } from '@sluice/state-store';
import { serviceLease } from '../../context/leases.js';
import { type RunCommand, type Run, withRun } from '../../kernel/run/bracket.js';
import { storeAdded, storeChanges } from './store-changes.js';
import type { Context } from '../../context/context.js';
import { describeChanges, listChanges } from './describe-changes.js';
import { listColumns } from '../../base/fields.js';
import { type ImportRow, planRows, toChanges } from './plan-rows.js';

/** What an import changes. */
type ImportPlan = Awaited<ReturnType<typeof planImport>>;

/** Rows to import, and whether they may give services the id of another service on their panel. */
export interface ImportRequest {
  command: RunCommand;
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
export async function importServices(context: Context, request: ImportRequest): Promise<ImportReport> {
  let plan = await planImport(context, context.store, request);
  if (request.dryRun === true) return { ...toReport(plan), ...(await describeChanges(context, plan)) };
  const leased = new Set<string>();
  while (plan.problems.length === 0) {
    for (const { id } of plan.changes) leased.add(id);
    const outcome = await storeLeased(context, request, [...leased]);
    plan = outcome.plan;
    if (outcome.stored) break;
  }
  if (request.describe !== true || plan.problems.length > 0) return toReport(plan);
  return { ...toReport(plan), changes: listChanges(plan.rowChanges, listColumns(context.deps.kinds)) };
}

/** Plans and stores under the leases of these services; stores nothing if other services change as well. */
async function storeLeased(
  context: Context,
  request: ImportRequest,
  ids: string[],
): Promise<{ plan: ImportPlan; stored: boolean }> {
  return withRun(context, { command: request.command, dryRun: false }, async (run) => {
    await run.leases.takeAll(ids.map(serviceLease), request.waitMs);
    const leased = new Set(ids);
    return context.write(run.leases.held, async (tables) => {
      const plan = await planImport(context, tables, request);
      // If another command added or changed a service meanwhile, try again with its lease.
      const stored = plan.problems.length === 0 && plan.changes.every((change) => leased.has(change.id));
      if (stored) await store(context, tables, plan, run);
      return { plan, stored };
    });
  });
}

async function store(context: Context, tables: StoreTables, plan: ImportPlan, run: Run): Promise<void> {
  if (plan.added.length + plan.changes.length === 0) return;
  await run.start(tables);
  await storeImport(context, tables, plan, run.id);
  await run.end({ outcome: 'done', changes: true }, tables);
}

/** Stores what an import adds and changes, as a part of a run. */
export async function storeImport(
  context: Context,
  tables: StoreTables,
  { added, changes }: Pick<ImportPlan, 'added' | 'changes'>,
  run: string,
): Promise<void> {
  // What ends comes first: a new service may get what a former one had.
  await storeChanges(context, tables, { changes, run });
  await storeAdded(context, tables, added);
}

/** Returns what an import has stored, or why nothing was. */
export function toReport({ rows, added, changes, unchanged, problems }: ImportPlan): ImportReport {
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

/** Returns what rows add and change, and what is wrong with them. */
export async function planImport(
  context: Context,
  tables: StoreTables,
  request: Pick<ImportRequest, 'rows' | 'allowDuplicateRefs'>,
) {
  const rows = await request.rows(tables);
  const unknown = unknownColumns(rows, listColumns(context.deps.kinds).keys);
  const { rowChanges, problems } = await planRows(context, tables, rows, request);
  return {
    rows,
    rowChanges,
    ...toChanges(rowChanges, context.now()),
    problems: inFileOrder([...unknown, ...problems]),
  };
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
