import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 3000;
const PAUSE_MS = 20;

/**
 * Asks again until the answer fits, which it returns: for what other processes do.
 *
 * @throws Error with the last answer where none has fit for a minute
 */
export async function until<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  for (let tries = 0; tries < TRIES; tries++) {
    const answer = await ask();
    if (fits(answer)) return answer;
    await sleep(PAUSE_MS);
  }
  throw new Error(`not within a minute: ${JSON.stringify(await ask())}`);
}
