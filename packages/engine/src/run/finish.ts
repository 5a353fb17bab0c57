import type { ItemError, Panel, Plan } from '@sluice/panel-kind';
import type { FingerprintRecord } from '@sluice/state-store';
import { backupBeforeEnforcing } from '../backups.js';
import { type Moment, refuseWrongClock } from '../clock-guard.js';
import type { Leases } from '../leases.js';
import { carryOut, commit } from './apply.js';
import { askBrake, brakeNotice } from './brake.js';
import { keep } from './checkpoint.js';
import { draftHolds, noticesOf } from './decide.js';
import { failForDoubt } from './doubt.js';
import { changedNotice, leaveOutChanged, type OtherLeases } from './facts.js';
import { actionRow } from './journal.js';
import { type Notice, planNotices } from './notices.js';
import { type FallCount, mostFell } from './observe.js';
import { planWork } from './plan.js';
import { heldOf, type HeldWork, refreshHeld } from './refresh.js';
import { type PassReport, record, showOnly, type Tally, type Treatment } from './report.js';
import { resolveDoubts } from './resolve.js';
import type { PassRequest } from './run.js';
import { findSharers, readUnread, saveResources } from './sharing.js';
import { finishTerminations, stillTrue } from './terminations.js';
import { fail, type RunOnPanel, type Work } from './work.js';

/** What the run over one panel works with. */
export interface PanelRun extends RunOnPanel {
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

/** What the run does with its open services. */
interface OpenPlan {
  plans: Map<string, Plan>;
  /** The brake blocks the changes. */
  stopped: boolean;
  treatment: (work: Work) => Treatment;
}

/** Looks at the open services, plans, asks the brake, and makes the changes. */
export async function finishOpen(run: PanelRun): Promise<void> {
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
  const notices = await commitOpen(run, { plans, stopped, treatment });
  showSteps(run, { plans, treatment });
  if (!request.dryRun && open.length > 0) await applyOpen(run, treatment);
  await finishTerminations(run, open, request);
  if (open.some((work) => work.enforcement.value === 'observe') && !report.run.observing.includes(panel.name))
    report.run.observing.push(panel.name);
  for (const work of open) keep(run, work);
  for (const work of open) if (work.changedMeanwhile) notices.push(changedNotice(work, run.run));
  if (stopped) notices.push(brakeNotice(run, braked));
  const finished = { works: open, treatment, notices: stillTrue(notices, open) };
  if (request.dryRun) showOnly(run, finished);
  else if (open.length + finished.notices.length > 0) {
    await session.write(leases.held, (tables) => record(run, tables, finished));
  }
  noteHeld(run, open);
  if (!request.dryRun && !stopped) await refreshHeld(run, run.held);
}

/** Writes the decisions down where their facts are still true; returns what is to be told of them. */
async function commitOpen(run: PanelRun, { plans, stopped, treatment }: OpenPlan): Promise<Notice[]> {
  const { session, request, leases, open } = run;
  // The brake blocked these changes: report only that.
  const toldOf = (): Work[] =>
    open.filter((work) => !work.changedMeanwhile && (!stopped || work.enforcement.value === 'observe'));
  const noticesOfAll = (): Notice[] =>
    toldOf().flatMap((work) => [...noticesOf(work), ...planNotices(work, plans.get(work.service.id))]);
  if (request.dryRun || open.length === 0) return noticesOfAll();
  if (open.some((work) => !treatment(work).shownOnly)) await backupBeforeEnforcing(session);
  let notices: Notice[] = [];
  await session.write(leases.held, async (tables) => {
    const affected = open.filter((work) => isAffected(work, plans.get(work.service.id)));
    await leaveOutChanged(session, tables, affected, { run: run.run, leasesAtStart: run.leasesAtStart });
    notices = noticesOfAll();
    await saveResources(session, tables);
    const decided = open.filter((work) => !work.changedMeanwhile);
    await commit(tables, decided, treatment, { at: session.now(), stopped });
  });
  return notices;
}

/** Lists the steps of services for which nothing is carried out. */
function showSteps(run: PanelRun, { plans, treatment }: Omit<OpenPlan, 'stopped'>): void {
  const { session, panel, request, open } = run;
  for (const work of open) {
    const plan = plans.get(work.service.id);
    if (!plan || work.changedMeanwhile || !treatment(work).shownOnly) continue;
    work.actions.push(...plan.steps.map((step) => actionRow(session, run.run, work, step)));
    if (request.dryRun) failForDoubt(panel, work);
  }
}

/** Makes the changes; under `observe` only reads how earlier ones ended. */
async function applyOpen(run: PanelRun, treatment: OpenPlan['treatment']): Promise<void> {
  const { panel, request, leases, open } = run;
  const current = open.filter((work) => work.skipped === null && !work.changedMeanwhile);
  const changeable = current.filter((work) => !treatment(work).shownOnly);
  const observing = current.filter((work) => treatment(work).observing);
  await resolveDoubts(run, observing, leases);
  const due = changeable.filter((work) => needsLook(panel, work, request));
  await carryOut(run, due, leases);
}

/** Whether the panel has to be looked at for the service. */
export function needsLook(panel: Panel, work: Work, request: PassRequest): boolean {
  if (work.skipped !== null) return false;
  return (
    panel.snapshot !== undefined ||
    request.observeAll ||
    work.holds.length > 0 ||
    work.evidence.length > 0 ||
    work.unsettled.length > 0
  );
}

/** Adds held services to those that are refreshed at the end, on a panel that may undo what was restricted. */
export function noteHeld(run: PanelRun, works: Work[]): void {
  if (run.panel.refresh) run.held.push(...works.map((work) => heldOf(run, work)).filter((work) => work !== null));
}

/** Whether the run has something to do for the service, so that its facts must still be true. */
function isAffected(work: Work, plan: Plan | undefined): boolean {
  if (work.opens.length > 0 || work.closes.length > 0 || work.unsettled.length > 0) return true;
  return plan !== undefined && (plan.steps.length > 0 || plan.settle.length > 0 || plan.moves.length > 0);
}

/** A reading that can't be trusted neither holds nor releases. */
function distrust(work: Work, reason: ItemError): void {
  const limits = new Set(work.decision?.limits.map(({ limit }) => limit));
  const byUsage = (hold: { reason: string }): boolean => limits.has(hold.reason);
  if (work.opens.some(byUsage) || work.closes.some(byUsage)) fail(work, reason);
  work.opens = work.opens.filter((hold) => !byUsage(hold));
  work.closes = work.closes.filter((hold) => !byUsage(hold));
}

/** Observes those that need it, finds who shares what, and plans; hold rows that would begin are drafted for it. */
async function look(run: PanelRun): Promise<Map<string, Plan>> {
  const { session, panel, request, scope, open } = run;
  for (const work of open) work.holds.push(...draftHolds(session, work));
  const looked = open.filter((work) => needsLook(panel, work, request));
  const observations = await panel.observe(
    looked.map((work) => work.service),
    session.deps.signal,
    { scope, fresh: false },
  );
  for (const work of looked) {
    work.observation = observations.get(work.service.id) ?? null;
    const { observation, cycle } = work;
    const bounds = observation ? panel.plausibility?.bounds(observation, cycle?.counter ?? null) : undefined;
    if (bounds !== undefined && cycle) cycle.counter = bounds;
  }
  await findSharers(session, panel, open);
  const plans = new Map<string, Plan>();
  const planAll = (works: Work[]): void => {
    for (const work of works) plans.set(work.service.id, planWork(run, work));
  };
  planAll(looked);
  const needing = looked.filter((work) => plans.get(work.service.id)?.needsSharers === true);
  if (needing.length > 0) {
    await readUnread(session, panel, needing, open);
    planAll(needing);
  }
  return plans;
}
