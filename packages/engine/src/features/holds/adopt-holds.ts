import type { ImportProblem, ImportReport } from '@sluice/contract/documents';
import { type Observation, type Panel, SluiceError } from '@sluice/panel-kind';
import type { HoldReason } from '@sluice/quota-core';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import { serviceLease } from '../../context/leases.js';
import { withRun } from '../../kernel/run/bracket.js';
import { observeServices } from '../../loop/observe.js';
import type { ImportRow } from '../services/plan-rows.js';
import { findTargets, type Restricted, storeAdopted } from './adopt-hold.js';
import { checkLifecycle } from './check-lifecycle.js';

/** What another tool restricted, as rows of a file. */
export interface AdoptionRequest {
  rows: readonly ImportRow[];
  dryRun: boolean;
  waitMs: number;
}

const COLUMNS: readonly string[] = ['service', 'reason', 'ports', 'order', 'forwards', 'note'];

const REASONS: readonly HoldReason[] = ['quota', 'billing', 'manual'];

/** A row that can be read, with its line. */
interface AdoptedRow extends Restricted {
  line: number | null;
  service: string;
}

/** What is adopted for a row. */
interface Adopted {
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
  const read = rows.flatMap((row) => readRow(row, problems) ?? []);
  if (problems.length > 0) return toReport(rows, problems, 0);
  if (dryRun) {
    const found = await findAdopted(context, read, problems);
    const added = problems.length > 0 ? 0 : await countNew(context.store, found);
    return { ...toReport(rows, problems, added), dryRun };
  }
  return withRun(context, { command: 'hold adopt', dryRun: false }, async (run) => {
    const services = [...new Set(read.map(({ service }) => service))];
    await run.leases.takeAll(services.map(serviceLease), waitMs);
    const found = await findAdopted(context, read, problems);
    if (problems.length > 0) return toReport(rows, problems, 0);
    const added = await run.store((tables) => storeAll(context, tables, found));
    return toReport(rows, problems, added);
  });
}

function toReport(rows: readonly ImportRow[], problems: ImportProblem[], added: number): ImportReport {
  const unchanged = problems.length > 0 ? 0 : rows.length - added;
  return { totals: { rows: rows.length, added, changed: 0, unchanged }, problems };
}

function readRow({ line, values, problem }: ImportRow, problems: ImportProblem[]): AdoptedRow | null {
  const text = (key: string): string => (values[key] ?? '').trim();
  const service = text('service');
  const before = problems.length;
  const say = (key: string | null, message: string): void => {
    problems.push({ line, service: service === '' ? null : service, key, message });
  };
  if (problem !== undefined) say(null, problem);
  for (const key of Object.keys(values).filter((name) => !COLUMNS.includes(name)))
    say(key, `unknown column "${key}"; known: ${COLUMNS.join(', ')}`);
  if (problem === undefined && service === '') say('service', 'is required');
  const stated = text('reason') === '' ? 'quota' : text('reason');
  const reason = REASONS.find((one) => one === stated);
  if (reason === undefined) say('reason', `"${stated}" is not one of ${REASONS.join(', ')}`);
  const order = { '': false, no: false, yes: true }[text('order').toLowerCase()];
  if (order === undefined) say('order', `"${text('order')}" is neither yes nor no`);
  if (problems.length > before || reason === undefined || order === undefined) return null;
  const list = (key: string): string[] =>
    text(key)
      .split(/[\s,;]+/)
      .filter((id) => id !== '');
  const note = text('note') === '' ? null : text('note');
  return { line, service, reason, order, ports: list('ports'), forwards: list('forwards'), note };
}

/** Returns what is adopted for each row, by what the panels show; adds what can't be to the problems. */
async function findAdopted(
  context: Context,
  rows: readonly AdoptedRow[],
  problems: ImportProblem[],
): Promise<Adopted[]> {
  const ids = [...new Set(rows.map(({ service }) => service))];
  const services = new Map((await context.store.services.list({ ids })).map((one) => [one.id, one]));
  const seen = new Map<string, { panel: Panel; observations: ReadonlyMap<string, Observation> }>();
  const found: Adopted[] = [];
  for (const row of rows) {
    const service = services.get(row.service);
    try {
      if (service === undefined) throw new SluiceError('unknown_service', `there is no service "${row.service}"`);
      checkLifecycle(service, { what: 'add' });
      const known = seen.get(service.panel) ?? (await observePanel(context, service.panel, [...services.values()]));
      seen.set(service.panel, known);
      const targets = findTargets(known.panel, service, known.observations.get(service.id), row);
      found.push({ row, service, targets });
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      const { code, message } = error;
      const text = message
        .split('\n')
        .map((line) => line.trim())
        .join(' ');
      problems.push({ line: row.line, service: row.service, key: null, message: text, code });
    }
  }
  return found;
}

async function observePanel(context: Context, name: string, services: readonly ServiceRecord[]) {
  const panel = await context.panel(name);
  const own = services.filter((service) => service.panel === name);
  return { panel, observations: await observeServices({ context, panel }, own) };
}

/** Stores what is adopted, and returns of how many rows something was not stored yet. */
async function storeAll(context: Context, tables: StoreTables, found: readonly Adopted[]): Promise<number> {
  let count = 0;
  for (const { row, service, targets } of found) {
    const { reason, note } = row;
    const { added } = await storeAdopted(context, tables, service, { reason, note, targets });
    if (added) count += 1;
  }
  return count;
}

async function countNew({ evidence }: Pick<StoreTables, 'evidence'>, found: readonly Adopted[]): Promise<number> {
  const open = await evidence.open({ services: found.map(({ service }) => service.id) });
  const isStored = ({ service, targets }: Adopted): boolean =>
    targets.every(({ kind, target }) =>
      open.some((one) => one.service === service.id && one.kind === kind && one.target === target),
    );
  return found.filter((one) => !isStored(one)).length;
}
