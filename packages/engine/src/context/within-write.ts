import type { StateStore, StoreTables } from '@sluice/state-store';
import { Context } from './context.js';

/**
 * Runs what reads the store of its context on the tables of an open transaction: it sees what that has stored, and can store nothing but
 * through the tables.
 */
export async function withinWrite<T>(
  context: Context,
  tables: StoreTables,
  work: (within: Context) => Promise<T>,
): Promise<T> {
  const { deps, config, ports, renames, store } = context;
  const { location, schemaVersion, mark, leases, maintenance } = store;
  // Tables that are watched have those of the transaction behind them.
  const own: StateStore = Object.assign(Object.create(tables) as StoreTables, {
    ...{ location, schemaVersion, mark, leases, maintenance },
    version: () => store.version(),
    subscribe: (listener: () => void) => store.subscribe(listener),
    lockedMs: () => store.lockedMs(),
    write: () => Promise.reject(new Error('a transaction is open')),
    close: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const within = new Context({ deps, config, store: own, ports, renames });
  within.runId = context.runId;
  try {
    return await work(within);
  } finally {
    await within.end();
  }
}
