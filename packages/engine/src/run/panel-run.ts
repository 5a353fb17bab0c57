import { setImmediate as answersTaken } from 'node:timers/promises';
import { type ItemError, itemErrorOf, type Panel, type Plan } from '@sluice/panel-kind';
import type { FingerprintRecord, ServiceRecord, SwitchRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../backups.js';
import { CLOCK_ERRORS, moment, type Moment, refuseUnconfirmedClock, refuseWrongClock } from '../clock-guard.js';
import type { Leases } from '../leases.js';
import type { Session } from '../session.js';
import { carryOut, commit } from './apply.js';
import { askBrake, brakeNotice } from './brake.js';
import { keep } from './checkpoint.js';
import { draftHolds, judge, noticesOf } from './decide.js';
import { failForDoubt } from './doubt.js';
import { changedNotice, leaveOutChanged, otherLeases, type OtherLeases } from './facts.js';
import { actionRow } from './journal.js';
import { prepare, stayInCycle } from './load.js';
import { type Notice, planNotices } from './notices.js';
import { countFall, type FallCount, meter, mostFell } from './observe.js';
import { eachPage } from './pages.js';
import { planWork } from './plan.js';
import { heldOf, type HeldWork, refreshHeld } from './refresh.js';
import { type PassReport, record, showOnly, type Tally, type Treatment } from './report.js';
import { resolveDoubts } from './resolve.js';
import type { PassRequest } from './run.js';
import { findSharers, readUnread, saveResources } from './sharing.js';
import { finishTerminations, stillTrue } from './terminations.js';
import { fail, type Work } from './work.js';

/** What the run over one panel works with. */
interface PanelRun {
  session: Session;
  panel: Panel;
  request: PassRequest;
  leases: Leases;
  report: PassReport;
  tally: Tally;
  /** Services that the run is not done with after reading: held, to be held or released, in doubt, or to be looked at. */
  open: Work[];
  /** Held services of a panel that may undo what was restricted. */
  held: HeldWork[];
  /** Active services of the panel, for the brake. */
  active: number;
  observing: boolean;
  fingerprint: FingerprintRecord | null;
  falls: FallCount;
  start: Moment;
  /** Services that other runs worked on when this one began. */
  leasesAtStart: OtherLeases;
}

/**
 * Works on one panel. Page by page usage is read and decided on, and what needs nothing more is written down at once;
 * for the rest the panel is looked at, the brake is asked, and the changes are made.
 */
export async function runPanel(
  context: Pick<PanelRun, 'session' | 'panel' | 'request' | 'leases' | 'report' | 'tally'>,
  only: ServiceRecord | null,
): Promise<void> {
  const start = moment(context.session);
  const fingerprint = await usageFingerprint(context.session, context.panel);
  const falls = { compared: 0, fell: 0 };
  const leasesAtStart = await otherLeases(context.session, context.report.run.id);
  const empty = { open: [], held: [], active: 0, observing: false };
  const run: PanelRun = { ...context, ...empty, fingerprint, falls, start, leasesAtStart };
  const { session, panel, request, report } = run;
  const stored = await session.store.switches.list();
  const switches = request.switches ? request.switches(stored) : stored;
  const progress = { read: 0, total: 0 };
  try {
    await eachPage(session, panel, only, {
      read: (page) => readPage(run, page, switches, progress),
      write: (works) => writePage(run, works),
    });
    run.open.sort((a, b) => (a.service.id < b.service.id ? -1 : 1));
    if (run.observing) report.run.observing.push(panel.name);
    await finishOpen(run);
  } catch (error) {
    const refused = itemErrorOf(error);
    if (!CLOCK_ERRORS.includes(refused.code)) throw error;
    report.panels.push({ panel: panel.name, error: refused });
  }
}

/** The shape of the usage answers that the operator has confirmed, if any. */
async function usageFingerprint(session: Session, panel: Panel): Promise<FingerprintRecord | null> {
  if (panel.usageEndpoint === undefined) return null;
  const known = await session.store.fingerprints.list(panel.name);
  return known.find((item) => item.endpoint === panel.usageEndpoint && item.confirmed) ?? null;
}

async function readPage(
  run: PanelRun,
  page: ServiceRecord[],
  switches: SwitchRecord[],
  progress: { read: number; total: number },
): Promise<Work[]> {
  const { session, panel, request } = run;
  const works = await prepare(session, panel, page, switches);
  progress.total += works.length;
  await meter(session, panel, works, () => request.onProgress?.(++progress.read, progress.total), {
    allowShort: request.allowMass,
    fingerprint: run.fingerprint,
  });
  refuseWrongClock(session, panel.name, run.start);
  await refuseUnconfirmedClock(session, panel.name, run.start);
  // Without a reading or the panel's clock, no cycle begins or ends.
  if (session.clockDifference(panel.name) === null) {
    for (const work of works) if (work.usage === null) stayInCycle(work);
  }
  return works;
}

/** Decides on the services of a page, and writes down those that need nothing more. */
async function writePage(run: PanelRun, works: Work[]): Promise<void> {
  const { session, panel, request } = run;
  // First the next page: it is begun meanwhile, and its calls go out.
  await answersTaken();
  const now = session.now();
  for (const work of works) {
    countFall(run.falls, work);
    judge(session, work, now);
  }
  const calm = await calmOf(run, works);
  const finished: Work[] = [];
  for (const work of works) {
    if (work.enforcement.value === 'observe') run.observing = true;
    if (work.skipped === null) run.active++;
    if (!calm.has(work) && needsMore(panel, work, request)) run.open.push(work);
    else finished.push(work);
  }
  noteHeld(run, finished);
  const notices = finished.flatMap(noticesOf);
  // The next page's answers come in meanwhile, and their calls go on: the store does not keep them waiting for all of this.
  await answersTaken();
  const shown = (work: Work): Treatment => treatmentOf(run, work.enforcement.value === 'observe');
  if (request.dryRun) showOnly(run, finished, shown, notices);
  else if (finished.length > 0) {
    // In one transaction, since nothing of this is changed on the panel in between: each costs a wait for the disk.
    await session.write(run.leases.held, async (tables) => {
      const at = session.now();
      await commit(tables, finished, () => treatmentOf(run, false), { at, stopped: false });
      await record(run, tables, finished, shown, notices);
    });
  }
}

/** Services that are as they should be, seen where a look costs nothing: they are done with, and their memory is free. */
async function calmOf({ session, panel, request }: PanelRun, works: Work[]): Promise<Set<Work>> {
  const calm = new Set<Work>();
  if (panel.quickLook !== true) return calm;
  const quiet = works.filter(
    (work) =>
      work.skipped === null && work.opens.length === 0 && work.closes.length === 0 && work.unsettled.length === 0,
  );
  const scope = scopeOf(request);
  const services = quiet.map((work) => work.service);
  const observations = await panel.observe(services, session.deps.signal, { scope, fresh: false });
  for (const work of quiet) {
    work.observation = observations.get(work.service.id) ?? null;
    const { steps, settle, moves, refs, drift, problems, notices } = planWork(session, panel, work, scope);
    const nothing = [steps, settle, moves, drift, problems, notices ?? []].every((part) => part.length === 0);
    if (nothing && refs === undefined) {
      keep(session, panel, work, scope);
      calm.add(work);
    }
    work.observation = null;
  }
  return calm;
}

function treatmentOf(run: PanelRun, observing: boolean): Treatment {
  return { shownOnly: run.request.dryRun || observing, observing };
}

function needsMore(panel: Panel, work: Work, request: PassRequest): boolean {
  const goesOn = request.observeAll && work.termination !== null;
  return goesOn || work.opens.length > 0 || work.closes.length > 0 || needsLook(panel, work, request);
}

function needsLook(panel: Panel, work: Work, request: PassRequest): boolean {
  if (work.skipped !== null) return false;
  return (
    panel.wholeLists ||
    request.observeAll ||
    work.holds.length > 0 ||
    work.evidence.length > 0 ||
    work.unsettled.length > 0
  );
}

async function finishOpen(run: PanelRun): Promise<void> {
  const { session, panel, request, report, leases, open } = run;
  const fell = mostFell(run.falls);
  if (fell && !request.allowMass) for (const work of open) distrust(work, fell);
  const plans = await look(run);
  refuseWrongClock(session, panel.name, run.start);
  const braked = askBrake(session.config.poll.brake, run, plans);
  const stopped = braked !== null && !request.allowMass;
  const treatment = (work: Work): Treatment => {
    const observing = work.enforcement.value === 'observe';
    return { shownOnly: request.dryRun || stopped || observing, observing };
  };
  // The brake blocked these changes: report only that.
  const toldOf = (): Work[] =>
    open.filter((work) => !work.changedMeanwhile && (!stopped || work.enforcement.value === 'observe'));
  const noticesOfAll = (): Notice[] =>
    toldOf().flatMap((work) => [...noticesOf(work), ...planNotices(work, plans.get(work.service.id))]);
  let notices: Notice[] = [];
  if (request.dryRun || open.length === 0) {
    notices = noticesOfAll();
  } else {
    if (open.some((work) => !treatment(work).shownOnly)) await backupBeforeEnforcing(session);
    await session.write(leases.held, async (tables) => {
      const affected = open.filter((work) => isAffected(work, plans.get(work.service.id)));
      await leaveOutChanged(session, tables, affected, { run: report.run.id, leasesAtStart: run.leasesAtStart });
      notices = noticesOfAll();
      await saveResources(session, tables);
      const decided = open.filter((work) => !work.changedMeanwhile);
      await commit(tables, decided, treatment, { at: session.now(), stopped });
    });
  }
  for (const work of open) {
    const plan = plans.get(work.service.id);
    if (!plan || work.changedMeanwhile || !treatment(work).shownOnly) continue;
    work.actions.push(...plan.steps.map((step) => actionRow(session, report.run.id, work, step)));
    if (request.dryRun) failForDoubt(panel, work);
  }
  if (!request.dryRun && open.length > 0) {
    const changeable = open.filter(
      (work) => !treatment(work).shownOnly && work.skipped === null && !work.changedMeanwhile,
    );
    const observing = open.filter(
      (work) => treatment(work).observing && work.skipped === null && !work.changedMeanwhile,
    );
    await resolveDoubts(session, panel, observing, leases, scopeOf(request));
    const due = (work: Work): boolean => needsLook(panel, work, request);
    await carryOut(session, panel, report.run.id, changeable, leases, due, scopeOf(request));
  }
  await finishTerminations(session, panel, { id: report.run.id, dryRun: request.dryRun }, open);
  if (open.some((work) => work.enforcement.value === 'observe') && !report.run.observing.includes(panel.name))
    report.run.observing.push(panel.name);
  for (const work of open) keep(session, panel, work, scopeOf(request));
  for (const work of open) if (work.changedMeanwhile) notices.push(changedNotice(work, report.run.id));
  if (stopped) notices.push(brakeNotice(run, braked));
  const told = stillTrue(notices, open);
  if (request.dryRun) showOnly(run, open, treatment, told);
  else if (open.length + told.length > 0) {
    await session.write(leases.held, (tables) => record(run, tables, open, treatment, told));
  }
  noteHeld(run, open);
  if (!request.dryRun && !stopped) await refreshHeld({ session, panel, leases, run: report.run.id }, run.held);
}

function noteHeld({ panel, held }: PanelRun, works: Work[]): void {
  if (panel.refresh) held.push(...works.map((work) => heldOf(panel, work)).filter((work) => work !== null));
}

/** Whether the run has something to do for the service, so that its facts must still be true. */
function isAffected(work: Work, plan: Plan | undefined): boolean {
  if (work.opens.length > 0 || work.closes.length > 0 || work.unsettled.length > 0) return true;
  return plan !== undefined && (plan.steps.length > 0 || plan.settle.length > 0 || plan.moves.length > 0);
}

/** A reading that can't be trusted neither holds nor releases. */
function distrust(work: Work, reason: ItemError): void {
  const byUsage = (hold: { reason: string }): boolean => hold.reason === 'quota';
  if (work.opens.some(byUsage) || work.closes.some(byUsage)) fail(work, reason);
  work.opens = work.opens.filter((hold) => !byUsage(hold));
  work.closes = work.closes.filter((hold) => !byUsage(hold));
}

/** Observes those that need it, finds who shares what, and plans; hold rows that would begin are drafted for it. */
async function look({ session, panel, request, open }: PanelRun): Promise<Map<string, Plan>> {
  for (const work of open) work.holds.push(...draftHolds(session, panel, work));
  const looked = open.filter((work) => needsLook(panel, work, request));
  const observations = await panel.observe(
    looked.map((work) => work.service),
    session.deps.signal,
    { scope: scopeOf(request), fresh: false },
  );
  for (const work of looked) {
    work.observation = observations.get(work.service.id) ?? null;
    const memory = work.observation ? panel.memory?.(work.observation, work.cycle?.counter ?? null) : undefined;
    if (memory !== undefined && work.cycle) work.cycle.counter = memory;
  }
  await findSharers(session, panel, open);
  const plans = new Map<string, Plan>();
  const planAll = (works: Work[]): void => {
    for (const work of works) plans.set(work.service.id, planWork(session, panel, work, scopeOf(request)));
  };
  planAll(looked);
  const needing = looked.filter((work) => plans.get(work.service.id)?.needsSharers === true);
  if (needing.length > 0) {
    await readUnread(session, panel, needing, open);
    planAll(needing);
  }
  return plans;
}

function scopeOf(request: PassRequest): 'poll' | 'reconcile' {
  return request.observeAll ? 'reconcile' : 'poll';
}
