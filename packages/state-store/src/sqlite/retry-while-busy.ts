import { setTimeout as delay } from 'node:timers/promises';

const LONGEST_PAUSE_MS = 25;

/** Whether the error means that another connection holds the lock. */
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
 * SQLite's own wait blocks the whole process, including a second store of the same process that may hold the lock.
 * So it is short, and the rest of the wait is asynchronous.
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
