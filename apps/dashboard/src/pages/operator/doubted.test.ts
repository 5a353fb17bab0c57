import { beforeAll, expect, it } from '@jest/globals';
import { GB, useBench } from '../../test/dashboard-bench.js';

const at = useBench({ config: { poll: { interval: '1h', doubt: { jump: '50%' } } } });
beforeAll(async () => {
  at.panel.behaviour.speedWhenDown = null;
  await at.addService(1, undefined, 40);
  await at.sluice.poll();
  at.panel.addTraffic(501, { in: 70 * GB, out: 0 });
  // More than the line carries since the last reading.
  at.clock.advance(60_000);
  await at.sluice.poll();
});

it('has its time in the zone of the page', async () => {
  expect((await at.sluice.services.show('svc-1')).error?.code).toBe('impossible_jump');
  const page = await at.page('/services/svc-1');
  const sentences = (/<ul class="sentences">[\s\S]*?<\/ul>/.exec(page)?.[0] ?? '').replace(/<[^>]*>/g, '');
  expect(sentences).toContain('The last reading is doubted');
  expect(sentences).toContain('compare it with the panel. The figures were read');
  expect(sentences).not.toMatch(/\dT\d\d:/);
});
