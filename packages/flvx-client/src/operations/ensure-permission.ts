import type { FlvxObservation } from '../plan/observation.js';
import { planAccount } from '../plan/plan-account.js';
import { quotaValuesOf } from '../plan/quota-values.js';
import { speedTarget } from '../plan/speed-limits.js';
import type { FlvxStep } from '../plan/step.js';
import type { PermissionTarget } from '../plan/target.js';
import type { FlvxEnsurePermissionWanted } from '../plan/wanted.js';
import { requireTunnels } from './account-of.js';

/**
 * The permissions for these tunnels with the wanted values and speed. Without a user yet, the plan shows what will be assigned.
 *
 * @throws {FlvxRefusedError} `unknown_tunnel`, `unknown_speed_limit`
 */
export function planEnsurePermission(observed: FlvxObservation, wanted: FlvxEnsurePermissionWanted): FlvxStep[] {
  requireTunnels(observed, wanted.tunnels);
  const speed = speedTarget(observed, wanted.speed, wanted.tunnels);
  const key = speed.key ?? wanted.speedKey ?? null;
  const target: PermissionTarget = {
    values: { ...quotaValuesOf(wanted), ...(speed.speedId === undefined ? {} : { speedId: speed.speedId }) },
    ownSpeed: speed.limit !== null,
    whenNew: { status: wanted.status ?? 1 },
  };
  return planAccount(observed, {
    permissions: new Map(wanted.tunnels.map((tunnelId) => [tunnelId, target])),
    forwards: new Map(),
    limit: speed.limit,
    limits: key === null ? null : { key, keep: [] },
    common: wanted,
    repauseDefault: 'all',
  });
}
