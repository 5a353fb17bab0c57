import { SluiceError } from '@sluice/panel-kind';
import type { Context } from '../server/options.js';

/**
 * Returns what a request reads, or refuses it once a write of it, or of others before it, has waited for another process for so long. What
 * it does goes on, and changes nothing that anybody asked for.
 *
 * @throws SluiceError `store_busy`
 */
export async function unlessLocked<T>(
  { store, limits }: Pick<Context, 'store' | 'limits'>,
  work: () => Promise<T>,
): Promise<T> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const refused = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      if (store.lockedMs() < limits.lockedMs) return;
      reject(
        new SluiceError('store_busy', 'The store is locked by another process: try again in a moment', {
          kind: 'store',
        }),
      );
    }, limits.lockedMs / 4);
  });
  try {
    return await Promise.race([work(), refused]);
  } finally {
    clearInterval(timer);
  }
}
