import { beforeEach, describe, expect, it } from '@jest/globals';
import { json } from './test/test-server.js';
import { useServer } from './test/use-server.js';

describe('many calls', () => {
  const at = useServer();
  /** The panel refuses what goes beyond this many at once. */
  let bearable: number;
  let atOnce: number;
  let most: number;

  beforeEach(() => {
    bearable = Number.POSITIVE_INFINITY;
    atOnce = 0;
    most = 0;
    at.answer = (_seen, response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      const tooMany = atOnce > bearable;
      setImmediate(() => {
        atOnce -= 1;
        json(response, {}, tooMany ? 503 : 200);
      });
    };
  });

  const get = (): Promise<unknown> => at.http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' });

  it('wait for their turn, however many they are', async () => {
    at.connect({ concurrency: 16 });
    const calls = Array.from({ length: 2_000 }, get);
    expect({ ...at.http.stats }).toMatchObject({ calls: 2_000, inFlight: 16, waiting: 1_984 });
    await Promise.all(calls);
    expect(at.server.seen).toHaveLength(2_000);
    expect(at.server.connections()).toBeLessThanOrEqual(20);
    expect(most).toBeLessThanOrEqual(16);
  });

  it('become fewer at once when the panel is overloaded, and more again afterwards', async () => {
    at.connect({ concurrency: 32, adaptive: true, breaker: false, retry: { attempts: 10 } });
    bearable = 4;
    await Promise.allSettled(Array.from({ length: 300 }, get));
    expect(at.http.stats.concurrency).toBeLessThan(16);
    expect(at.http.stats.concurrency).toBeGreaterThanOrEqual(1);

    // How fast it grows again depends on latencies that are measured; that it does is what counts here.
    const fewest = at.http.stats.concurrency;
    bearable = Number.POSITIVE_INFINITY;
    while (at.http.stats.concurrency <= fewest) await Promise.all(Array.from({ length: 100 }, get));
    expect(at.http.stats.concurrency).toBeGreaterThan(fewest);
  });

  it('stay as many at once as configured when nothing is adaptive', async () => {
    at.connect({ concurrency: 8, breaker: false, retry: { attempts: 1 } });
    bearable = 1;
    await Promise.allSettled(Array.from({ length: 100 }, get));
    expect(at.http.stats.concurrency).toBe(8);
  });
});
