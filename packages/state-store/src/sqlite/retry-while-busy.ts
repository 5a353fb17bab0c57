import { setTimeout as delay } from 'node:timers/promises';

const LONGEST_PAUSE_MS = 25;

/** Whether SQLite says that another connection holds the lock. */
function isBusy(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    typeof error.code === 'string' &&
    (error.code.startsWith('SQLITE_BUSY') || error.code.startsWith('SQLITE_LOCKED'))
  );
}

/**
 * Tries again while another connection holds the lock, for at most `waitMs`.
 *
 * SQLite's own waiting blocks the whole process, and with it the holder of the lock when that is a second store of
 * the same process; so it is kept short, and the rest of the wait leaves the event loop free.
 */
export async function retryWhileBusy<T>(waitMs: number, attempt: () => T): Promise<T> {
  const deadline = performance.now() + waitMs;
  for (let pause = 1; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await delay(pause);
  }
}
