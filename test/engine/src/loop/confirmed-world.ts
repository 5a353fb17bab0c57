import { expect } from '@jest/globals';
import { type EasyDcimBench, startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { DAY, GB, MINUTE } from '../bench/engine-bench.js';

/** The cycle of the services of an opened bench. */
export const CYCLE = { start: '2026-11-15T00:00:00.000Z', end: '2026-12-15T00:00:00.000Z' };

/** Opens a bench with svc-1, which is held, and svc-2, which is not, a quarter of an hour after their poll. */
export async function openConfirmed(...parts: Parameters<typeof startEasyDcimBench>): Promise<EasyDcimBench> {
  const at = await startEasyDcimBench(...parts);
  await at.addService(1);
  await at.addService(2);
  at.panel.addTraffic(501, { in: 200 * GB, out: 0 });
  at.panel.addTraffic(502, { in: 50 * GB, out: 0 });
  at.bench.clock.advance(DAY);
  expect((await at.poll()).run.outcome).toBe('done');
  at.bench.clock.advance(15 * MINUTE);
  return at;
}

export const nowText = ({ bench }: EasyDcimBench): string => new Date(bench.clock.now()).toISOString();
export const isDown = ({ panel }: EasyDcimBench, number: number): boolean =>
  panel.port(toIds(number).port(1)).adminState === 'down';

/** The next run by the right clock meters the cycle that runs, and holds as before. */
export async function expectRightNextRun(at: EasyDcimBench): Promise<void> {
  at.panel.server.clearCalls();
  const next = await at.poll();
  const { services } = next;
  expect(next.run.outcome).toBe('done');
  expect(services.map(({ status, cycle }) => [status, cycle])).toEqual([
    ['held', CYCLE],
    ['ok', CYCLE],
  ]);
  expect([isDown(at, 1), isDown(at, 2)]).toEqual([true, false]);
  expect(await at.bench.store.cycles.ofService('svc-1')).toHaveLength(1);
  const asked = at.panel.server.calls.filter((call) => call.path.endsWith('/bandwidth'));
  expect(asked.map(({ body }) => body).join()).toContain('2026-11-15');
  expect(await at.bench.store.clock.confirmed()).toBe(nowText(at));
}
