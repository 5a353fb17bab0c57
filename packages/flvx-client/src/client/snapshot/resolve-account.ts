import type { FlvxForward } from '../records/forward.js';
import type { FlvxPermission } from '../records/permission.js';
import type { FlvxUser } from '../records/user.js';
import type { FlvxObservation, FlvxScope } from './observation.js';

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
