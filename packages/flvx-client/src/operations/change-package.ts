import type { FlvxEvidence } from '../plan/evidence.js';
import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { speedTarget } from '../plan/speed-limits.js';
import type { FlvxStep } from '../plan/step.js';
import type { ForwardTarget, PermissionTarget } from '../plan/target.js';
import type { FlvxChangePackageWanted } from '../plan/wanted.js';
import { accountOf, requireTunnels } from './account-of.js';

/**
 * Another package: quota, number, reset day, speed and tunnels. Status and expiry stay as they are unless the order says so.
 * While a throttle holds, the speed is left alone; the resume gives the new one (`FlvxResumeWanted.speed`).
 *
 * @throws {FlvxRefusedError} `account_missing`, `unknown_tunnel`, `unknown_speed_limit`
 */
export function planChangePackage(observed: FlvxObservation, wanted: FlvxChangePackageWanted): FlvxStep[] {
  const user = accountOf(observed);
  requireTunnels(observed, wanted.tunnels);
  const hold = wanted.hold ?? null;
  const closed = hold !== null && hold.mode !== 'throttle';
  const throttled = hold?.mode === 'throttle';
  const speed = throttled ? null : speedTarget(observed, wanted.speed, wanted.tunnels);
  const key = speed?.key ?? wanted.speedKey ?? null;
  const values = {
    quota: wanted.quota,
    maxForwards: wanted.maxForwards,
    resetDay: wanted.resetDay,
    ...(wanted.expiresAt === undefined ? {} : { expiresAt: wanted.expiresAt }),
  };
  const kept: PermissionTarget = {
    values: { ...values, ...(speed?.speedId === undefined ? {} : { speedId: speed.speedId }) },
    ownSpeed: speed?.limit != null,
    whenNew: { status: closed ? 0 : 1, expiresAt: wanted.expiresAt ?? user.expiresAt },
  };
  const permissions = new Map(wanted.tunnels.map((id): [number, PermissionTarget] => [id, kept]));
  const forwards = new Map<number, ForwardTarget>();
  for (const tunnelId of wanted.previousTunnels.filter((id) => !wanted.tunnels.includes(id))) {
    const left = observed.forwards.filter((row) => row.userId === user.id && row.tunnelId === tunnelId);
    const drop = left.length === 0 || wanted.droppedForwards === 'delete';
    permissions.set(tunnelId, drop ? { values: {}, remove: true } : { values: { status: 0 } });
    for (const row of left) forwards.set(row.id, drop ? { remove: true } : { run: false });
  }
  return planAccount(observed, {
    user: values,
    permissions,
    forwards,
    limit: speed?.limit ?? null,
    limits: key === null ? null : { key, keep: [] },
    common: wanted,
    repauseDefault: 'all',
  });
}

/**
 * The evidence of a hold after a change of package while it lasts: new tunnels count as open before, those taken away as
 * closed, so that a resume gives the new package and not the old one.
 */
export function evidenceAfterPackage(
  evidence: FlvxEvidence,
  observed: FlvxObservation,
  wanted: Pick<FlvxChangePackageWanted, 'tunnels' | 'previousTunnels'>,
): FlvxEvidence {
  const dropped = wanted.previousTunnels.filter((id) => !wanted.tunnels.includes(id));
  const onDropped = new Set(observed.forwards.filter((row) => dropped.includes(row.tunnelId)).map((row) => row.id));
  const known = evidence.permissions.map((row) => (dropped.includes(row.tunnelId) ? { ...row, priorStatus: 0 } : row));
  const added = wanted.tunnels
    .filter((id) => !wanted.previousTunnels.includes(id) && !known.some((row) => row.tunnelId === id))
    .map((tunnelId) => ({ id: null, tunnelId, priorStatus: 1 }));
  return {
    ...evidence,
    permissions: [...known, ...added],
    forwards: evidence.forwards.map((row) => (onDropped.has(row.id) ? { ...row, wasRunning: false } : row)),
  };
}
