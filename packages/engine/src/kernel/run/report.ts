import type { RunReport, RunTotals, ServiceView } from '@sluice/contract/documents';
import { setImmediate as yieldToIo } from 'node:timers/promises';
import type { Panel } from '@sluice/panel-kind';
import type { DecisionRecord, RunOutcome, StoreTables } from '@sluice/state-store';
import { noteTold } from '../../context/change-holds.js';
import { isInterrupted } from '../../base/interruption.js';
import type { Context } from '../../context/context.js';
import type { LimitState } from '../subject/figures.js';
import { isProtected, listLastingHolds, listReleasedHolds } from '../subject/holds.js';
import {
  countsAsOver,
  AGENT_LIMIT,
  countChanges,
  type FindKind,
  serviceView,
  toStatus,
  toActionView,
  toShownState,
} from '../subject/views.js';
import { isStopError } from './brake-state.js';
import { noteAlarms, withLasting, besidesSeen, withKnown } from './alarms.js';
import { findChangedByOthers, withByOthers } from './by-others.js';
import { newsOfServices } from './news.js';
import type { RunRequest } from './run-request.js';
import { addNotices, type Notice, noticeRows, withoutFormer, NO_TOTALS, shownNotice } from './notice.js';
import type { Applied } from '../subject/stages.js';
import { isHeld, LEASED } from '../subject/to-stage.js';

/** How a run treats what it decided. */
export interface Treatment {
  /** Nothing is changed: a dry run, a panel under `observe`, or one that the brake stopped. */
  previewOnly: boolean;
  observing: boolean;
}

function decideStatus(work: Applied): string {
  if (work.skipped !== null) return 'skipped';
  const unreadable = work.decision?.status === 'unreadable' && (work.answer !== null || work.spend.length > 0);
  if (unreadable) return work.doubted === null ? 'unreadable' : 'doubted';
  // What an interrupted run decided and stored stands; only its changes are left to the next run.
  if (work.error !== null && !isInterrupted(work.error)) return 'failed';
  const isLimited = work.limits.some(({ used }) => used !== null);
  const isRestricted = work.holds.length + work.drafts.length + work.opens.length > 0;
  if (work.allowance?.kind === 'unmanaged' && !isLimited && !isRestricted) return 'unmanaged';
  if (isRestricted || work.made === true) return 'ok';
  return work.decision?.status ?? 'skipped';
}

/** A panel without usage: there is nothing to manage. */
function skippedIfUnmetered(context: Context, { service }: Applied, status: string): string {
  const isUnmetered = context.findKind(service.panel)?.capabilities.includes('usage') === false;
  return isUnmetered && status === 'unmanaged' ? 'skipped' : status;
}

/**
 * Returns the reasons of holds that would begin and were not added. What a run over agents would have held stays until such a run
 * decides again.
 */
function listWouldHold({ decision, holds, opens, history }: Applied, { previewOnly }: Treatment): string[] {
  const due = (previewOnly ? opens : (decision?.withheld ?? [])).map(({ reason }) => reason);
  const stays = (history.decision?.wouldHold ?? []).filter((reason) => reason === AGENT_LIMIT && !due.includes(reason));
  return [...due, ...stays].filter((reason) => !holds.some((hold) => hold.reason === reason));
}

/** Returns the reasons that the run's document shows: what a protection withholds would not begin. */
function listShown({ wouldHold }: Pick<DecisionRecord, 'wouldHold'>, { previewOnly }: Treatment): string[] {
  return previewOnly ? wouldHold : wouldHold.filter((reason) => reason === AGENT_LIMIT);
}

/** What a run could not do or had not to do: its document says that, whether the service is held or not. */
const OF_RUN: ReadonlySet<string> = new Set(['failed', 'unreadable', 'doubted', 'skipped', 'unmanaged']);

/** Returns the row of a decision, with all its inputs. */
export function toDecisionRecord(
  context: Context,
  run: { id: string; at: string },
  work: Applied,
  treatment: Treatment,
): DecisionRecord {
  const { service, usage, decision, cycle } = work;
  const wouldHold = listWouldHold(work, treatment);
  const figures = {
    mode: work.mode,
    inBytes: usage?.inBytes ?? null,
    outBytes: usage?.outBytes ?? null,
    totalBytes: usage?.totalBytes ?? null,
    allowance: work.allowance,
  };
  const status = skippedIfUnmetered(context, work, decideStatus(work));
  const over = wouldHold.filter((reason) => countsAsOver(reason, isProtected(context.config, service, run.at)));
  const counts = { holds: listLastingHolds(work), wouldHold: over.length };
  return {
    service: service.id,
    run: run.id,
    at: run.at,
    cycle: cycle?.id ?? null,
    status: OF_RUN.has(status) ? status : toStatus({ decision: { ...figures, status }, ...counts }),
    rule: work.skipped ?? decision?.rule ?? work.error?.code ?? 'not-decided',
    ...figures,
    action: work.action,
    readAt: usage?.at ?? null,
    wouldHold,
    observing: treatment.observing,
    errorCode: work.error?.code ?? null,
    errorMessage: work.error?.message ?? null,
    // Sorted by name: the digest of a decision depends on the order.
    inputs: {
      billingCycle: service.billingCycle,
      ...(work.doubted === null ? {} : { doubted: work.doubted }),
      drift: work.drift,
      enforce: { since: work.enforcement.since, source: work.enforcement.source, value: work.enforcement.value },
      ...(work.limits.length === 0 ? {} : { limits: toStored(work, treatment) }),
      nextDueDate: service.nextDueDate,
      overdue: context.config.poll.overdue,
      peak: cycle
        ? { inBytes: cycle.peakInBytes, outBytes: cycle.peakOutBytes, totalBytes: cycle.peakTotalBytes }
        : null,
      protectedUntil: service.protectedUntil,
      quotaPeriod: work.product.quotaPeriod,
      ...(service.quotaReleasedUntil === null ? {} : { quotaReleasedUntil: service.quotaReleasedUntil }),
      status: service.status,
      ...(isHeld(work, { wouldHold }) ? besidesSeen(work) : {}),
      warnings: work.warnings,
      ...(work.history.checkpoint === null ? {} : { reading: work.history.checkpoint }),
    },
  };
}

/** What a run does not accept counts neither as a peak nor as the beginning of a window. */
function toStored({ limits, limitsBefore }: Applied, { previewOnly, observing }: Treatment): LimitState[] {
  if (!previewOnly || observing) return [...limits];
  return limits.map((limit) => {
    const before = limitsBefore.find(({ id, window }) => id === limit.id && window?.start === limit.window?.start);
    const peak = before?.key === limit.key ? before.peak : null;
    return { ...limit, peak, count: before?.count ?? null };
  });
}

/** Returns the reasons of holds that would end and did not. */
function listWouldRelease({ closes }: Applied, { previewOnly }: Treatment): string[] {
  return previewOnly ? closes.map(({ reason }) => reason) : [];
}

/** Returns a service as the run's document shows it. */
function toView(findKind: FindKind, decision: DecisionRecord, work: Applied, treatment: Treatment): ServiceView {
  const view = serviceView({
    service: work.service,
    decision,
    cycle: work.cycle,
    holds: listLastingHolds(work),
    actions: work.actions.map((action) => toActionView(findKind, action)),
    protected: false,
  });
  const wouldHold = listShown(view, treatment);
  const status = decision.status as ServiceView['status'];
  return { ...view, status, wouldHold, drift: [...work.drift], wouldRelease: listWouldRelease(work, treatment) };
}

/**
 * Returns the outcome of a run: the worst that applies. One that reads only what is `due` leaves what other runs work on to them and to
 * the next one: that is not a fault.
 */
export function decideOutcome(
  { error, panels: all }: Pick<RunReport, 'error' | 'panels'>,
  results: Pick<RunResults, 'counted' | 'wrong' | 'partly' | 'left'> & { totals?: Pick<RunTotals, 'services'> },
  { due = false }: { due?: boolean | undefined } = {},
): RunOutcome {
  const panels = due ? all.filter((panel) => panel.error.code !== LEASE_HELD) : all;
  if (error?.code === LEASE_HELD) return 'busy';
  if (error && !isStopError(error)) return 'failed';
  if (results.counted === 0 && results.totals?.services === 0 && panels.length > 0) return 'failed';
  // A run that changed something for a failed service is partial, not failed.
  if (results.counted > 0 && results.wrong === results.counted && !results.partly) return 'failed';
  if (isStopError(error)) return 'brake';
  return results.wrong + results.left + panels.length > 0 ? 'partial' : 'done';
}

const LEASE_HELD = 'lease_held';

/** Collects the totals and the shown services of a run. */
export class RunResults {
  readonly totals: RunTotals = { ...NO_TOTALS };
  /** Services that were not skipped; those with an error; whether anything was done for one of these. */
  counted = 0;
  wrong = 0;
  partly = false;
  /** Services that were skipped since another run works on them. */
  left = 0;
  /** Whether a hold starts or ends, or anything is changed or would be. */
  changes = false;
  readonly #views: ServiceView[] = [];
  readonly #keepAll: boolean;
  readonly #findKind: FindKind;
  readonly #isPlan: boolean;

  /**
   * @param keepAll whether compliant services are reported too
   * @param isPlan whether those are that differ from their target state
   */
  constructor(keepAll: boolean, findKind: FindKind, isPlan = false) {
    this.#keepAll = keepAll;
    this.#isPlan = isPlan;
    this.#findKind = findKind;
  }

  add(work: Applied, decision: DecisionRecord, how: Treatment): void {
    const { totals } = this;
    const { status } = decision;
    const { actions } = work;
    totals.services++;
    if (work.usage !== null) totals.read++;
    if (status === 'unreadable') totals.unreadable++;
    if (status === 'doubted') totals.doubted++;
    if (status === 'failed') totals.failed++;
    if (listLastingHolds(work).length > 0) totals.held++;
    if (listReleasedHolds(work).length > 0) totals.released++;
    if (listShown(decision, how).length > 0) totals.wouldHold++;
    if (listWouldRelease(work, how).length > 0) totals.wouldRelease++;
    const changes = countChanges(actions.map(toShownState));
    totals.planned += changes.planned;
    totals.actions += changes.actions;
    this.changes ||= actions.length > 0 || work.opens.length > 0 || work.closes.length > 0;
    // A preview skips a service whose account would be made or removed.
    if (status !== 'skipped' || (how.previewOnly && actions.length > 0)) this.counted++;
    else if (work.skipped === LEASED) this.left++;
    // Nothing is left to do for another service that is skipped, such as one that has ended, whatever is wrong with it.
    const isUnfinished = work.termination !== null || work.unresolved.length > 0;
    if (status === 'skipped' && isUnfinished && decision.errorCode !== null) this.left++;
    if (status !== 'skipped' && decision.errorCode !== null) {
      this.wrong++;
      this.partly ||= actions.some((action) => action.state === 'applied');
    }
    // A compliant service is only counted, unless all are requested.
    const isCut = status === 'skipped' && isInterrupted(work.error);
    const differs = this.#isPlan && work.drift.length > 0;
    const isShown = !isCut && (status !== 'ok' || work.error !== null || differs);
    if (this.#keepAll || isShown || actions.length > 0) this.#views.push(toView(this.#findKind, decision, work, how));
  }

  /** Adds a service that is left as it was: with all services shown, it is decided on. */
  addCompliant(): void {
    this.totals.services++;
    this.totals.read++;
    this.counted++;
  }

  /** Returns the services by panel, in the order of `panels`, then by id. */
  views(panels: string[]): ServiceView[] {
    const place = new Map(panels.map((name, index) => [name, index]));
    return this.#views.sort(
      (a, b) => (place.get(a.panel) ?? 0) - (place.get(b.panel) ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
    );
  }
}

/** A run with the places where its results are collected. */
export interface ReportedRun {
  context: Context;
  panel: Pick<Panel, 'snapshot' | 'telephony' | 'objects'>;
  scope: string;
  report: RunReport;
  results: RunResults;
}

/** Finished services, and how the run treated them. */
export interface FinishedWorks {
  subjects: readonly Applied[];
  treatment: (work: Applied) => Treatment;
  notices: Notice[];
}

/**
 * Stores the decisions. Returns what adds the services to the run's document, which is called once they are stored: the transaction may
 * have to run again.
 */
export async function record(run: ReportedRun, tables: StoreTables, finished: FinishedWorks): Promise<() => void> {
  const { context, report } = run;
  const { subjects, notices } = finished;
  await yieldToIo();
  const shown = decided(run, finished);
  const decisions = shown.map(({ decision }) => decision);
  // A decision on changed facts is not stored: the one before stays.
  const kept = decisions.filter((_, index) => subjects[index]?.changedMeanwhile !== true);
  const hasChannels = (context.config.notify ?? []).length > 0;
  const news = hasChannels ? await newsOfServices(context, tables, subjects, report.run.id) : [];
  const looked = subjects.filter(({ changedMeanwhile }) => !changedMeanwhile);
  const byOthers = await findChangedByOthers(tables, { panel: run.panel, now: context.now() }, looked);
  const lasting = await noteAlarms(run, tables, subjects);
  const known = await withKnown(run, tables, subjects, withLasting(kept, lasting));
  await tables.decisions.record(withByOthers(known, byOthers));
  for (const work of subjects) if (work.ended.length > 0) await noteTold(tables, listReleasedHolds(work));
  const told = await withoutFormer(tables, notices);
  const reported = await addNotices(context, tables, noticeRows(context, report.run.id, told));
  // The report shows these with their services.
  await addNotices(context, tables, noticeRows(context, report.run.id, news));
  return () => {
    show(run, shown);
    report.notices.push(...reported.map(shownNotice));
  };
}

/** Adds the services to the document of a run that stores nothing; a preview of the first enforcing run leaves out those observed. */
export function showOnly(
  run: ReportedRun & { request: Pick<RunRequest, 'assumed'> },
  { subjects, treatment, notices }: FinishedWorks,
): void {
  const { context, report, request } = run;
  const isLeftOut = (work: Applied): boolean => request.assumed !== undefined && treatment(work).observing;
  const left = new Set(subjects.filter(isLeftOut).map(({ service }) => service.id));
  show(run, decided(run, { subjects: subjects.filter(({ service }) => !left.has(service.id)), treatment }));
  const shown = notices.filter(({ service }) => service === null || !left.has(service));
  report.notices.push(...noticeRows(context, report.run.id, shown).map(shownNotice));
}

/** A service with its decision, as it is shown. */
interface DecidedWork {
  work: Applied;
  decision: DecisionRecord;
  how: Treatment;
}

function decided(
  { context, report }: ReportedRun,
  { subjects, treatment }: Omit<FinishedWorks, 'notices'>,
): DecidedWork[] {
  const run = { id: report.run.id, at: context.now() };
  return subjects.map((work) => {
    const how = treatment(work);
    return { work, decision: toDecisionRecord(context, run, work, how), how };
  });
}

function show({ results }: ReportedRun, all: readonly DecidedWork[]): void {
  for (const { work, decision, how } of all) results.add(work, decision, how);
}
