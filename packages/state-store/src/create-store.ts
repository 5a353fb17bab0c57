import { readMark, refusedByMark, type StoreMark } from './copy/move-mark.js';
import { createLeases } from './leases.js';
import { prune } from './prune.js';
import type { StateStore, StoreTables } from './store.js';
import type { StoreConnections, Scope } from './store-connections.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import { createTables } from './tables/create-tables.js';

/** What each database does in its own way. */
export interface StoreParts {
  connections: StoreConnections;
  /** The clock of this process, where leases end by the database's. */
  clock?: { now(): number };
  schemaVersion: number;
  mark: StoreMark | null;
  version: () => Promise<string>;
  subscribe: StateStore['subscribe'];
  maintenance: Pick<StateStore['maintenance'], 'past' | 'check' | 'serverBytes' | 'backup'>;
}

/** The state store over an open database. */
export function createStore({
  connections,
  clock,
  schemaVersion,
  mark,
  version,
  subscribe,
  maintenance,
}: StoreParts): StateStore {
  const rest: Omit<StateStore, keyof StoreTables> = {
    location: connections.location,
    schemaVersion,
    mark,
    version: () => currentVersion(connections, version, mark),
    subscribe,
    lockedMs: () => connections.lock.lockedMs(),
    write: (work, options = {}) =>
      connections.transaction((session, scope) => work(tablesWithin(connections, session, scope)), options),
    leases: createLeases(connections, clock),
    maintenance: { prune: (request) => prune(connections, request), ...maintenance },
    close: () => connections.close(),
    [Symbol.asyncDispose]: () => connections.close(),
  };
  return Object.assign(createTables(connections), rest);
}

/** The version of the data; refuses a store that was moved while it was open, since all that is read from it would be old. */
async function currentVersion(
  connections: StoreConnections,
  version: StoreParts['version'],
  opened: StoreMark | null,
): Promise<string> {
  const mark = opened ?? (await connections.read(readMark));
  if (opened === null && mark?.state === 'moved') throw refusedByMark(connections.location, mark);
  return version();
}

/** The tables passed to the work of a `write`. */
function tablesWithin(connections: StoreConnections, session: Session, scope: Scope): StoreTables {
  return createTables({
    read: (work) =>
      connections.guarded(() => {
        refuseEnded(scope);
        return work(session);
      }),
    write: async (work) => {
      refuseEnded(scope);
      try {
        return await connections.guarded(() => work(session));
      } catch (error) {
        scope.failure ??= { error };
        throw error;
      }
    },
  });
}

function refuseEnded(scope: Scope): void {
  if (scope.active) return;
  throw new StoreError(
    'store_closed',
    'The write that these tables belong to has ended. Use the store, or a new write.',
  );
}
