import { findCycleId, type ItemError, newPlan, type Plan, type Step } from '@sluice/panel-kind';
import { BYTES_PER_GB, type EvidenceRecord } from '@sluice/quota-core';
import { describeStep } from '../account/describe.js';
import { type FlvxStep, type FlvxStepOf, isStepReady } from '../account/plan/step.js';
import type { StepPayload } from '../account/history/journaled-step.js';
import { isLate } from '../account/history/history.js';
import { uncountedBytes } from './usage.js';
import {
  EVIDENCE,
  parseSpeedPrior,
  permissionKey,
  ranBefore,
  type ClosedPrior,
  type ForwardPrior,
  type RedirectPrior,
  type SpeedPrior,
} from './restrictions.js';
import { isOurs, isThrottled } from './speed.js';
import { isRedirected } from './target.js';
import { findTunnelName, type PlanInput } from './plan-input.js';

type Begins = NonNullable<Step['begins']>;

/** Returns a plan that only has a problem. */
export function failedPlan(problem: ItemError): Plan {
  return newPlan({ problems: [problem] });
}

/**
 * Returns account steps as a plan for the journal. A step that needs an object that has yet to be created is left to a later
 * round. Pure.
 *
 * @param input null where no evidence begins or ends
 */
export function toPlan(steps: readonly FlvxStep[], input: PlanInput | null): Plan {
  const from = steps.findIndex((step) => !isStepReady(step));
  const journaled = steps.map((step, index): Step => {
    const plain = toStep(step, input);
    return from >= 0 && index >= from ? { ...plain, later: true } : plain;
  });
  return newPlan({
    steps: journaled,
    drift: steps.flatMap((step, index) => describeDrift(step, journaled[index]) ?? []),
    // Only the next observation shows the id of a created object.
    ...(from >= 0 || steps.some(creates) ? { again: true } : {}),
    ...(steps.some((step) => countsForBrake(step, input)) ? { counts: true } : {}),
  });
}

/** Describes the drift that a step repairs; null for a step that evidence begins or ends with. */
function describeDrift(step: FlvxStep, journaled: Step | undefined): string | null {
  if (journaled === undefined || journaled.ends.length > 0) return null;
  const { begins, late } = journaled.payload as StepPayload;
  return begins.length > 0 || late === true ? null : describeStep(step);
}

function creates(step: FlvxStep): boolean {
  if (step.type === 'assign-tunnel') return step.prior === null;
  return ['create-user', 'create-speed-limit', 'delete-speed-limit', 'remove-tunnel'].includes(step.type);
}

/** Whether quota, speed or expiry falls, or an account is created or removed. */
function countsForBrake(step: FlvxStep, input: PlanInput | null): boolean {
  if (step.type === 'create-user' || step.type === 'delete-user') return true;
  if (step.type === 'update-user') return falls(step.prior.user, step.payload.changes, input);
  if (step.type !== 'assign-tunnel' || step.prior === null) return false;
  const { values, speedName } = step.payload;
  return falls(step.prior, values, input) || speedName !== null || (values.speedId ?? null) !== null;
}

function falls(
  prior: { quota: number; expiresAt: number },
  changes: { quota?: number | undefined; expiresAt?: number | undefined },
  input: PlanInput | null,
): boolean {
  const { quota = prior.quota, expiresAt = prior.expiresAt } = changes;
  return expiresAt < prior.expiresAt || (quota < prior.quota && allowanceFalls(prior.quota, quota, input));
}

/** Whether the customer's allowance falls, and not only the panel's counter. */
function allowanceFalls(before: number, quota: number, input: PlanInput | null): boolean {
  if (input === null) return true;
  const { target, last } = input;
  const moved = uncountedBytes(target) - (last?.uncountedBytes ?? 0);
  return before - quota + moved / BYTES_PER_GB >= 1;
}

/** The notes of a step, and the evidence that ends with it. */
interface Notes extends Pick<StepPayload, 'begins' | 'parks' | 'cycle' | 'cuts' | 'moved' | 'returns' | 'late'> {
  ends: EvidenceRecord[];
}

const nothing: Notes = { begins: [], ends: [], parks: null, cycle: null };

/** Instants of the journal are compared with the panel's, also once a clock was set. */
function toClockAhead(input: PlanInput | null): Pick<StepPayload, 'clockAhead'> {
  const clockAhead = input?.account.clockAhead ?? 0;
  return Math.abs(clockAhead) < 1000 ? {} : { clockAhead };
}

/** Returns a step for the journal, with the evidence that begins or ends with it. */
function toStep(step: FlvxStep, input: PlanInput | null): Step {
  const notes = input === null ? nothing : toNotes(step, input);
  const { begins, ends, parks, cycle, cuts = [], moved = false, returns = false, late = false } = notes;
  const payload: StepPayload = {
    id: step.id,
    payload: step.payload,
    begins,
    parks,
    cycle,
    ...(cuts.length === 0 ? {} : { cuts }),
    ...(moved ? { moved } : {}),
    ...(returns ? { returns } : {}),
    ...(late ? { late } : {}),
    ...toTunnelName(step, input),
    ...toClockAhead(input),
  };
  return {
    id: step.id,
    needs: step.needs,
    type: step.type,
    target: step.target,
    hold: begins.length > 0 && input ? holdFor(input, begins) : (ends[0]?.hold ?? null),
    prior: step.prior,
    payload,
    ends: ends.map((item) => item.id),
    // Several may begin with one step: its outcome contains them.
    begins: null,
    ...(setsPassword(step) ? { needsPassword: true } : {}),
  };
}

/** Returns the tunnel's name, for operators. */
function toTunnelName(step: FlvxStep, input: PlanInput | null): { tunnel?: string } {
  if (input === null || !/tunnel|redeploy/.test(step.type)) return {};
  const name = findTunnelName(input, step.target);
  return name === undefined ? {} : { tunnel: name };
}

function setsPassword(step: FlvxStep): boolean {
  return step.type === 'create-user' || (step.type === 'update-user' && step.payload.setsPassword);
}

/** Returns the oldest hold that needs the evidence. */
function holdFor({ restrictions }: PlanInput, begins: Begins[]): string | null {
  const holds = begins.flatMap(({ kind }) => restrictions.byKind[kind] ?? []);
  return holds[0]?.id ?? null;
}

function toNotes(step: FlvxStep, input: PlanInput): Notes {
  switch (step.type) {
    case 'update-user':
      return toUserNotes(step.payload.changes.status, input);
    case 'assign-tunnel':
      return toPermissionNotes(step, input);
    case 'pause-forward':
      return toPauseNotes(step, input);
    case 'resume-forward':
      return { ...nothing, ends: findEvidence(input.evidence.forward, step.target) };
    case 'redirect-forward':
      return toRedirectNotes(step, input);
    case 'restore-forward':
      return { ...nothing, ends: findEvidence(input.evidence.redirect, step.target) };
    case 'reset-user':
      return { ...nothing, cycle: findCycleId(input.target) };
    default:
      return nothing;
  }
}

function findEvidence(evidence: ReadonlyMap<string, EvidenceRecord>, target: string): EvidenceRecord[] {
  const item = evidence.get(target);
  return item ? [item] : [];
}

function toUserNotes(status: number | undefined, { user, restrictions, evidence }: PlanInput): Notes {
  const target = String(user.id);
  if (status === 0 && restrictions.closeUser && !evidence.user.has(target)) {
    const prior: ClosedPrior = { status: user.status };
    return { ...nothing, begins: [{ kind: EVIDENCE.user, target, prior }] };
  }
  return status === 1 ? { ...nothing, ends: findEvidence(evidence.user, target) } : nothing;
}

function toPermissionNotes(step: FlvxStepOf<'assign-tunnel'>, input: PlanInput): Notes {
  const { restrictions, evidence, user, account, forwards, dropped } = input;
  const { tunnelId, values, speedName } = step.payload;
  const target = permissionKey(user.id, tunnelId);
  const begins: Begins[] = [];
  const ends: EvidenceRecord[] = [];
  const cuts: number[] = [];
  let returns = false;
  if (values.status === 0 && restrictions.closed && !evidence.permission.has(target)) {
    const prior: ClosedPrior = { status: step.prior?.status ?? 1 };
    begins.push({ kind: EVIDENCE.permission, target, prior });
  } else if (values.status === 1) ends.push(...findEvidence(evidence.permission, target));
  const changesSpeed = values.speedId !== undefined || speedName !== null;
  const isSlow = restrictions.throttled && !dropped.includes(tunnelId);
  if (changesSpeed && isSlow && !evidence.speed.has(target)) {
    const limit = account.speedLimits.find((row) => row.id === values.speedId);
    const { prior: row } = step;
    const prior: SpeedPrior = {
      speedId: row?.speedId ?? null,
      name: limit?.name ?? speedName ?? '',
      ...(row !== null && row.speedId !== null && isOurs(input, row) && { isOurs: true }),
    };
    begins.push({ kind: EVIDENCE.speed, target, prior });
    const running = forwards.filter((row) => row.tunnelId === tunnelId && row.status === 1);
    if (!restrictions.closed) cuts.push(...running.map((row) => row.id));
  } else if (changesSpeed && !isSlow && step.prior && isThrottled(input, step.prior)) {
    const throttles = findEvidence(evidence.speed, target);
    ends.push(...throttles);
    returns = throttles.map(parseSpeedPrior).some((prior) => prior.isOurs !== true && prior.speedId === values.speedId);
  }
  return { ...nothing, begins, ends, cuts, returns };
}

function toPauseNotes(step: FlvxStepOf<'pause-forward'>, input: PlanInput): Notes {
  const { restrictions, evidence, history, surplus, dropped } = input;
  if (step.payload.purpose === 'cut') return { ...nothing, parks: 'cut' };
  // An earlier step of the plan may have paused it.
  const row = input.forwards.find(({ id }) => id === step.prior.id) ?? step.prior;
  const onlyAgain =
    isLate(input.last, row) && !history.restarted.includes(row.id) ? { ...nothing, late: true } : nothing;
  const parked = history.parked[row.id] !== undefined;
  const wasRunning = row.status === 1 || history.stopped.includes(row.id) || parked;
  if (restrictions.closed) {
    if (evidence.forward.has(step.target)) return onlyAgain;
    // Sluice starts a parked forward again by its history, whichever reason ends last.
    const prior: ForwardPrior = { name: row.name, wasRunning: wasRunning && !parked };
    return { ...nothing, begins: [{ kind: EVIDENCE.forward, target: step.target, prior }] };
  }
  // Evidence of an ended hold also shows that the forward ran: it passes to the new reason.
  const over = findEvidence(evidence.forward, step.target).filter(ranBefore);
  const isOver = over.length > 0;
  const kept = isOver ? 'stopped' : null;
  const reason = surplus.has(row.id) ? 'surplus' : dropped.includes(row.tunnelId) ? 'dropped' : kept;
  return reason !== null && (wasRunning || isOver) ? { ...onlyAgain, parks: reason, ends: over } : onlyAgain;
}

function toRedirectNotes(step: FlvxStepOf<'redirect-forward'>, input: PlanInput): Notes {
  const { restrictions, evidence } = input;
  if (!restrictions.redirected) return nothing;
  if (evidence.redirect.has(step.target)) return { ...nothing, moved: isRedirected(input, step.prior) };
  const prior: RedirectPrior = { remoteAddr: step.prior.remoteAddr, to: step.payload.remoteAddr };
  return { ...nothing, begins: [{ kind: EVIDENCE.redirect, target: step.target, prior }] };
}

/**
 * Returns evidence without a hold that is already undone, and evidence that moves to another hold. Evidence that others have
 * undone is dropped. Pure.
 */
export function resolveEvidence(input: PlanInput, plan: Plan): Plan {
  const ended = [...plan.endedEvidence];
  const moves = [...plan.moves];
  const ending = new Set(plan.steps.flatMap((step) => step.ends));
  for (const item of input.target.evidence) {
    const holds = input.restrictions.byKind[item.kind];
    if (holds === undefined) continue;
    const [first] = holds;
    if (isGone(input, item)) ended.push({ evidence: item.id, outcome: 'dropped' });
    else if (first === undefined) {
      const outcome = ending.has(item.id) ? null : decideOutcome(input, item);
      if (outcome !== null) ended.push({ evidence: item.id, outcome });
    } else if (!holds.some((hold) => hold.id === item.hold)) moves.push({ evidence: item.id, hold: first.id });
  }
  return { ...plan, endedEvidence: ended, moves };
}

/** Whether the object of the evidence no longer exists. */
function isGone({ forwards, permissions, user }: PlanInput, { kind, target }: EvidenceRecord): boolean {
  if (kind === EVIDENCE.user) return target !== String(user.id);
  if (kind === EVIDENCE.forward || kind === EVIDENCE.redirect)
    return !forwards.some((row) => String(row.id) === target);
  return !permissions.some((row) => permissionKey(user.id, row.tunnelId) === target);
}

/** Returns how evidence ended without a step; null while a step has yet to undo it. */
function decideOutcome(input: PlanInput, item: EvidenceRecord): 'undone' | 'dropped' | null {
  const { user, permissions, forwards } = input;
  const permission = permissions.find((row) => permissionKey(user.id, row.tunnelId) === item.target);
  const forward = forwards.find((row) => String(row.id) === item.target);
  switch (item.kind) {
    case EVIDENCE.user:
      return user.status === 1 ? 'dropped' : null;
    case EVIDENCE.permission:
      return permission?.status === 1 || input.dropped.includes(permission?.tunnelId ?? 0) ? 'dropped' : null;
    case EVIDENCE.forward:
      if (forward?.status === 1) return 'dropped';
      return ranBefore(item) ? null : 'undone';
    case EVIDENCE.redirect:
      return forward !== undefined && isRedirected(input, forward) ? null : 'dropped';
    default:
      return permission && isThrottled(input, permission) ? null : 'dropped';
  }
}
