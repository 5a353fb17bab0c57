import type { Explanation } from '@sluice/engine';
import { expect, it } from '@jest/globals';
import { startForEachTest } from '../../each-test.js';
import { HOUR, toIds, startEasyDcimBench } from '../../easydcim-bench.js';

const at = startForEachTest(startEasyDcimBench);

/** How `explain --at` begins, and its document. */
async function explain(instant: string): Promise<{ text: string; found: Explanation }> {
  const words = ['explain', 'svc-1', '--at', instant];
  const { stdout } = await at.bench.sluice(words);
  return { text: stdout, found: (await at.bench.sluice([...words, '--json'])).json<Explanation>() };
}

it('explain --at says nothing of a release that came later', async () => {
  await at.addService(1);
  at.use(1, 200);
  await at.poll();
  const held = '2026-11-20 13:30';
  at.bench.clock.advance(24 * HOUR);
  await at.bench.sluice('hold release svc-1 --until 2026-11-25 --note transfer');
  await at.pollLater();
  const then = await explain(held);
  expect(then.text).toMatch(/^svc-1 is held/);
  expect(then.text).not.toContain('released until');
  expect(then.found).toMatchObject({ released: null, service: { quotaReleasedUntil: null } });
  at.bench.clock.advance(HOUR);
  await at.bench.sluice('hold release svc-1 --until none');
  await at.pollLater();
  const { found } = await explain('2026-11-21 14:30');
  expect(found).toMatchObject({
    released: { until: '2026-11-25', note: 'transfer' },
    service: { quotaReleasedUntil: '2026-11-25' },
  });
});

it('explain --at says of no time before that staff stop the service, or that its panel is down', async () => {
  await at.addService(1, { product: 'order' });
  await at.pollLater();
  at.bench.clock.advance(24 * HOUR);
  at.panel.staffSuspendOrder(toIds(1).order, 'abuse');
  await at.bench.sluice('reconcile');
  const stopped = await explain('2026-11-21 13:30');
  expect(stopped.found.service.stoppedByPanel).toMatchObject({ since: '2026-11-21T13:00:00.000Z' });
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  await at.pollLater();
  expect((await explain('2026-11-21 14:30')).found.service.panelDownSince).not.toBeNull();
  const { text, found } = await explain('2026-11-20 13:30');
  expect(text).not.toContain('the panel stops it');
  expect(found.service).not.toHaveProperty('stoppedByPanel');
  expect(found.service.panelDownSince).toBeNull();
});
