import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DashboardBench, GB, startBench } from '../../test/dashboard-bench.js';
import { extractMain } from '../../test/share-link.js';

let at: DashboardBench;
beforeAll(async () => {
  at = await startBench({ config: { poll: { interval: '1h', doubt: { jump: '50%' } } } });
  at.panel.behaviour.speedWhenDown = null;
  await at.addService(1, undefined, 40);
  await at.sluice.poll();
  at.panel.addTraffic(501, { in: 70 * GB, out: 0 });
  // More than the line carries since the last reading.
  at.clock.advance(60_000);
  await at.sluice.poll();
});
afterAll(() => at.close());

it('has its time in the zone of the page', async () => {
  expect((await at.sluice.services.show('svc-1')).error?.code).toBe('impossible_jump');
  const page = extractMain(await (await at.fetch('/services/svc-1', { cookie: await at.login() })).text());
  const sentences = (/<ul class="sentences">[\s\S]*?<\/ul>/.exec(page)?.[0] ?? '').replace(/<[^>]*>/g, '');
  expect(sentences).toContain('The last reading is doubted');
  expect(sentences).toContain('compare it with the panel. The figures were read');
  expect(sentences).not.toMatch(/\dT\d\d:/);
});
