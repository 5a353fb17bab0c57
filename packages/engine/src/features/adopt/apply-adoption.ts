import type { AdoptedFile, AdoptionReport, ImportProblem, ImportReport } from '@sluice/contract/documents';
import { type AgentLimit, SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';
import { withAdoptedName } from '../../base/name-sources.js';
import type { Context } from '../../context/context.js';
import { foresee } from '../../context/foresee.js';
import { serviceLease } from '../../context/leases.js';
import { Refused, unlessRefused } from '../../context/refused.js';
import { withinWrite } from '../../context/within-write.js';
import { withRun } from '../../kernel/run/bracket.js';
import {
  askAboutLimits,
  findLimitProblems,
  readOrders,
  refuseUnconfirmed,
  storeLimits,
} from '../agents/limit-agents.js';
import { agentPanel, type AgentsOnPanel, openAgents } from '../agents/open-agents.js';
import { type Adopted, findAdopted, findEndedRows, readRow, storeAll } from '../holds/adopt-holds.js';
import { planPurchases, storePurchases } from '../purchases/import-purchases.js';
import { reportRows } from '../services/file-rows.js';
import { planImport, storeImport, toReport } from '../services/import-services.js';
import { type ImportRow, toChanges } from '../services/plan-rows.js';
import { keepChanged, listRemoved, readLastApplied } from './kept-rows.js';
import { storeOverrides } from './override-rows.js';
import { storePreferences } from './preference-rows.js';

/** The rows of an adoption, by what they are about; one that is absent has none. */
export interface ApplyRequest {
  rows: Readonly<Partial<Record<AdoptedFile, readonly ImportRow[]>>>;
  dryRun: boolean;
  waitMs: number;
  /** Called before anything is stored if agents would be over their limit at once; throws to stop. Absent: refused (`not_confirmed`). */
  confirm?: ((question: string) => Promise<void>) | undefined;
  /** Called in the transaction when all rows are accepted; throws to store nothing. */
  beforeStore?: (() => void) | undefined;
}

/** What panels were read for, before anything is stored. */
interface FromPanels {
  holds: readonly Adopted[];
  /** Rows of holds that were adopted before and have ended. */
  keptHolds: readonly ImportProblem[];
  limits: readonly { on: AgentsOnPanel; orders: readonly AgentLimit[] }[];
}

const NOTHING: FromPanels = { holds: [], limits: [], keptHolds: [] };

/**
 * Imports the rows of an adoption, all or none, in one transaction after the panels were read: services, overrides, preferences, purchases,
 * limits of agents, holds. The rows can be imported again: what was changed since they were is left as it is. Changes nothing on a panel.
 */
export async function applyAdoption(context: Context, request: ApplyRequest): Promise<AdoptionReport> {
  const { dryRun, waitMs } = request;
  const removed = await listRemoved(context.store);
  const isRemoved = (file: AdoptedFile, row: ImportRow): boolean => removed.has(toServiceId(file, row));
  const rows = (file: AdoptedFile): readonly ImportRow[] =>
    (request.rows[file] ?? []).filter((row) => !isRemoved(file, row));
  const toAnswer = answerWith((request.rows.services ?? []).filter((row) => isRemoved('services', row)));
  const first = await foresee(context.store, (tables) => storeRows(context, tables, { rows, run: '', from: NOTHING }));
  const found = replaceReports(first.reports, checkTexts(rows));
  if (hasProblems(found)) return toAnswer(found, { dryRun, stored: false });
  const from = await readPanels(context, rows, first.services);
  if (hasProblems(from.reports)) return toAnswer(replaceReports(found, from.reports), { dryRun, stored: false });
  await confirmLimits(from.limits, request);
  if (dryRun) {
    const all = await foresee(context.store, (tables) => storeRows(context, tables, { rows, run: '', from }));
    return toAnswer(all.reports, { dryRun, stored: false });
  }
  return withRun(context, { command: 'adopt apply', dryRun: false }, async (run) => {
    await run.leases.takeAll([...first.services.keys()].map(serviceLease), waitMs);
    let reports: readonly Report[] = [];
    const stored = await unlessRefused(
      run.storeChange(async (tables) => {
        const all = await storeRows(context, tables, { rows, run: run.id, from });
        ({ reports } = all);
        if (hasProblems(reports)) throw new Refused();
        // Its panels were read, and its leases taken, for other services.
        if ([...all.services.keys()].some((id) => !first.services.has(id))) throw changedMeanwhile();
        request.beforeStore?.();
        return reports.some(({ totals }) => totals.added + totals.changed > 0);
      }),
    );
    return toAnswer(reports, { dryRun, stored: stored !== null });
  });
}

function changedMeanwhile(): Error {
  return usageError(
    'services_changed',
    'Services were changed while the panels were read: nothing was stored; repeat it',
  );
}

type Report = AdoptionReport['files'][number];

/** Returns reports with those of some files in the place of others. */
const replaceReports = (reports: readonly Report[], others: readonly Report[]): Report[] => [
  ...reports.filter(({ file }) => others.every((other) => other.file !== file)),
  ...others,
];

const hasProblems = (reports: readonly Report[]): boolean => reports.some(({ problems }) => problems.length > 0);

/** Returns what answers with reports, and with the rows of services that an operator has removed: they stay so, with all that is of them. */
function answerWith(removed: readonly ImportRow[]) {
  const kept = removed.map(({ line, values }) => {
    const service = (values['id'] ?? '').trim();
    return { ...toImportProblem({ line, message: 'it was removed since' }), service };
  });
  return (files: readonly Report[], how: { dryRun: boolean; stored: boolean }): AdoptionReport => {
    const all = files.map((one) => (one.file === 'services' ? { ...one, kept: [...kept, ...one.kept] } : one));
    const shown = all.filter(({ totals, problems, kept: left }) => totals.rows + problems.length + left.length > 0);
    return { ...how, files: hasProblems(files) ? shown.map(withoutCounts) : shown };
  };
}

function toServiceId(file: AdoptedFile, { values }: ImportRow): string {
  return (values[file === 'services' ? 'id' : 'service'] ?? '').trim();
}

/** Of refused rows nothing is stored, whatever was found about single ones. */
function withoutCounts({ totals, ...report }: Report): Report {
  return { ...report, totals: { ...totals, added: 0, changed: 0, unchanged: 0 } };
}

/** What a transaction has stored of the rows, and the services that they name. */
interface Stored {
  reports: readonly Report[];
  services: ReadonlyMap<string, ServiceRecord>;
}

/** How rows are stored. */
interface Storing {
  rows: (file: AdoptedFile) => readonly ImportRow[];
  run: string;
  from: FromPanels;
}

/** Stores all rows. Those of services come first; where some have problems, others are checked all the same, and nothing may stay stored. */
async function storeRows(context: Context, tables: StoreTables, { rows, run, from }: Storing): Promise<Stored> {
  const reports: Report[] = [];
  const lastApplied = await readLastApplied(tables);
  const plan = keepChanged(
    context,
    await planImport(context, tables, { rows: () => [...rows('services')] }),
    lastApplied,
  );
  reports.push({ file: 'services', ...toReport(plan), kept: plan.kept });
  const good = withoutBad(context, plan);
  await storeImport(context, tables, { ...good, added: good.added.map(withAdoptedName) }, run);
  const named = (['services', 'overrides', 'preferences', 'purchases', 'holds'] as const).flatMap((file) =>
    rows(file).map((row) => toServiceId(file, row)),
  );
  const services = await tables.services.list({ ids: [...new Set(named)].filter((id) => id !== '') });
  reports.push({ file: 'overrides', ...(await storeOverrides(context, tables, rows('overrides'), lastApplied)) });
  reports.push({ file: 'preferences', ...(await storePreferences(context, tables, rows('preferences'), lastApplied)) });
  reports.push({ file: 'purchases', ...(await importPurchases(context, tables, rows('purchases'))), kept: [] });
  let limited = 0;
  const ofAgents: ImportProblem[] = [];
  for (const { on, orders } of from.limits) {
    const { changed, kept } = await storeLimits(on, tables, orders, lastApplied);
    limited += changed;
    ofAgents.push(
      ...kept.map((name) => toImportProblem({ line: null, message: `the limit of agent "${name}" was changed since` })),
    );
  }
  reports.push({ file: 'agents', ...reportRows(rows('agents'), [], { added: limited }), kept: ofAgents });
  const problems: ImportProblem[] = [];
  const added = await storeAll(context, tables, from.holds, problems);
  reports.push({ file: 'holds', ...reportRows(rows('holds'), problems, { added }), kept: [...from.keptHolds] });
  const known = new Map(services.map((service) => [service.id, service]));
  return { reports: plan.problems.length === 0 ? reports : reports.map((one) => ofKnown(one, known)), services: known };
}

type Plan = Awaited<ReturnType<typeof planImport>>;

function withoutBad(context: Context, plan: Plan): Pick<Plan, 'added' | 'changes'> {
  if (plan.problems.length === 0) return plan;
  const bad = new Set(plan.problems.map(({ service }) => service));
  return toChanges(
    plan.rowChanges.filter(({ after }) => !bad.has(after.id)),
    context.now(),
  );
}

/** Leaves out what may follow from a problem of services alone: that there is no such service, or none of a client. */
function ofKnown(report: Report, services: ReadonlyMap<string, ServiceRecord>): Report {
  if (report.file === 'services') return report;
  const isKnown = ({ service }: ImportProblem): boolean =>
    service === null ? report.file !== 'preferences' : services.has(service);
  return { ...report, problems: report.problems.filter(isKnown) };
}

async function importPurchases(
  context: Context,
  tables: StoreTables,
  rows: readonly ImportRow[],
): Promise<ImportReport> {
  const plan = await withinWrite(context, tables, (within) => planPurchases(within, rows));
  if (plan.problems.length === 0) await storePurchases(context, tables, plan);
  return reportRows(rows, plan.problems, { added: plan.added.length });
}

/** Returns what is wrong with rows of holds and of agents before any panel is read. */
function checkTexts(rows: Storing['rows']): Report[] {
  const ofHolds: ImportProblem[] = [];
  for (const row of rows('holds')) readRow(row, ofHolds);
  const ofAgents = findLimitProblems(rows('agents').map(withoutPanel)).map(toImportProblem);
  const reports: Report[] = [
    { file: 'holds', ...reportRows(rows('holds'), ofHolds, { added: 0 }), kept: [] },
    { file: 'agents', ...reportRows(rows('agents'), ofAgents, { added: 0 }), kept: [] },
  ];
  return reports.filter(({ problems }) => problems.length > 0);
}

function toImportProblem({ line, message }: Pick<ImportProblem, 'line' | 'message'>): ImportProblem {
  return { line, service: null, key: null, message };
}

/** Reads the panels of holds and of agents. */
async function readPanels(
  context: Context,
  rows: Storing['rows'],
  services: ReadonlyMap<string, ServiceRecord>,
): Promise<FromPanels & { reports: readonly Report[] }> {
  const ofHolds: ImportProblem[] = [];
  const read = rows('holds').flatMap((row) => readRow(row, ofHolds) ?? []);
  const ended = await findEndedRows(context, read);
  const open = read.filter((row) => !ended.has(row));
  const holds = ofHolds.length > 0 ? [] : await findAdopted(context, open, { services, problems: ofHolds });
  const keptHolds = [...ended].map(({ line, service }) => ({
    line,
    service,
    key: null,
    message: 'its hold was adopted before, and has ended',
  }));
  const { limits, problems } = await readLimits(context, rows('agents'));
  const reports: Report[] = [
    { file: 'holds', ...reportRows(rows('holds'), ofHolds, { added: 0 }), kept: [] },
    { file: 'agents', ...reportRows(rows('agents'), problems, { added: 0 }), kept: [] },
  ];
  return { holds, limits, keptHolds, reports: reports.filter((report) => report.problems.length > 0) };
}

async function readLimits(
  context: Context,
  rows: readonly ImportRow[],
): Promise<Pick<FromPanels, 'limits'> & { problems: ImportProblem[] }> {
  const problems: ImportProblem[] = [];
  const limits: FromPanels['limits'][number][] = [];
  const toPanel = ({ values }: ImportRow): string => (values['panel'] ?? '').trim();
  for (const panel of new Set(rows.map(toPanel))) {
    const own = rows.filter((row) => toPanel(row) === panel);
    const on = await findAgents(context, panel);
    const message =
      typeof on === 'string'
        ? on
        : on.addon !== null
          ? `the add-on of panel "${on.name}" keeps the limits of its agents: remove the row`
          : null;
    if (typeof on === 'string' || message !== null) {
      problems.push(...own.map(({ line }) => toImportProblem({ line, message: message ?? '' })));
      continue;
    }
    const read = await readOrders(on, own.map(withoutPanel));
    problems.push(...read.problems.map(toImportProblem));
    limits.push({ on, orders: read.orders });
  }
  return { limits, problems };
}

/** Opens the panel that rows name; returns why it has no agents where that is a mistake of the rows. */
async function findAgents(context: Context, panel: string): Promise<AgentsOnPanel | string> {
  try {
    return await openAgents(context, await agentPanel(context, panel === '' ? undefined : panel));
  } catch (error) {
    if (error instanceof SluiceError && (error.kind === 'usage' || error.kind === 'not-found')) return error.message;
    throw error;
  }
}

function withoutPanel({ values: { panel: _panel, ...values }, ...row }: ImportRow): ImportRow {
  return { ...row, values };
}

async function confirmLimits(
  limits: FromPanels['limits'],
  { dryRun, confirm = refuseUnconfirmed }: Pick<ApplyRequest, 'dryRun' | 'confirm'>,
): Promise<void> {
  if (dryRun) return;
  for (const { on, orders } of limits) {
    const question = await askAboutLimits(on, orders);
    if (question !== null) await confirm(question);
  }
}
