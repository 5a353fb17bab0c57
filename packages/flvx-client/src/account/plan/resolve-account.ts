import type { FlvxForward } from '../../client/records/forward.js';
import type { FlvxPermission } from '../../client/records/permission.js';
import type { FlvxUser } from '../../client/records/user.js';
import type { FlvxMemory, FlvxObservation, FlvxScope } from './observation.js';

/** The rows among which an account is looked for. */
export interface AccountRows {
  users: readonly FlvxUser[];
  permissions: readonly FlvxPermission[];
  forwards: readonly FlvxForward[];
}

/**
 * Which of the rows is the account that is meant, and which only bear its name. A name alone proves nothing: it is ours when
 * it was made unguessable and stored before the account, or when the operator says so of the only one that bears it.
 */
export function resolveAccount(
  scope: FlvxScope,
  memory: FlvxMemory,
  { users, permissions, forwards }: AccountRows,
): Pick<FlvxObservation, 'user' | 'duplicates' | 'strangers'> {
  const id = memory.createdUserId ?? scope.userId ?? null;
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
