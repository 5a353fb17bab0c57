import type { FlvxForward } from '../records/forward.js';
import type { FlvxPermission } from '../records/permission.js';
import type { FlvxSpeedLimit } from '../records/speed-limit.js';
import type { FlvxTunnel } from '../records/tunnel.js';
import type { FlvxUser } from '../records/user.js';
import type { EpochMs } from '../units/units.js';
import type { FlvxObservation, FlvxScope } from './observation.js';
import { resolveAccount } from './resolve-account.js';

/** The rows that an observation is selected from. */
export interface ObservedTables {
  at: EpochMs;
  /** At least those with the id or the name. */
  users: readonly FlvxUser[];
  /** At least those of the users. */
  permissions: readonly FlvxPermission[];
  forwards: readonly FlvxForward[];
  tunnels: readonly FlvxTunnel[];
  speedLimits: readonly FlvxSpeedLimit[];
  speedUse: Readonly<Record<number, number>>;
  password: boolean | null;
}

/** Selects one account from the tables. */
export function observationOf(scope: FlvxScope, tables: ObservedTables): FlvxObservation {
  const account = resolveAccount(scope, tables);
  const ids = new Set([account.user, ...account.duplicates].flatMap((user) => (user === null ? [] : [user.id])));
  // Rows whose user is gone belong to an account that was removed in part.
  if (scope.userId != null) ids.add(scope.userId);
  return {
    at: tables.at,
    scope,
    ...account,
    permissions: tables.permissions.filter((row) => ids.has(row.userId)),
    forwards: tables.forwards.filter((row) => ids.has(row.userId)),
    // Shared by all observations of a snapshot: copies for each of ten thousand accounts would cost more than the lists.
    tunnels: tables.tunnels,
    speedLimits: tables.speedLimits,
    speedUse: tables.speedUse,
    password: tables.password,
  };
}

/** Returns how many permissions have each speed limit. */
export function speedUseOf(permissions: readonly FlvxPermission[]): Record<number, number> {
  const use: Record<number, number> = {};
  for (const { speedId } of permissions) if (speedId !== null) use[speedId] = (use[speedId] ?? 0) + 1;
  return use;
}
