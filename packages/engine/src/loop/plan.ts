import { staffText } from '@sluice/messages/staff';
import type { AccountCommand, TargetState, ItemError, Observation, Panel, Plan } from '@sluice/panel-kind';
import { usageInMode, isOfOtherAccount } from '@sluice/quota-core';
import { findTimeZone } from '../base/config/find-entry.js';
import { toCycleKey } from '../base/lifecycle.js';
import { findCounter, isCounterState, isElsewhere, toAccount } from '../kernel/subject/figures.js';
import { inForce, isLifted } from '../kernel/subject/holds.js';
import { draftHolds } from './decide.js';
import { findSold } from '../kernel/subject/allowance.js';
import { certainSteps } from '../kernel/subject/doubt.js';
import { withObserved } from '../kernel/subject/source.js';
import { withCounted, withIncluded } from '../kernel/subject/history.js';
import type { RunRequest } from '../kernel/run/run-request.js';
import { LIFTED, listBesides, planOrFail, toFault } from './besides.js';
import { observe } from './observe.js';
import { withoutStopped } from '../kernel/changes/reversals.js';
import { findSharers, readUnread, toStaying } from './sharing.js';
import type {
  Applied,
  Decided,
  LimitedAllowance,
  Loaded,
  Plannable,
  Planned,
  RunOnPanel,
  ServiceHistory,
  Stage,
} from '../kernel/subject/stages.js';
import { isLeftAsIs, STOPPED_BY_PANEL, unplanned, withError } from '../kernel/subject/to-stage.js';

/** Returns the target state of a service for its panel's adapter. */
export function toTargetState(on: RunOnPanel, work: Plannable, command: AccountCommand | null = null): TargetState {
  const { context, panel, scope } = on;
  const { checkpoint, recent } = work.history;
  const sold = on.lowered?.get(work.service.id);
  const { holds, evidence } = toStaying(on, work);
  const givesBack = on.givesBack === true && holds.length === 0;
  const target: TargetState = {
    service: work.service,
    product: work.product,
    holds: inForce(context, panel, { service: work.service, action: work.action, holds }),
    evidence,
    disabledForAgent: work.disabledForAgent,
    countedBytes: work.countedBytes,
    action: work.action,
    mode: work.mode,
    allowance: givesBack ? LIFTED : toTargetAllowance(on, work, command),
    sharers: [...work.sharers],
    unread: work.unread && [...work.unread],
    scope,
    command,
    cycle: work.cycle && {
      id: toCycleKey(work.cycle),
      start: work.cycle.start,
      end: work.cycle.end,
      isNew: work.cycleIsNew,
      readAt: work.cycle.readAt,
    },
    counted: toCounted(panel, sold ? { ...work, cycle: work.recorded } : work),
    timeZone: findTimeZone(context.config, work.service.panel),
    now: context.now(),
    checkpoint,
    former: work.former,
    recent: work.stage === 'applied' ? [...recent, ...work.actions] : [...recent],
  };
  const given = givesBack ? { ...target, givesBack } : target;
  const state = isLeaving(on, work) ? { ...given, ...LEAVING } : given;
  return sold ? { ...state, ...LEAVING, endsLift: true, allowance: toLowered(sold) } : state;
}

/** A plan, the drift that it removes, and what prevents it. */
interface PlanResult {
  /** What it was planned for. */
  target: TargetState;
  plan: Plan;
  drift: string[];
  problem: ItemError | null;
  besides: string[] | null;
}

/** Plans one service from its observation. */
export function planSteps(on: RunOnPanel, work: Plannable, command: AccountCommand | null = null): PlanResult {
  const { context, panel, scope, givesBack = false } = on;
  const target = toTargetState(on, work, command);
  const observation = work.observation ?? { service: work.service.id, at: context.now(), state: null, error: null };
  const found = withoutWaiting(target, withoutStopped(on, work.service.id, planOrFail(panel, target, observation)));
  const problem = found.problems[0] ?? null;
  // A release fails by what stops a line after it.
  const isSound = problem === null || (scope === 'hold' && found.stops?.includes(problem.message) === true);
  const isServed = isSound && (givesBack ? target.holds.length === 0 : isToServe(panel, work, target));
  // What a call of ours may have stopped is not stopped by the panel.
  const isOurs = work.unresolved.some(({ hold }) => hold !== null);
  const stops = isServed && !isOurs ? (found.stops ?? []) : [];
  // What Sluice still restricts is not stopped by the panel.
  const isStopKnown = isServed && !givesBack && target.evidence.length === 0;
  const known = isStopKnown || found.stopsNow === undefined ? found : withoutStopsNow(found);
  const steps = work.unresolved.length === 0 ? found.steps : certainSteps(panel, work, found);
  const plan = { ...known, steps, stops };
  const drift = found.drift.length + stops.length === 0 ? [] : [...new Set([...found.drift, ...stops])];
  const besides = work.unresolved.length === 0 ? listBesides(panel, target, observation) : null;
  if (stops.length === 0 || givesBack) return { target, plan, drift, problem, besides };
  const notices = [...(found.notices ?? []), stoppedNotice(work, stops)];
  return { target, plan: { ...plan, notices }, drift, problem, besides };
}

function withoutStopsNow({ stopsNow: _, ...plan }: Plan): Plan {
  return plan;
}

/** Returns the service with its plan, and the plan's problem as its error. */
function withPlan<W extends Plannable>(
  work: W,
  { problem, plan, drift, besides }: PlanResult,
): W & { readonly plan: Plan } {
  return withError({ ...work, plan, drift, besides }, problem);
}

/** Returns the service with what stops it now, where its steps, which may end that, were not carried out. */
export function withStopsNow<W extends Loaded<Stage> & Pick<Planned, 'plan' | 'drift'>>(work: W): W {
  const { plan, drift } = work;
  if (plan?.stopsNow === undefined) return work;
  const { stops = [], stopsNow } = plan;
  const others = (plan.notices ?? []).filter(({ code }) => code !== STOPPED_BY_PANEL);
  const notices = stopsNow.length === 0 ? others : [...others, stoppedNotice(work, stopsNow)];
  const lasting = drift.filter((text) => !stops.includes(text));
  return { ...work, plan: { ...plan, stops: stopsNow, notices }, drift: [...new Set([...lasting, ...stopsNow])] };
}

/** Plans services again after more of their objects are left alone. */
export function planAgain(on: RunOnPanel, subjects: readonly Planned[], services: ReadonlySet<string>): Planned[] {
  return subjects.map((work) => (services.has(work.service.id) ? withPlan(work, planSteps(on, work)) : work));
}

/** Plans one service; if the plan needs services that were never read, reads those and plans again. */
export async function planOne<W extends Plannable>(
  on: RunOnPanel,
  work: W,
  command: AccountCommand | null = null,
): Promise<W & { readonly plan: Plan }> {
  const first = withPlan(work, planSteps(on, work, command));
  if (first.plan.needsSharers !== true) return first;
  const [again = first] = await readUnread(on, [first], [first]);
  return withPlan(again, planSteps(on, again, command));
}

/** Observes the services that need it, finds their sharers, and plans; drafts the holds that start. */
export async function planAll(
  on: RunOnPanel & Omit<Looking, 'panel'>,
  decided: readonly Decided[],
): Promise<Planned[]> {
  const { context, panel } = on;
  const toObserve = decided.filter((work) => needsObservation(on, work));
  const observations = await observe(on, toObserve);
  const observing = decided.map((work) => observed(panel, work, draftHolds(context, work), observations));
  const isLooked = new Set(toObserve.map(({ service }) => service.id));
  const plan = (subjects: readonly Planned[], ids: ReadonlySet<string>): Planned[] =>
    subjects.map((work) => (ids.has(work.service.id) ? withPlan(work, planSteps(on, work)) : work));
  const planned = plan(observing.length === 0 ? [] : await findSharers(on, observing), isLooked);
  const needing = planned.filter((work) => work.plan?.needsSharers === true);
  if (needing.length === 0) return planned;
  return plan(await readUnread(on, needing, planned), new Set(needing.map((work) => work.service.id)));
}

function observed(
  panel: Panel,
  decided: Decided,
  drafts: Planned['drafts'],
  observations: ReadonlyMap<string, Observation>,
): Planned {
  const { cycle, service } = decided;
  const observation = observations.get(service.id) ?? null;
  const bounds = observation ? panel.plausibility?.bounds(observation, cycle?.counter ?? null) : undefined;
  const bounded = bounds !== undefined && cycle ? { ...cycle, counter: withObserved(cycle.counter, bounds) } : cycle;
  return { ...unplanned(decided), drafts, observation, cycle: bounded };
}

/** What decides about which services a run observes. */
interface Looking {
  readonly panel: Pick<Panel, 'snapshot' | 'plausibility'>;
  readonly request: Pick<RunRequest, 'observeAll'>;
  /** Services that were stopped without a hold of their own when they were observed last. */
  readonly stoppedByPanel?: ReadonlySet<string>;
  /** Services with alarms. */
  readonly alarmed?: ReadonlySet<string>;
}

/** Returns whether the service has to be observed. What is missing in the config changes nothing on the panel. */
export function needsObservation(looking: Looking, work: Decided<Stage>): boolean {
  const { panel, request, stoppedByPanel, alarmed } = looking;
  if (work.skipped !== null || isLeftAsIs(work)) return false;
  const touched = [work.opens, work.holds, work.evidence, work.unresolved, work.ended];
  // A faster line may be the reason of a doubt.
  const isDoubted = work.doubted !== null && panel.plausibility !== undefined;
  // What refuses a purchase may have ended since it was seen.
  const isRefusable = work.buys.length > 0 && alarmed?.has(work.service.id) === true;
  return (
    panel.snapshot !== undefined ||
    request.observeAll ||
    isDoubted ||
    isRefusable ||
    stoppedByPanel?.has(work.service.id) === true ||
    touched.some((rows) => rows.length > 0) ||
    work.toRestrict.size > 0
  );
}

/** Returns whether nothing of ours should stop the service. */
function isToServe(panel: Panel, { allowance, error, cycle, mode }: Loaded<Stage>, target: TargetState): boolean {
  if (target.holds.length > 0 || target.command !== null || error !== null) return false;
  // A line is served without an allowance.
  if (panel.telephony !== undefined) return true;
  if (allowance === null || allowance.kind === 'unmanaged') return false;
  // A command decides nothing: the next run holds a service that has used its allowance.
  return !isUsedUp({ cycle, mode }, target.allowance?.allowedBytes ?? null);
}

/** Whether the last reading of the cycle has reached what is allowed; false where either is unknown. */
function isUsedUp({ cycle, mode }: Pick<Loaded<Stage>, 'cycle' | 'mode'>, allowedBytes: number | null): boolean {
  const used = cycle === null ? null : usageInMode(cycle, mode);
  return used !== null && allowedBytes !== null && used >= allowedBytes;
}

function stoppedNotice(work: Loaded<Stage>, stops: string[]): NonNullable<Plan['notices']>[number] {
  const { service, cycle, allowance } = work;
  const isUnlimited = allowance === null || allowance.kind === 'unmanaged';
  return {
    code: STOPPED_BY_PANEL,
    key: `${STOPPED_BY_PANEL}:${service.id}:${cycle === null ? 'none' : toCycleKey(cycle)}`,
    message: staffText(isUnlimited ? 'staff.stopped' : 'staff.stoppedWithin', {
      ...{ service: service.id, stops: stops.join('; ') },
    }),
  };
}

/** Returns the last counter reading of the account, and what of it counts in the cycle. */
function toCounted(
  { kind }: Pick<Panel, 'kind'>,
  { service, cycle }: Pick<Loaded<Stage>, 'service' | 'cycle'>,
): TargetState['counted'] {
  const counter = cycle && findCounter(cycle);
  if (counter === null || isElsewhere(counter, service.panel)) return null;
  if (isOfOtherAccount(counter, toAccount(kind, service))) return null;
  const { lastIn, lastOut, usedIn, usedOut } = counter;
  return { counterBytes: lastIn + lastOut, usedBytes: usedIn + usedOut };
}

/** Whether the account of a service that has ended is another's: only what Sluice restricted there is undone. */
function isLeaving({ panel, ended }: RunOnPanel, { service }: Plannable): boolean {
  return panel.objects === undefined && ended?.has(service.id) === true;
}

const LEAVING = { allowance: null, sharers: [], scope: 'hold' as const };

const toLowered = ({ allowedBytes }: LimitedAllowance): TargetState['allowance'] => ({
  unlimited: false,
  allowedBytes,
  lifted: false,
  soldBytes: allowedBytes,
});

/**
 * Whether the run could not use its reading of a service, and no other one is of the cycle: what is left in it is not known, as its
 * counter may show what was used before.
 */
function isUncounted({ answer, usage, cycle }: Plannable): boolean {
  return answer !== null && usage === null && cycle?.readAt == null;
}

/** The panel must not stop a service by its own quota while the quota hold is released, or the service protected. */
function toTargetAllowance(
  { context }: RunOnPanel,
  work: Plannable,
  command: AccountCommand | null,
): TargetState['allowance'] {
  const { allowance, service, override } = work;
  if (!allowance || allowance.kind === 'unmanaged') return null;
  const now = context.now();
  const isReleased = isLifted(context.config, service, now);
  const limited = allowance.kind === 'limited' && !isReleased;
  if (limited && command === null && isUncounted(work)) return null;
  const lifted = !limited && (isReleased || override?.unlimited === true);
  const quota = allowance.kind === 'limited' ? allowance.allowedBytes : null;
  const soldBytes = quota ?? (lifted ? (findSold(context.config, work).limited?.allowedBytes ?? null) : null);
  return { unlimited: !limited, allowedBytes: limited ? quota : null, lifted, soldBytes };
}

/**
 * Saves the adapter's checkpoint for the next run; what it kept before stays where nothing was seen.
 *
 * @param isTaken whether the reading of the run becomes that of the cycle
 */
export function withCheckpoint(on: RunOnPanel, work: Applied, isTaken: boolean): Applied {
  try {
    const history = historyAfter(on, work, { isTaken });
    return history === work.history ? work : { ...work, history };
  } catch (error) {
    return withError(work, toFault(work.service, error));
  }
}

/** Returns the history of a service for a later run, with the adapter's checkpoint. */
export function historyAfter(
  on: RunOnPanel,
  work: Applied,
  { isTaken, target }: { isTaken: boolean; target?: TargetState },
): ServiceHistory {
  const { panel } = on;
  const { observation, unresolved, actions, history } = work;
  if (panel.history?.checkpoint === undefined || observation?.state == null) return history;
  const kept = panel.history.checkpoint(target ?? toTargetState(on, work), observation);
  if (!kept) return history;
  const doubts = [...unresolved, ...actions].filter((row) => row.endedAt === null).map((row) => row.id);
  const isCounted = (isTaken && work.usage !== null) || !isCounterState(work.recorded?.counter);
  const own = { ...kept, panel: panel.name };
  const rows = [...history.recent, ...actions];
  const checkpoint = withIncluded(isCounted ? own : withCounted(own, history), history, rows);
  return { ...history, checkpoint: doubts.length === 0 ? checkpoint : { ...checkpoint, doubts } };
}

/**
 * Leaves out the steps of a run that raise the quota of a service while its agent is over the limit: there is no room for them, and
 * the user is disabled. They are planned again by each run. A move to another agent goes on, as does what a command asks for.
 */
export function withoutWaiting({ service, holds, scope }: TargetState, plan: Plan): Plan {
  const step = plan.steps.find(({ raises }) => raises !== undefined);
  const raises = step?.raises;
  if (raises === undefined || scope === 'command' || scope === 'hold' || raises.lifted === true) return plan;
  if (raises.user.owner !== raises.owner || !holds.some(({ reason }) => reason === 'agent-limit')) return plan;
  const notice = {
    code: 'raise_waits',
    key: `raise_waits:${service.id}:${raises.limitBytes}`,
    message: staffText('staff.agent.raiseWaitsOver', {
      ...{ service: service.id, limit: { bytes: raises.user.limitBytes }, raised: { bytes: raises.limitBytes } },
    }),
  };
  const steps = plan.steps.filter((each) => each !== step && !(each.needs ?? []).some((id) => id === step?.id));
  return { ...plan, steps, notices: [...(plan.notices ?? []), notice] };
}
