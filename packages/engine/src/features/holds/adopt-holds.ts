import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import { type Observation, type Panel, SluiceError } from '@sluice/panel-kind';
import { checkLocalDate, type HoldReason, toLocalDate } from '@sluice/quota-core';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import { requireFacet } from '../../base/facet.js';
import type { Context } from '../../context/context.js';
import { foresee } from '../../context/foresee.js';
import { serviceLease } from '../../context/leases.js';
import { Refused, unlessRefused } from '../../context/refused.js';
import { withRun } from '../../kernel/run/bracket.js';
import { observeServices } from '../../loop/observe.js';
import { openRow, parseYesNo, reportRows } from '../services/file-rows.js';
import type { ImportRow } from '../services/plan-rows.js';
import { findTargets, type Restricted, storeAdopted } from './adopt-hold.js';
import { checkLifecycle } from './check-lifecycle.js';

/** What another tool restricted, as rows of a file. */
export interface AdoptionRequest {
  rows: readonly ImportRow[];
  dryRun: boolean;
  waitMs: number;
}

const COLUMNS: readonly string[] = ['service', 'reason', 'ports', 'order', 'forwards', 'note', 'seen_on'];

const REASONS: readonly HoldReason[] = ['quota', 'billing', 'manual'];

/** A row that can be read, with its line. */
export interface AdoptedRow extends Restricted {
  line: number | null;
  service: string;
  /** Local date on which it was seen as restricted by the other tool; null where the row does not say. */
  seenOn: string | null;
}

/** What is adopted for a row. */
export interface Adopted {
  row: AdoptedRow;
  service: ServiceRecord;
  targets: ReturnType<typeof findTargets>;
}

/**
 * Adopts what another tool restricted of many services, all rows or none, after reading their panels: each object has to belong to its
 * service and be restricted. Changes nothing on a panel. A repeat adopts what is missing.
 */
export async function adoptHolds(context: Context, { rows, dryRun, waitMs }: AdoptionRequest): Promise<ImportReport> {
  const problems: ImportProblem[] = [];
  const all = rows.flatMap((row) => readRow(row, problems) ?? []);
  if (problems.length > 0) return reportRows(rows, problems, { added: 0 });
  const ended = await findEndedRows(context, all);
  const read = all.filter((row) => !ended.has(row));
  if (dryRun) {
    const found = await findAdopted(context, read, { services: await readServices(context, read), problems });
    const added = await foresee(context.store, (tables) => storeAll(context, tables, found, problems));
    return { ...reportRows(rows, problems, { added }), dryRun };
  }
  return withRun(context, { command: 'hold adopt', dryRun: false }, async (run) => {
    const services = [...new Set(read.map(({ service }) => service))];
    await run.leases.takeAll(services.map(serviceLease), waitMs);
    const found = await findAdopted(context, read, { services: await readServices(context, read), problems });
    if (problems.length > 0) return reportRows(rows, problems, { added: 0 });
    const stored = await unlessRefused(
      run.store(async (tables) => {
        const count = await storeAll(context, tables, found, problems);
        if (problems.length > 0) throw new Refused();
        return count;
      }),
    );
    return reportRows(rows, problems, { added: stored?.value ?? 0 });
  });
}

/** Returns what a row says; null where it is wrong, which is added to the problems. */
export function readRow(row: ImportRow, problems: ImportProblem[]): AdoptedRow | null {
  const before = problems.length;
  const { service, text, say } = openRow(row, COLUMNS, problems);
  if (row.problem === undefined && service === '') say('service', 'is required');
  const stated = text('reason') === '' ? 'quota' : text('reason');
  const reason = REASONS.find((one) => one === stated);
  if (reason === undefined) say('reason', `"${stated}" is not one of ${REASONS.join(', ')}`);
  const order = parseYesNo(text('order'));
  if (order === null) say('order', `"${text('order')}" is neither yes nor no`);
  const seenOn = text('seen_on') === '' ? null : text('seen_on');
  if (seenOn !== null && !isLocalDate(seenOn)) say('seen_on', `"${seenOn}" is not a date such as 2026-11-30`);
  if (problems.length > before || reason === undefined || order === null) return null;
  const list = (key: string): string[] =>
    text(key)
      .split(/[\s,;]+/)
      .filter((id) => id !== '');
  const note = text('note') === '' ? null : text('note');
  return { line: row.line, service, reason, order, ports: list('ports'), forwards: list('forwards'), note, seenOn };
}

/** Whether a text is a date of the calendar. */
function isLocalDate(text: string): boolean {
  try {
    return checkLocalDate(text, 'seen_on') === text;
  } catch {
    return false;
  }
}

/**
 * Returns the rows of which a hold was adopted before, and has ended on the day on which they were seen, or later: what is restricted now was
 * restricted by somebody else. They are left as they are.
 */
export async function findEndedRows(
  { store, config }: Pick<Context, 'store' | 'config'>,
  rows: readonly AdoptedRow[],
): Promise<ReadonlySet<AdoptedRow>> {
  const ended = new Set<AdoptedRow>();
  for (const row of rows) {
    if (row.seenOn === null) continue;
    const service = await store.services.get(row.service);
    if (service === null) continue;
    const { seenOn, reason } = row;
    const past = await store.holds.all({ service: row.service, reason });
    const zone = findTimeZone(config, service.panel);
    if (past.some(({ origin, until }) => origin === 'adopted' && until !== null && toLocalDate(until, zone) >= seenOn))
      ended.add(row);
  }
  return ended;
}

/** Returns the services of rows, by their ids. */
async function readServices(
  { store }: Context,
  rows: readonly AdoptedRow[],
): Promise<ReadonlyMap<string, ServiceRecord>> {
  const ids = [...new Set(rows.map(({ service }) => service))];
  return new Map((await store.services.list({ ids })).map((one) => [one.id, one]));
}

/** Returns what is adopted for each row, by what the panels show; adds what can't be to the problems. */
export async function findAdopted(
  context: Context,
  rows: readonly AdoptedRow[],
  { services, problems }: { services: ReadonlyMap<string, ServiceRecord>; problems: ImportProblem[] },
): Promise<Adopted[]> {
  const seen = new Map<string, { panel: Panel; observations: ReadonlyMap<string, Observation> }>();
  const found: Adopted[] = [];
  const named = [...new Set(rows.map(({ service }) => service))].flatMap((id) => services.get(id) ?? []);
  for (const row of rows) {
    const service = services.get(row.service);
    try {
      if (service === undefined) throw new SluiceError('unknown_service', `there is no service "${row.service}"`);
      checkLifecycle(service, { what: 'add' });
      const known = seen.get(service.panel) ?? (await observePanel(context, service.panel, named));
      seen.set(service.panel, known);
      const targets = findTargets(known.panel, service, known.observations.get(service.id), row);
      found.push({ row, service, targets });
    } catch (error) {
      problems.push(toProblem(row, error));
    }
  }
  return found;
}

async function observePanel(context: Context, name: string, services: readonly ServiceRecord[]) {
  const panel = await context.panel(name);
  requireFacet(panel, 'adoption');
  const own = services.filter((service) => service.panel === name);
  return { panel, observations: await observeServices({ context, panel }, own) };
}

/** Stores what is adopted, and returns of how many rows something was not stored yet; adds what can't be to the problems. */
export async function storeAll(
  context: Context,
  tables: StoreTables,
  found: readonly Adopted[],
  problems: ImportProblem[],
): Promise<number> {
  let count = 0;
  for (const { row, service, targets } of found) {
    const { reason, note } = row;
    try {
      if ((await storeAdopted(context, tables, service, { reason, note, targets })).added) count += 1;
    } catch (error) {
      problems.push(toProblem(row, error));
    }
  }
  return count;
}

/** Returns what is wrong with a row; throws any other error. */
function toProblem({ line, service }: AdoptedRow, error: unknown): ImportProblem {
  if (!(error instanceof SluiceError)) throw error;
  const { code, message } = error;
  const [first = '', ...parts] = message.split('\n').map((part) => part.trim());
  const text = [first, parts.join('; ')].join(' ').trim();
  return { line, service, key: null, message: text, code };
}
