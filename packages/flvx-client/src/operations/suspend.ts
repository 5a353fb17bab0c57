import { FlvxRefusedError } from '../flvx-refused-error.js';
import { NOWHERE, type FlvxEvidence } from '../plan/evidence.js';
import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { findLimit, ownLimit } from '../plan/speed-limits.js';
import type { FlvxStep } from '../plan/step.js';
import type { AccountTarget, ForwardTarget, LimitTarget, PermissionTarget } from '../plan/target.js';
import type { FlvxSuspendWanted } from '../plan/wanted.js';
import { accountOf } from './account-of.js';

/**
 * What will have to be undone, as it was before the first step: recorded once, only added to later. Forwards count as running
 * when the panel shows them so, or when they ran at the last reading (`ranBefore`). Store it before anything is done.
 */
export function suspendEvidence(observed: FlvxObservation, wanted: FlvxSuspendWanted): FlvxEvidence {
  const user = accountOf(observed);
  const known = wanted.evidence;
  const evidence: FlvxEvidence = {
    user: known?.user ?? (wanted.hold.closeUser ? { priorStatus: user.status } : null),
    permissions: [...(known?.permissions ?? [])],
    forwards: [...(known?.forwards ?? [])],
    speed: known?.speed ?? null,
  };
  if (wanted.hold.mode === 'throttle') return { ...evidence, speed: speedEvidence(observed, wanted) };
  const own = observed.permissions.filter((row) => row.userId === user.id);
  for (const { id, tunnelId, status } of own) {
    if (!evidence.permissions.some((row) => row.tunnelId === tunnelId)) {
      evidence.permissions.push({ id, tunnelId, priorStatus: status });
    }
  }
  for (const forward of observed.forwards.filter((row) => row.userId === user.id)) {
    const remoteAddr = forward.remoteAddr === NOWHERE ? null : forward.remoteAddr;
    const at = evidence.forwards.findIndex((row) => row.id === forward.id);
    const before = evidence.forwards[at];
    if (before === undefined) {
      const wasRunning = forward.status === 1 || (wanted.ranBefore ?? []).includes(forward.id);
      evidence.forwards.push({ id: forward.id, wasRunning, remoteAddr });
    } else {
      evidence.forwards[at] = { ...before, remoteAddr: before.remoteAddr ?? remoteAddr };
    }
  }
  return evidence;
}

function speedEvidence(observed: FlvxObservation, wanted: FlvxSuspendWanted): FlvxEvidence['speed'] {
  const known = wanted.evidence?.speed ?? null;
  const limit = throttleLimit(observed, wanted);
  if (limit === null) return known;
  const ours = findLimit(observed.speedLimits, limit)?.id ?? null;
  const prior = [...(known?.prior ?? [])];
  for (const { tunnelId, speedId, userId } of observed.permissions) {
    if (userId !== observed.user?.id || prior.some((row) => row.tunnelId === tunnelId)) continue;
    prior.push({ tunnelId, priorSpeedId: speedId === ours ? null : speedId });
  }
  return { ourName: limit.name, ourSpeedId: ours, prior };
}

function throttleLimit(observed: FlvxObservation, wanted: FlvxSuspendWanted): LimitTarget | null {
  if (wanted.throttle === undefined) {
    throw new FlvxRefusedError('limit_key_missing', 'A throttle needs a key and a speed. Give both.');
  }
  const tunnels = observed.permissions.filter((row) => row.userId === observed.user?.id).map((row) => row.tunnelId);
  return ownLimit(wanted.throttle, tunnels);
}

/**
 * The suspension: status first, pauses last, of all forwards, also of those that the panel shows as paused. What was so before
 * is in `suspendEvidence`; redirecting needs no evidence of the plan itself, but its loss is the loss of the addresses.
 *
 * @throws {FlvxRefusedError} `account_missing`, `limit_key_missing`
 */
export function planSuspend(observed: FlvxObservation, wanted: FlvxSuspendWanted): FlvxStep[] {
  const user = accountOf(observed);
  const { hold } = wanted;
  const target: AccountTarget = {
    user: hold.closeUser ? { status: 0 } : {},
    permissions: new Map(),
    forwards: new Map(),
    common: wanted,
    repauseDefault: 'all',
  };
  const permissions = observed.permissions.filter((row) => row.userId === user.id);
  if (hold.mode === 'throttle') return planAccount(observed, throttled(observed, wanted, target));
  for (const row of permissions) target.permissions.set(row.tunnelId, { values: { status: 0 } });
  const forward: ForwardTarget = hold.mode === 'redirect' ? { run: false, remoteAddr: NOWHERE } : { run: false };
  for (const row of observed.forwards.filter((one) => one.userId === user.id)) target.forwards.set(row.id, forward);
  return planAccount(observed, target);
}

function throttled(observed: FlvxObservation, wanted: FlvxSuspendWanted, base: AccountTarget): AccountTarget {
  const user = accountOf(observed);
  const quota = wanted.quota === undefined ? {} : { quota: wanted.quota };
  const permission: PermissionTarget = { values: quota, ownSpeed: true };
  const limit = throttleLimit(observed, wanted);
  const prior = wanted.evidence?.speed?.prior ?? [];
  const keep = [...prior, ...(speedEvidence(observed, wanted)?.prior ?? [])].flatMap(
    ({ priorSpeedId }) => priorSpeedId ?? [],
  );
  const key = wanted.throttle?.key ?? '';
  return {
    ...base,
    user: { ...base.user, ...quota },
    permissions: new Map(
      observed.permissions.filter((row) => row.userId === user.id).map((row) => [row.tunnelId, permission]),
    ),
    forwards: new Map((wanted.resumeForwards ?? []).map((id) => [id, { run: true }])),
    limit,
    limits: { key, keep },
  };
}
