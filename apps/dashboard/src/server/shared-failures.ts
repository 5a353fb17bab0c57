import type { RequestRecord } from '@sluice/state-store';
import type { Context, Limits } from './options.js';

/** In place of the sender of requests with a key: no token has such an id. */
const WHO = 'failed logins';
const MINUTE_MS = 60_000;
/** Rows that are kept: one for each network and minute. */
const MOST_KEPT = 1000;

/**
 * Counts a failure under each of these names over all servers that share the store, in minutes of the store's clock. Returns for how many seconds
 * no more are accepted; null where they are.
 */
export async function countFailure(
  { store, clock, limits: { lockedMs } }: Pick<Context, 'store' | 'clock'> & { limits: Pick<Limits, 'lockedMs'> },
  allowed: Readonly<Record<string, number>>,
): Promise<number | null> {
  const ofProcess = new Date(clock.now()).toISOString();
  return store.write(
    async ({ requests, clock: ofStore }) => {
      const at = await ofStore.now(ofProcess);
      const minute = Math.floor(Date.parse(at) / MINUTE_MS);
      let isAbove = false;
      for (const [name, most] of Object.entries(allowed)) {
        const key = `${minute} ${name}`;
        const found = await requests.get(WHO, key);
        const count = typeof found?.answer === 'number' ? found.answer + 1 : 1;
        const ended = { state: 'done', owner: null, status: null } as const;
        const record: RequestRecord = { who: WHO, key, fingerprint: key, ...ended, answer: count, at };
        if (found !== null) await requests.put(record);
        else if (await requests.add(record)) await requests.trim(WHO, { rows: MOST_KEPT });
        isAbove ||= count > most;
      }
      return isAbove ? Math.ceil(((minute + 1) * MINUTE_MS - Date.parse(at)) / 1000) : null;
    },
    { wait: lockedMs },
  );
}
