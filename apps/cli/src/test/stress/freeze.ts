import Sqlite from 'better-sqlite3';
import type { Bench } from '../harness.js';
import type { Running } from './runner.js';
import { IdleWatch, until } from './waiting.js';

/** A command whose process was stopped. */
export interface Frozen {
  running: Running;
  /** Lets it go on. */
  thaw: () => void;
}

/** Others wait for the store meanwhile, and give up after a while. */
const LONGEST_MS = 4000;

/**
 * Starts a command while the store is locked, and stops its process where it waits for the lock: whatever it has read
 * by then is old when it goes on with `thaw`. Nothing is locked any more when this resolves.
 */
export async function freeze(bench: Bench, start: () => Running): Promise<Frozen> {
  const store = new Sqlite(bench.path(bench.storeFile), { timeout: 2000 });
  try {
    store.exec('BEGIN IMMEDIATE');
    const running = start();
    const { record, process } = running;
    const watch = new IdleWatch(process?.pid ?? -1);
    await until(() => record.endedAt !== null || watch.look(2), LONGEST_MS);
    if (record.endedAt === null) process?.signal('SIGSTOP');
    record.remarks.push('stopped before it wrote to the store');
    return {
      running,
      thaw: () => {
        process?.signal('SIGCONT');
      },
    };
  } finally {
    if (store.inTransaction) store.exec('ROLLBACK');
    store.close();
  }
}
