import { createPanelError } from '@sluice/panel-http';
import type { FlvxObservation, FlvxScope, FlvxUnreadableRow } from '../observation.js';
import type { FlvxForward, FlvxPermission, FlvxSpeedLimit, FlvxTunnel, FlvxUser } from '../records.js';
import type { EpochMs } from '../units.js';

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
export function toObservation(scope: FlvxScope, tables: ObservedTables): FlvxObservation {
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
export function countSpeedUse(permissions: readonly FlvxPermission[]): Record<number, number> {
  const use: Record<number, number> = {};
  for (const { speedId } of permissions) if (speedId !== null) use[speedId] = (use[speedId] ?? 0) + 1;
  return use;
}

/** The rows among which an account is searched. */
export interface AccountRows {
  users: readonly FlvxUser[];
  permissions: readonly FlvxPermission[];
  forwards: readonly FlvxForward[];
}

/**
 * Finds the account that is meant, and those that only have its name. A name alone proves nothing: the account belongs to the
 * service when the name is unguessable and was stored before the account was made, or when the operator adopts the only
 * account of that name.
 */
export function resolveAccount(
  scope: FlvxScope,
  { users, permissions, forwards }: AccountRows,
): Pick<FlvxObservation, 'user' | 'duplicates' | 'strangers'> {
  const id = scope.userId ?? null;
  const named = users.filter((user) => user.name === scope.name).sort((a, b) => a.id - b.id);
  const byId = id === null ? undefined : users.find((user) => user.id === id);
  const ours = scope.nameIsOurs === true;
  if (id !== null) {
    const others = named.filter((user) => user.id !== id);
    return { user: byId ?? null, duplicates: ours ? others : [], strangers: ours ? [] : others };
  }
  if (ours) {
    const has = (rows: readonly { userId: number }[]) => (user: FlvxUser) => rows.some((row) => row.userId === user.id);
    const user = named.find(has(forwards)) ?? named.find(has(permissions)) ?? named[0] ?? null;
    return { user, duplicates: named.filter((row) => row !== user), strangers: [] };
  }
  if (scope.adopt === true && named.length === 1) return { user: named[0] ?? null, duplicates: [], strangers: [] };
  return { user: null, duplicates: [], strangers: named };
}

/** Refuses rows that could not be parsed: nothing may be planned on them. @throws {PanelUnreadableError} if there are any. */
export function refuseUnreadable(panel: string, rows: readonly FlvxUnreadableRow[]): void {
  const row = rows[0];
  if (row === undefined) return;
  const what = `${row.list} row ${row.id} of user ${row.userId}: ${row.message}`;
  throw createPanelError(
    'PANEL_UNREADABLE',
    `Panel "${panel}" showed something of this account that cannot be understood (${what}). Nothing was concluded from it.`,
    { panel, endpoint: `POST /api/v1/${endpoints[row.list]}`, status: 200 },
  );
}

const endpoints = { users: 'user/list', permissions: 'backup/export', forwards: 'forward/list' };
