import { closest } from 'fastest-levenshtein';
import type { ServiceRecord } from '@sluice/state-store';
import type { Config } from '../../config/load.js';
import type { Session } from '../session.js';
import { applyField, fieldsOf, IMPORT_KEYS, type ImportKey } from './fields.js';
import type { ImportRow } from './rows.js';

/** One thing that is wrong with an import. */
export interface ImportProblem {
  line: number | null;
  service: string | null;
  key: string | null;
  message: string;
}

/** `service import --json` (cli.md). */
export interface ImportReport {
  totals: { rows: number; added: number; changed: number; unchanged: number };
  problems: ImportProblem[];
}

const KEYS: readonly string[] = IMPORT_KEYS;

/** All rows or none: with a single problem nothing is stored. */
export async function importServices(session: Session, rows: ImportRow[]): Promise<ImportReport> {
  const report: ImportReport = { totals: { rows: rows.length, added: 0, changed: 0, unchanged: 0 }, problems: [] };
  const existing = new Map((await session.store.services.list()).map((record) => [record.id, record]));
  const seen = new Map<string, number | null>();
  const changed: ServiceRecord[] = [];
  checkColumns(rows, report);
  for (const row of rows) {
    const id = (row.values['id'] ?? '').trim();
    const bad = new Set<string | null>();
    const problem = (key: string | null, message: string): void => {
      bad.add(key);
      report.problems.push({ line: row.line, service: id === '' ? null : id, key, message });
    };
    const idProblem = checkId(id, seen);
    if (idProblem !== null) {
      problem('id', idProblem);
      continue;
    }
    seen.set(id, row.line);
    const before = existing.get(id);
    const record = before ? structuredClone(before) : blankService(id, session.now());
    for (const key of IMPORT_KEYS) {
      const text = row.values[key];
      if (text === undefined) continue;
      try {
        applyField(record, key, text);
      } catch (error) {
        problem(key, (error as Error).message);
      }
    }
    for (const [key, message] of checkService(record, session.config)) if (!bad.has(key)) problem(key, message);
    if (!before) report.totals.added++;
    else if (same(before, record)) report.totals.unchanged++;
    else report.totals.changed++;
    if (!before || !same(before, record)) changed.push({ ...record, updatedAt: session.now() });
  }
  if (report.problems.length > 0) {
    return { ...report, totals: { rows: rows.length, added: 0, changed: 0, unchanged: 0 } };
  }
  await session.store.write((tables) => tables.services.put(changed));
  return report;
}

function checkColumns(rows: ImportRow[], report: ImportReport): void {
  const named = new Map<string, number | null>();
  for (const row of rows) for (const key of Object.keys(row.values)) if (!named.has(key)) named.set(key, row.line);
  for (const [key, line] of named) {
    if (KEYS.includes(key)) continue;
    report.problems.push({
      line,
      service: null,
      key,
      message: `unknown column "${key}"; did you mean "${closest(key, [...KEYS])}"?`,
    });
  }
}

function checkId(id: string, seen: Map<string, number | null>): string | null {
  if (id === '') return 'id is required';
  if (!/^[\w.:@-]{1,128}$/.test(id)) return `"${id}" is no id: letters, digits and . _ : @ - only, at most 128`;
  const before = seen.get(id);
  if (seen.has(id)) return `"${id}" stands twice in this file (first in line ${String(before ?? '?')})`;
  return null;
}

/** A service with nothing but its id. */
export function blankService(id: string, now: string): ServiceRecord {
  return {
    id,
    panel: '',
    product: '',
    client: null,
    billingCycle: null,
    nextDueDate: null,
    status: 'active',
    trafficMode: null,
    baseQuotaOverrideGb: null,
    refs: {},
    ownRefs: [],
    fields: {},
    protectedUntil: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** What a service lacks to be worked with: key and message of each problem. */
export function checkService(record: ServiceRecord, config: Config): [ImportKey, string][] {
  const problems: [ImportKey, string][] = [];
  const panel = config.panels[record.panel];
  const product = config.products[record.product];
  if (record.panel === '') problems.push(['panel', 'panel is required']);
  else if (!panel)
    problems.push(['panel', `there is no panel "${record.panel}" in the config; known: ${listed(config.panels)}`]);
  if (record.product === '') problems.push(['product', 'product is required']);
  else if (!product)
    problems.push([
      'product',
      `there is no product "${record.product}" in the config; known: ${listed(config.products)}`,
    ]);
  if (panel && product && product.panel !== record.panel) {
    problems.push([
      'product',
      `product "${record.product}" is sold on panel "${product.panel}", not on "${record.panel}"`,
    ]);
  }
  const ended = record.status === 'terminated' || record.status === 'vanished';
  if (product?.quota !== undefined && !ended) {
    if (record.billingCycle === null)
      problems.push(['billing_cycle', `billing_cycle is required: product "${record.product}" has a quota`]);
    if (record.nextDueDate === null)
      problems.push(['next_due_date', `next_due_date is required: product "${record.product}" has a quota`]);
  }
  if (panel?.kind === 'easydcim' && record.refs['easydcim_service_id'] === undefined) {
    problems.push(['easydcim_service_id', 'easydcim_service_id is required on an EasyDCIM panel']);
  }
  return problems;
}

function listed(known: Record<string, unknown>): string {
  return Object.keys(known).join(', ') || 'none';
}

function same(a: ServiceRecord, b: ServiceRecord): boolean {
  return JSON.stringify([fieldsOf(a), a.status]) === JSON.stringify([fieldsOf(b), b.status]);
}
