import type { StateStore, StoreTables } from '@sluice/state-store';

/** What a transaction has found; thrown to undo it. */
class Foreseen<T> extends Error {
  constructor(readonly found: T) {
    super('nothing is stored');
  }
}

/** Returns what a transaction would find, and stores nothing of it: a dry run so does what its run does. */
export async function foresee<T>(
  store: Pick<StateStore, 'write'>,
  work: (tables: StoreTables) => Promise<T>,
): Promise<T> {
  try {
    return await store.write<never>(async (tables) => {
      throw new Foreseen(await work(tables));
    });
  } catch (error) {
    if (error instanceof Foreseen) return error.found as T;
    throw error;
  }
}
