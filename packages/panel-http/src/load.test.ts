import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPanelHttp } from './create-panel-http.js';
import { json, startServer, type TestServer } from './test/test-server.js';
import { createTestClock } from './test/test-clock.js';
import type { PanelHttp } from './types.js';

describe('many calls', () => {
  let server: TestServer;
  let http: PanelHttp;
  /** The panel refuses what goes beyond this many at once. */
  let bearable: number;
  let atOnce: number;
  let most: number;

  beforeEach(async () => {
    bearable = Number.POSITIVE_INFINITY;
    atOnce = 0;
    most = 0;
    server = await startServer((_seen, response) => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      const tooMany = atOnce > bearable;
      setImmediate(() => {
        atOnce -= 1;
        json(response, {}, tooMany ? 503 : 200);
      });
    });
  });

  afterEach(async () => {
    http.close();
    await server.close();
  });

  const get = (): Promise<unknown> => http.request({ method: 'GET', path: '/x', endpoint: 'GET /x' });

  it('wait for their turn, however many they are', async () => {
    http = createPanelHttp({ panel: 'p', baseUrl: server.url, concurrency: 16 });
    const calls = Array.from({ length: 2_000 }, get);
    expect({ ...http.stats }).toMatchObject({ calls: 2_000, inFlight: 16, waiting: 1_984 });
    await Promise.all(calls);
    expect(server.seen).toHaveLength(2_000);
    expect(server.connections()).toBeLessThanOrEqual(20);
    expect(most).toBeLessThanOrEqual(16);
  }, 60_000);

  it('become fewer at once when the panel is overloaded, and more again afterwards', async () => {
    http = createPanelHttp({
      panel: 'p',
      baseUrl: server.url,
      concurrency: 32,
      adaptive: true,
      breaker: false,
      retry: { attempts: 10 },
      clock: createTestClock(),
    });
    bearable = 4;
    await Promise.allSettled(Array.from({ length: 300 }, get));
    expect(http.stats.concurrency).toBeLessThan(16);
    expect(http.stats.concurrency).toBeGreaterThanOrEqual(1);

    // How fast it grows again depends on latencies that are measured; that it does is what counts here.
    const fewest = http.stats.concurrency;
    bearable = Number.POSITIVE_INFINITY;
    while (http.stats.concurrency <= fewest) await Promise.all(Array.from({ length: 100 }, get));
    expect(http.stats.concurrency).toBeGreaterThan(fewest);
  }, 60_000);

  it('stay as many at once as configured when nothing is adaptive', async () => {
    http = createPanelHttp({ panel: 'p', baseUrl: server.url, concurrency: 8, breaker: false, retry: { attempts: 1 } });
    bearable = 1;
    await Promise.allSettled(Array.from({ length: 100 }, get));
    expect(http.stats.concurrency).toBe(8);
  });
});
