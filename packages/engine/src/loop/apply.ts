import { setImmediate as yieldToIo } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { LimitDecision } from '@sluice/quota-core';
import type { CycleRecord, HoldRecord, NoticeRecord, PurchaseRecord, StoreTables } from '@sluice/state-store';
import { beginHolds, endHoldsWithNews } from '../context/change-holds.js';
import { backupBeforeEnforcing } from '../kernel/changes/backups.js';
import type { Leases, OtherLeases } from '../context/leases.js';
import { withRefusedRaise } from '../kernel/subject/raise.js';
import { findWindowKey } from './decide.js';
import { errorOfDoubt } from '../kernel/subject/doubt.js';
import { carryOut } from './enforce.js';
import { leaveOutBegun, leaveOutChanged, leaveOutZeroed, saveResources } from '../kernel/subject/facts.js';
import { withHighest, withRefusedOf } from '../kernel/subject/figures.js';
import { actionRow } from '../kernel/changes/journal.js';
import { countsIn } from '../base/lifecycle.js';
import { findDueRestriction } from '../kernel/subject/holds.js';
import { addNotices, type Notice, noticeRows, planNotices } from '../kernel/run/notice.js';
import { toServiceFigures, type ServiceFigures } from '../kernel/run/notice-data.js';
import { mayEnd, toNotices } from './decision-notices.js';
import { toPeaks, toSample } from './meter.js';
import { needsObservation } from './plan.js';
import type { Treatment } from '../kernel/run/report.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { foreseeAccount, resolveDoubts } from './resolve.js';
import { withStopsShown } from './stops.js';
import type { Applied, Planned, RunOnPanel } from '../kernel/subject/stages.js';
import { isOnlyRead, saysStopped, unapplied, unfinished, withError } from '../kernel/subject/to-stage.js';

/** A run over one panel that makes changes. */
interface ApplyRun extends RunOnPanel {
  readonly request: RunRequest;
  readonly leases: Leases;
  /** Services that other runs worked on when this one began. */
  readonly leasesAtStart: OtherLeases;
}

/** How a run treats what it planned. */
export interface Verdict {
  /** Whether the brake blocks the changes. */
  stopped: boolean;
  treatment: (work: Pick<Applied, 'enforcement'>) => Treatment;
}

/** Services after a stage, and their notices: those stored with the decisions, and those that the end of the run stores. */
export interface AppliedServices {
  subjects: readonly Applied[];
  stored: NoticeRecord[];
  notices: Notice[];
}

/** Stores the decisions and makes the changes; a dry run only lists them. */
export async function apply(run: ApplyRun, planned: readonly Planned[], verdict: Verdict): Promise<AppliedServices> {
  const { dryRun } = run.request;
  const subjectsNow = planned.map(unapplied);
  const previewed = subjectsNow.filter((work) => verdict.treatment(work).previewOnly);
  const asNow = new Set(dryRun ? [] : previewed.map(({ service }) => service.id));
  const show = async (work: Applied): Promise<Applied> =>
    verdict.treatment(work).previewOnly ? withStopsShown(run, work, asNow) : work;
  const started = await Promise.all(subjectsNow.map(show));
  if (dryRun || started.length === 0) {
    const foreseen = dryRun ? await Promise.all(started.map((work) => foreseeAccount(run, work))) : started;
    const shown = showSteps(run, foreseen, verdict);
    const subjects = dryRun ? await Promise.all(shown.map((work) => withRefusedRaise(run, work))) : shown;
    return { subjects, stored: [], notices: toAllNotices(run, started, verdict) };
  }
  const decided = await commitDecisions(run, started, verdict);
  const subjects = await applyChanges(run, showSteps(run, decided.subjects, verdict), verdict);
  return { ...decided, subjects, notices: [...decided.notices, ...toStoppedNotices(subjects, verdict)] };
}

/** Returns the notices of services that are stopped since a change failed; one that was reported before is not repeated. */
function toStoppedNotices(subjects: readonly Applied[], { treatment }: Verdict): Notice[] {
  return subjects
    .filter((work) => !work.changedMeanwhile && !treatment(work).previewOnly)
    .flatMap((work) => planNotices(work, work.plan).filter(saysStopped));
}

/** The brake blocked these changes; report only that. */
function toAllNotices({ context, request }: ApplyRun, subjects: readonly Applied[], { stopped }: Verdict): Notice[] {
  return subjects
    .filter((work) => !work.changedMeanwhile && (!stopped || work.enforcement.value === 'observe'))
    .flatMap((work) => [...toNotices(context, work, request), ...planNotices(work, work.plan)]);
}

/** Stores the decisions whose facts are still true, with their notices: a run that is killed later has reported them. */
async function commitDecisions(run: ApplyRun, started: readonly Applied[], verdict: Verdict): Promise<AppliedServices> {
  const { context, leases } = run;
  if (started.some((work) => !verdict.treatment(work).previewOnly)) await backupBeforeEnforcing(context);
  const { saved, ...decided } = await context.write(leases.held, async (tables) => {
    const checked = await leaveOutChanged(context, tables, started.filter(isAffected), run);
    const known = await leaveOutBegun(tables, replaced(started, checked));
    const subjects = await leaveOutZeroed(run.panel, tables, known);
    const notices = toAllNotices(run, subjects, verdict);
    const saved = await saveResources(run, tables);
    const current = subjects.filter((work) => !work.changedMeanwhile);
    const written = await commit(tables, current, verdict, context.now());
    const ofDecisions = notices.filter((notice) => !mayEnd(notice));
    const rows = noticeRows(context, run.run, ofDecisions);
    const stored = await addNotices(context, tables, rows, figuresBy(current));
    return { subjects: replaced(subjects, written), stored, notices: notices.filter(mayEnd), saved };
  });
  saved();
  return decided;
}

const figuresBy = (subjects: readonly Applied[]): Map<string, ServiceFigures> =>
  new Map(subjects.map((work) => [work.service.id, toServiceFigures(work)]));

/** Returns whether the run changes anything for the service, so that its facts must still be true. */
function isAffected({ opens, closes, unresolved, plan }: Applied): boolean {
  if (opens.length > 0 || closes.length > 0 || unresolved.length > 0) return true;
  return plan !== null && (plan.steps.length > 0 || plan.endedEvidence.length > 0 || plan.moves.length > 0);
}

/** Returns whether a reading becomes that of its cycle. One that the brake stopped is stored as a sample, but never as a peak. */
export function isAccepted({ stopped, treatment }: Verdict, work: Pick<Applied, 'enforcement'>): boolean {
  return !stopped || treatment(work).observing;
}

/** Without what was only loaded: all services of a panel that is down. */
function listCycles({ closing, awaited, cycle, recorded }: Applied): Readonly<CycleRecord>[] {
  const isKept = cycle?.readAt === recorded?.readAt && isDeepStrictEqual(cycle, recorded);
  return [closing, awaited, isKept ? null : cycle].filter((one) => one !== null);
}

/** Returns the stored cycle of a service that the brake stopped, where its counter was found fallen. */
function listRefused({ recorded, cycle }: Applied): Readonly<CycleRecord>[] {
  const noted = withRefusedOf(recorded, cycle);
  return noted === null || noted === recorded ? [] : [noted];
}

/** Stores readings, cycles, and the holds that start and end, before the first change on the panel. */
export async function commit(
  tables: StoreTables,
  subjects: readonly Applied[],
  verdict: Verdict,
  at: string,
): Promise<Applied[]> {
  const { treatment } = verdict;
  await tables.samples.add(subjects.map(toSample).filter((sample) => sample !== null));
  // Lets the calls of the next pages proceed.
  await yieldToIo();
  const isTaken = (work: Applied): boolean => isAccepted(verdict, work);
  const measured = subjects.map((work) => (isTaken(work) ? withReading(work) : work));
  await tables.cycles.put(measured.flatMap((work) => (isTaken(work) ? listCycles(work) : listRefused(work))));
  const written: Applied[] = [];
  for (const reading of measured) {
    const work = isTaken(reading) && mayMovePurchases(reading) ? await movePurchases(reading, tables) : reading;
    if (treatment(work).previewOnly) written.push(work.drafts.length === 0 ? work : { ...work, drafts: [] });
    else written.push(changesHolds(work) ? await commitHolds(work, at, tables) : work);
  }
  return written;
}

/** Returns the service with its cycle after the reading. */
function withReading(work: Applied): Applied {
  return work.cycle === null ? work : { ...work, cycle: cycleAfter(work, work.cycle) };
}

/** Returns a service's cycle with its peaks, allowance and thresholds after the reading that was decided on. */
export function cycleAfter(
  { decision, allowance, thresholds }: Applied,
  cycle: Readonly<CycleRecord>,
): Readonly<CycleRecord> {
  const peaks = toPeaks(cycle);
  return {
    ...cycle,
    ...peaks,
    counter: withHighest(cycle, peaks),
    allowance: decision === null ? cycle.allowance : allowance,
    thresholds: thresholds.length === 0 ? cycle.thresholds : [...cycle.thresholds, ...thresholds],
  };
}

function mayMovePurchases({ wrongCycles, purchases }: Applied): boolean {
  return wrongCycles.length + purchases.length > 0;
}

/** Removes cycles that a wrong clock opened; their purchases, and those that were paid late, move to the current cycle. */
async function movePurchases(work: Applied, tables: StoreTables): Promise<Applied> {
  const { cycle, wrongCycles, service } = work;
  if (cycle === null) return work;
  const cycles = wrongCycles.map(({ id }) => id);
  if (cycles.length > 0) {
    for (const { id } of await tables.purchases.list({ service: service.id, cycles }))
      await tables.purchases.update(id, { cycle: cycle.id });
    await tables.cycles.remove(cycles);
  }
  const isMoved = (row: PurchaseRecord): boolean => row.cycle !== cycle.id && countsIn(work, row);
  const moved = work.purchases.filter(isMoved);
  if (moved.length === 0) return work;
  for (const row of moved) await tables.purchases.update(row.id, { cycle: cycle.id });
  return { ...work, purchases: work.purchases.map((row) => (isMoved(row) ? { ...row, cycle: cycle.id } : row)) };
}

function changesHolds({ holds, drafts, closes }: Applied): boolean {
  return holds.length + drafts.length + closes.length > 0;
}

async function commitHolds(work: Applied, at: string, tables: StoreTables): Promise<Applied> {
  const { holds, drafts, closes } = work;
  const kept: HoldRecord[] = [];
  for (const hold of holds) if (!closes.includes(hold)) kept.push(await withFigures(work, hold, tables));
  await beginHolds(tables, drafts, at);
  const closed = await endHoldsWithNews(tables, closes, at);
  const ended = [...work.ended, ...closed];
  const added = drafts.map(({ id, service }) => [id, { service, since: at }] as const);
  const toRestrict = new Map([...work.toRestrict, ...added]);
  return { ...work, holds: [...kept, ...drafts], drafts: [], opens: [], closes: [], ended, toRestrict };
}

/**
 * Returns a limit's hold with its current restriction, and with the window and the figures from which a later release is decided:
 * those at which the limit was last exceeded. A run that keeps the hold for another reason has decided nothing by its figures.
 */
async function withFigures(work: Applied, hold: HoldRecord, tables: StoreTables): Promise<HoldRecord> {
  const limit = work.decision?.limits.find((one) => one.limit === hold.reason);
  if (limit === undefined) return hold;
  const { usedBytes, allowedBytes, rule } = limit;
  const figures = EXCEEDED.has(rule) ? { cycle: findWindowKey(work, hold.reason), usedBytes, allowedBytes } : {};
  const change = { ...hold, ...figures, restriction: findDueRestriction(work.decision, hold) };
  const { cycle, restriction } = change;
  if (hold.cycle !== cycle || hold.allowedBytes !== change.allowedBytes || hold.restriction !== restriction)
    await tables.holds.update(hold.id, { ...figures, restriction });
  return change;
}

const EXCEEDED: ReadonlySet<LimitDecision['rule']> = new Set(['at-or-over-allowance', 'over-allowance']);

/** Lists the steps of services that are only previewed. */
function showSteps(run: ApplyRun, subjects: readonly Applied[], { treatment }: Verdict): Applied[] {
  const { context, panel, request } = run;
  return subjects.map((work) => {
    const { plan } = work;
    if (!plan || work.changedMeanwhile || !treatment(work).previewOnly) return work;
    const shown = { ...work, actions: plan.steps.map((step) => actionRow(context, run.run, work, step)) };
    return request.dryRun ? withError(shown, errorOfDoubt(panel, work)) : shown;
  });
}

/** Makes the changes; under `observe`, of a service whose product is unknown and of one that has ended, only resolves actions in doubt. */
async function applyChanges(run: ApplyRun, subjects: readonly Applied[], { treatment }: Verdict): Promise<Applied[]> {
  const { context, leases } = run;
  const unchanged = subjects.filter((work) => !work.changedMeanwhile);
  const current = unchanged.filter((work) => work.skipped === null);
  const readOnly = unchanged.filter((work) => (work.skipped === null && treatment(work).observing) || isOnlyRead(work));
  const inDoubt = readOnly.filter((work) => work.unresolved.length > 0);
  const resolved = inDoubt.length === 0 ? [] : await resolveDoubts(run, inDoubt, leases);
  const due = current.filter((work) => !treatment(work).previewOnly && needsObservation(run, work));
  const done = await carryOut(run, due, leases);
  const left = context.deps.signal.aborted
    ? due.filter(({ service }) => !done.some((one) => one.service.id === service.id))
    : [];
  return replaced(subjects, [...resolved, ...done, ...left.map(unfinished)]);
}

/** Returns the services, with the changed ones in their places. */
export function replaced(subjects: readonly Applied[], changed: readonly Applied[]): Applied[] {
  if (changed.length === 0) return [...subjects];
  const byId = new Map(changed.map((work) => [work.service.id, work]));
  return subjects.map((work) => byId.get(work.service.id) ?? work);
}
