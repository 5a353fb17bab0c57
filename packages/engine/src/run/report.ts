import { setImmediate as answersTaken } from 'node:timers/promises';
import type { ItemError } from '@sluice/panel-kind';
import type { DecisionRecord, HeldLease, NoticeRecord, RunOutcome, StoreTables } from '@sluice/state-store';
import type { ChangedAgent } from '../agents/agent-views.js';
import type { RunView } from '../run-row.js';
import type { Session } from '../session.js';
import { type ServiceView, serviceView } from '../views.js';
import { type Notice, noticeRows } from './notices.js';
import { type Applied, LEASED } from './stages.js';

/** `poll --json`, `reconcile --json`, `plan --json` and `hold release --all --json` (docs/json.md). */
export interface PassReport {
  run: RunView & { observing: string[] };
  totals: PassTotals;
  services: ServiceView[];
  notices: { code: string; service: string | null; message: string }[];
  error: (ItemError & { details?: Record<string, unknown> }) | null;
  /** Panels that were left out because another run holds them, or that could not be worked on. */
  panels: { panel: string; error: ItemError }[];
  /** Agents of the panels whose limits a `reconcile` kept. */
  agents?: ChangedAgent[];
}

/** How many services of a run are in which state. */
export interface PassTotals {
  services: number;
  read: number;
  unreadable: number;
  failed: number;
  held: number;
  released: number;
  purchased: number;
  actions: number;
}

/** The part of a notice that outputs show. */
export function shownNotice(notice: Pick<NoticeRecord, 'code' | 'service' | 'message'>) {
  return { code: notice.code, service: notice.service, message: notice.message };
}

/** Adds notices to a run's document, and writes them down unless it is a dry run; each event once, by its key. */
export async function reportNotices(
  session: Session,
  report: Pick<PassReport, 'notices'> & { run: Pick<RunView, 'id' | 'dryRun'> },
  notices: Notice[],
  fences: HeldLease[],
): Promise<void> {
  const rows = noticeRows(session, report.run.id, notices);
  const added = report.run.dryRun ? rows : await session.write(fences, (tables) => tables.notices.add(rows));
  report.notices.push(...added.map(shownNotice));
}

/** How a run treats what it decided. */
export interface Treatment {
  /** Nothing is carried out: a dry run, a panel under `observe`, or one that the brake stopped. */
  shownOnly: boolean;
  observing: boolean;
}

/** The status of a service after the run. */
function statusOf(work: Applied, treatment: Treatment): string {
  if (work.skipped !== null) return 'skipped';
  const unreadable = work.decision?.status === 'unreadable' && work.answer !== null;
  if (unreadable) return 'unreadable';
  if (work.error !== null) return 'failed';
  if (work.allowance?.kind === 'unmanaged' && work.holds.length + work.drafts.length === 0) return 'unmanaged';
  if (shownHolds(work, treatment).length > 0) return 'held';
  return work.decision?.status === 'held' ? 'ok' : (work.decision?.status ?? 'skipped');
}

/** Holds as they are, or (shown only) as they would be. */
export function shownHolds(work: Applied, { shownOnly }: Treatment): readonly { reason: string; since: string }[] {
  const { holds, drafts, opens, closes } = work;
  if (!shownOnly) return holds;
  const closing = new Set(closes.map((hold) => hold.id));
  const since = work.usage?.at ?? work.answer?.reading.at ?? work.cycle?.openedAt ?? '';
  const drafted = [...holds, ...drafts];
  return [
    ...drafted.filter((hold) => !closing.has(hold.id)),
    ...opens
      .filter((open) => !drafted.some((hold) => hold.reason === open.reason))
      .map((open) => ({ reason: open.reason, since })),
  ];
}

/** What the store keeps of the decision: enough to recompute it by hand. */
export function decisionOf(
  session: Session,
  run: { id: string; at: string },
  work: Applied,
  treatment: Treatment,
): DecisionRecord {
  const { service, usage, decision, cycle } = work;
  const would = decision ? [...decision.withheld.map((hold) => hold.reason)] : [];
  return {
    service: service.id,
    run: run.id,
    at: run.at,
    cycle: cycle?.id ?? null,
    status: statusOf(work, treatment),
    rule: work.skipped ?? decision?.rule ?? work.error?.code ?? 'not-decided',
    mode: work.mode,
    action: work.action,
    inBytes: usage?.inBytes ?? null,
    outBytes: usage?.outBytes ?? null,
    totalBytes: usage?.totalBytes ?? null,
    readAt: usage?.at ?? null,
    allowance: work.allowance,
    wouldHold: treatment.shownOnly ? [...work.opens.map((open) => open.reason), ...would] : would,
    observing: treatment.observing,
    errorCode: work.error?.code ?? null,
    errorMessage: work.error?.message ?? null,
    // In the order of their names, as the digest of a decision wants them.
    inputs: {
      billingCycle: service.billingCycle,
      drift: work.drift,
      enforce: { since: work.enforcement.since, source: work.enforcement.source, value: work.enforcement.value },
      nextDueDate: service.nextDueDate,
      overdue: session.config.poll.overdue,
      peak: cycle
        ? { inBytes: cycle.peakInBytes, outBytes: cycle.peakOutBytes, totalBytes: cycle.peakTotalBytes }
        : null,
      protectedUntil: service.protectedUntil,
      quotaPeriod: work.product.quotaPeriod,
      status: service.status,
      warnings: work.warnings,
      ...(work.remembered.seen === null ? {} : { reading: work.remembered.seen }),
    },
  };
}

/** The service's element in the run's document. */
export function viewOf(decision: DecisionRecord, work: Applied, treatment: Treatment): ServiceView {
  const view = serviceView({
    service: work.service,
    decision,
    cycle: work.cycle,
    holds: shownHolds(work, treatment),
    actions: work.actions,
  });
  return { ...view, drift: [...work.drift] };
}

/** Why a run failed as a whole: what all its services failed of, or that each has its own reason. */
export function wholeError(services: ServiceView[], panels: PassReport['panels']): ItemError {
  const errors = [...panels, ...services].map(({ error }) => error).filter((error) => error !== null);
  // That a panel is not asked any more follows from what it answered before.
  const causes = errors.filter((error) => error.code !== 'PANEL_CIRCUIT_OPEN');
  const [first] = causes.length > 0 ? causes : errors;
  if (first && causes.every((error) => error.code === first.code)) return first;
  return { code: 'all_failed', message: `none of the ${services.length} services could be done; each one says why` };
}

/** Returns how a run ended; the worst of what holds. */
export function outcomeOf(report: PassReport, tally: Pick<Tally, 'counted' | 'wrong' | 'partly' | 'left'>): RunOutcome {
  if (report.error?.code === 'lease_held') return 'busy';
  if (report.error && report.error.code !== 'mass_change') return 'failed';
  if (tally.counted === 0 && report.totals.services === 0 && report.panels.length > 0) return 'failed';
  // A service for which something was done is a part that is not finished, and no failure as a whole.
  if (tally.counted > 0 && tally.wrong === tally.counted && !tally.partly) return 'failed';
  if (report.error?.code === 'mass_change') return 'brake';
  return tally.wrong + tally.left + report.panels.length > 0 ? 'partial' : 'done';
}

/** Adds up a run's services as they are finished, and keeps the elements that its document shows. */
export class Tally {
  readonly totals: PassTotals = {
    services: 0,
    read: 0,
    unreadable: 0,
    failed: 0,
    held: 0,
    released: 0,
    purchased: 0,
    actions: 0,
  };
  /** Services that were not skipped, those of them with an error, and whether something was done for one of these. */
  counted = 0;
  wrong = 0;
  partly = false;
  /** Services that were skipped because somebody else works on them. */
  left = 0;
  /** Whether a hold begins or ends, or anything is changed or would be. */
  changes = false;
  readonly #views: ServiceView[] = [];
  readonly #keepAll: boolean;

  constructor(keepAll: boolean) {
    this.#keepAll = keepAll;
  }

  add(work: Applied, decision: DecisionRecord, how: Treatment): void {
    const { totals } = this;
    const { status } = decision;
    const { actions } = work;
    totals.services++;
    if (work.usage !== null) totals.read++;
    if (status === 'unreadable') totals.unreadable++;
    if (status === 'failed') totals.failed++;
    if (shownHolds(work, how).length > 0) totals.held++;
    if (work.released) totals.released++;
    totals.actions += actions.length;
    this.changes ||= actions.length > 0 || work.opens.length > 0 || work.closes.length > 0;
    if (status !== 'skipped') this.counted++;
    else if (work.skipped === LEASED) this.left++;
    if (status === 'skipped' && work.termination !== null && decision.errorCode !== null) this.left++;
    if (status !== 'skipped' && decision.errorCode !== null) {
      this.wrong++;
      this.partly ||= actions.some((action) => action.state === 'applied');
    }
    // A service that is as it should be is only counted, unless everything is asked for.
    if (this.#keepAll || status !== 'ok' || actions.length > 0) this.#views.push(viewOf(decision, work, how));
  }

  /** By panel in the order of the config, then by id. */
  views(panels: string[]): ServiceView[] {
    const place = new Map(panels.map((name, index) => [name, index]));
    return this.#views.sort(
      (a, b) => (place.get(a.panel) ?? 0) - (place.get(b.panel) ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}

/** Where a run notes what became of its services. */
export interface Notebook {
  session: Session;
  report: PassReport;
  tally: Tally;
}

/** Services that a run is done with. */
export interface FinishedWorks {
  works: readonly Applied[];
  treatment: (work: Applied) => Treatment;
  notices: Notice[];
}

/** Writes the decisions down and adds the services to the run's document. */
export async function record(run: Notebook, tables: StoreTables, finished: FinishedWorks): Promise<void> {
  const { session, report } = run;
  const { works, notices } = finished;
  await answersTaken();
  const decisions = decided(run, finished);
  // What was decided on facts that have changed is not what holds: the decision before stays.
  const kept = works.some((work) => work.changedMeanwhile)
    ? decisions.filter((_, index) => works[index]?.changedMeanwhile !== true)
    : decisions;
  await tables.decisions.record(kept);
  const told = await tables.notices.add(noticeRows(session, report.run.id, notices));
  report.notices.push(...told.map(shownNotice));
}

/** The same for a run that writes nothing. */
export function showOnly(run: Notebook, finished: FinishedWorks): void {
  const { session, report } = run;
  decided(run, finished);
  report.notices.push(...noticeRows(session, report.run.id, finished.notices).map(shownNotice));
}

function decided(
  { session, report, tally }: Notebook,
  { works, treatment }: Omit<FinishedWorks, 'notices'>,
): DecisionRecord[] {
  const run = { id: report.run.id, at: session.now() };
  return works.map((work) => {
    const how = treatment(work);
    const decision = decisionOf(session, run, work, how);
    tally.add(work, decision, how);
    return decision;
  });
}
