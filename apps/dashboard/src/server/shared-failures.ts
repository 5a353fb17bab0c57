import type { RequestRecord } from '@sluice/state-store';
import type { Context } from './options.js';

/** In place of the sender of requests with a key: no token has such an id. */
const WHO = 'failed logins';
const MINUTE_MS = 60_000;
/** Rows that are kept: one for each network and minute. */
const MOST_KEPT = 1000;

/**
 * Counts a failure under each of these names over all servers that share the store, in minutes of the clock. Returns for how many seconds
 * no more are accepted; null where they are.
 */
export async function countFailure(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  limits: Readonly<Record<string, number>>,
): Promise<number | null> {
  const now = clock.now();
  const minute = Math.floor(now / MINUTE_MS);
  const isAbove = await store.write(async ({ requests }) => {
    let above = false;
    for (const [name, most] of Object.entries(limits)) {
      const key = `${minute} ${name}`;
      const found = await requests.get(WHO, key);
      const count = typeof found?.answer === 'number' ? found.answer + 1 : 1;
      const record: RequestRecord = {
        ...{ who: WHO, key, fingerprint: key, state: 'done', owner: null, status: null, answer: count },
        at: new Date(now).toISOString(),
      };
      if (found !== null) await requests.put(record);
      else if (await requests.add(record)) await requests.trim(WHO, { rows: MOST_KEPT });
      above ||= count > most;
    }
    return above;
  });
  return isAbove ? Math.ceil(((minute + 1) * MINUTE_MS - now) / 1000) : null;
}
