import type { FlvxObservation, FlvxScope } from '../observation.js';
import type { FlvxPermission, FlvxUser } from '../records.js';

/** The rows that an observation is selected from: at least those of the accounts with the id or the name. */
export interface ObservedTables extends Omit<FlvxObservation, 'scope' | 'user' | 'duplicates' | 'strangers'> {
  users: readonly FlvxUser[];
}

/** Selects one account from the tables. */
export function toObservation(scope: FlvxScope, tables: ObservedTables): FlvxObservation {
  const account = selectAccount(scope, tables.users, tables);
  const ids = new Set([account.user, ...account.duplicates].flatMap((user) => (user === null ? [] : [user.id])));
  // Rows whose user is gone belong to an account that was removed in part.
  if (scope.userId != null) ids.add(scope.userId);
  return {
    // All observations of a snapshot share its lists: copies for ten thousand accounts would cost more than the lists.
    at: tables.at,
    tunnels: tables.tunnels,
    speedLimits: tables.speedLimits,
    speedUse: tables.speedUse,
    password: tables.password,
    scope,
    user: account.user,
    duplicates: account.duplicates,
    strangers: account.strangers,
    permissions: tables.permissions.filter((row) => ids.has(row.userId)),
    forwards: tables.forwards.filter((row) => ids.has(row.userId)),
  };
}

/** Returns how many permissions have each speed limit. */
export function countSpeedUse(permissions: readonly FlvxPermission[]): Record<number, number> {
  const use: Record<number, number> = {};
  for (const { speedId } of permissions) if (speedId !== null) use[speedId] = (use[speedId] ?? 0) + 1;
  return use;
}

/**
 * Finds the account that is meant, and those that only have its name. A name alone proves nothing: the account belongs to the
 * service when the name is unguessable and was stored before the account was created, or when the operator adopts the only
 * account of that name.
 */
function selectAccount(
  scope: FlvxScope,
  users: readonly FlvxUser[],
  { permissions, forwards }: Pick<ObservedTables, 'permissions' | 'forwards'>,
): Pick<FlvxObservation, 'user' | 'duplicates' | 'strangers'> {
  const id = scope.userId ?? null;
  const named = users.filter((user) => user.name === scope.name).sort((a, b) => a.id - b.id);
  const ours = scope.nameIsOurs === true;
  if (id !== null) {
    const user = users.find((row) => row.id === id) ?? null;
    const others = named.filter((row) => row.id !== id);
    return { user, duplicates: ours ? others : [], strangers: ours ? [] : others };
  }
  if (ours) {
    const has = (rows: readonly { userId: number }[]) => (user: FlvxUser) => rows.some((row) => row.userId === user.id);
    const user = named.find(has(forwards)) ?? named.find(has(permissions)) ?? named[0] ?? null;
    return { user, duplicates: named.filter((row) => row !== user), strangers: [] };
  }
  if (scope.adopt === true && named.length === 1) return { user: named[0] ?? null, duplicates: [], strangers: [] };
  return { user: null, duplicates: [], strangers: named };
}
