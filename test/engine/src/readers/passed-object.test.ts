import { beforeEach, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY } from '../bench/engine-bench.js';

const at = useBench(() => startEasyDcimBench('graphCache: 5m'));
const ENDED = '2026-11-21T12:00:00.000Z';

/** The service on the panel that client A had until then is client B's a day later. */
beforeEach(async () => {
  await at.addService(1, { values: { client: 'A' } });
  await at.poll();
  at.bench.clock.advance(DAY);
  await at.sluice.services.set('svc-1', { status: 'terminated' });
  at.bench.clock.advance(DAY);
  const { product, refs } = (await at.bench.store.services.get('svc-1')) ?? {};
  const own = { panel: 'dcim', product: product ?? '', client: 'B', status: 'active', next_due_date: '2026-12-15' };
  await at.sluice.services.add('svc-99', { ...own, billing_cycle: 'monthly', ...refs });
});

it("the panel's graph shows a client nothing of the time in which another one had the service on the panel", async () => {
  const draw = async (reader?: string) => (await at.sluice.usage.panelGraph('svc-99', '7d', { reader })).window.start;
  expect(await draw('B')).toBe(ENDED);
  expect(await draw()).toBe('2026-11-15T12:00:00.000Z');
  const last = await at.sluice.usage.lastPanelGraph('svc-99', '7d', { reader: 'B' });
  expect(last?.window.start).toBe(ENDED);
});

it('shows a client all of what it had in another service of its own', async () => {
  await at.sluice.services.set('svc-99', { status: 'terminated' });
  const { refs } = (await at.bench.store.services.get('svc-99')) ?? {};
  const own = { panel: 'dcim', product: 'ports', client: 'B', status: 'active', next_due_date: '2026-12-15' };
  await at.sluice.services.add('svc-100', { ...own, billing_cycle: 'monthly', ...refs });
  const { window } = await at.sluice.usage.panelGraph('svc-100', '7d', { reader: 'B' });
  expect(window.start).toBe(ENDED);
});
