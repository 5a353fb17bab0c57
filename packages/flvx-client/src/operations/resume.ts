import { NOWHERE, type FlvxEvidence, type FlvxHold } from '../plan/evidence.js';
import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { keyOfLimit, speedTarget } from '../plan/speed-limits.js';
import type { FlvxStep } from '../plan/step.js';
import type { AccountTarget } from '../plan/target.js';
import type { FlvxResumeWanted, FlvxSpeed } from '../plan/wanted.js';
import { accountOf } from './account-of.js';

/**
 * Undoes exactly what the evidence says: opens what was open, restores redirected addresses, starts what ran, and pauses again
 * what has to stay paused because the writes before have started it. What a remaining hold needs is left alone.
 *
 * @throws {FlvxRefusedError} `account_missing`, `unknown_speed_limit`
 */
export function planResume(observed: FlvxObservation, wanted: FlvxResumeWanted): FlvxStep[] {
  accountOf(observed);
  const target: AccountTarget = {
    user: {},
    permissions: new Map(),
    forwards: new Map(),
    common: wanted,
    repauseDefault: 'all',
  };
  resumeInto(target, observed, wanted);
  return planAccount(observed, target);
}

/**
 * Forwards that are redirected although nobody remembers where they pointed: a resume leaves them paused, and their owner has
 * to give them an address again.
 */
export function lostAddresses(observed: FlvxObservation, evidence: FlvxEvidence): number[] {
  return observed.forwards
    .filter((row) => row.remoteAddr === NOWHERE)
    .filter((row) => evidence.forwards.find((entry) => entry.id === row.id)?.remoteAddr == null)
    .map((row) => row.id);
}

interface Resuming {
  evidence: FlvxEvidence;
  remaining?: FlvxHold | null;
  resumeForwards?: number[];
  speed?: FlvxSpeed;
}

/** Lays a resume over a target. */
export function resumeInto(target: AccountTarget, observed: FlvxObservation, wanted: Resuming): void {
  const { evidence } = wanted;
  const remaining = wanted.remaining ?? null;
  const closed = remaining !== null && remaining.mode !== 'throttle';
  if (evidence.user !== null && remaining?.closeUser !== true && evidence.user.priorStatus === 1) {
    target.user = { ...target.user, status: 1 };
  }
  if (!closed) {
    for (const { tunnelId, priorStatus } of evidence.permissions) {
      if (priorStatus !== 1) continue;
      const permission = target.permissions.get(tunnelId);
      target.permissions.set(tunnelId, { ...permission, values: { ...permission?.values, status: 1 } });
    }
  }
  forwardsInto(target, observed, wanted, remaining, closed);
  if (evidence.speed !== null && remaining?.mode !== 'throttle') speedInto(target, observed, wanted, evidence.speed);
}

function forwardsInto(
  target: AccountTarget,
  observed: FlvxObservation,
  wanted: Resuming,
  remaining: FlvxHold | null,
  closed: boolean,
): void {
  const starts = new Set(closed ? [] : (wanted.resumeForwards ?? []));
  for (const row of observed.forwards.filter((one) => one.userId === observed.user?.id)) {
    const entry = wanted.evidence.forwards.find((one) => one.id === row.id);
    const redirected = row.remoteAddr === NOWHERE;
    const back = redirected && remaining?.mode !== 'redirect' ? (entry?.remoteAddr ?? null) : null;
    const lost = redirected && back === null && entry !== undefined;
    const run = !closed && !lost && (entry?.wasRunning === true || starts.has(row.id));
    target.forwards.set(row.id, {
      ...target.forwards.get(row.id),
      ...(back === null ? {} : { remoteAddr: back }),
      ...(run ? { run: true } : {}),
    });
  }
}

function speedInto(
  target: AccountTarget,
  observed: FlvxObservation,
  wanted: Resuming,
  throttle: NonNullable<FlvxEvidence['speed']>,
): void {
  const ours = new Set(
    observed.speedLimits.filter((limit) => limit.name === throttle.ourName).map((limit) => limit.id),
  );
  if (throttle.ourSpeedId !== null) ours.add(throttle.ourSpeedId);
  // A limit that somebody has set since then is theirs to keep.
  const throttled = observed.permissions.filter(
    (row) => row.userId === observed.user?.id && row.speedId !== null && ours.has(row.speedId),
  );
  const given =
    wanted.speed === undefined
      ? null
      : speedTarget(
          observed,
          wanted.speed,
          throttled.map((row) => row.tunnelId),
        );
  for (const { tunnelId } of throttled) {
    const before = throttle.prior.find((row) => row.tunnelId === tunnelId)?.priorSpeedId ?? null;
    // An id without a limit would show one and be none.
    const there = before !== null && observed.speedLimits.some((limit) => limit.id === before) ? before : null;
    const permission = target.permissions.get(tunnelId);
    const speedId = given === null ? there : given.speedId;
    target.permissions.set(tunnelId, {
      ...permission,
      values: { ...permission?.values, ...(speedId === undefined ? {} : { speedId }) },
      ownSpeed: given?.limit != null,
    });
  }
  const key = given?.key ?? keyOfLimit(throttle.ourName);
  target.limit = given?.limit ?? null;
  if (key !== null) target.limits = { key, keep: [] };
}
