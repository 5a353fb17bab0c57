import { beforeEach, expect, it } from '@jest/globals';
import { useBenchForEach } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

const at = useBenchForEach({ products: { orders: { panel: 'dcim', quota: '50GB' } } });
beforeEach(async () => {
  await at.addService(1);
});

/** The words of the overview. */
async function overview(): Promise<string> {
  return textOf(await at.page('/'));
}

it('names the panels that are away, and does not say that all answered', async () => {
  await at.sluice.poll();
  expect(await overview()).toContain('Panels away 0 all answered last');
  at.panel.server.inject({ fault: { kind: 'status', status: 503 } });
  at.clock.advance(3_600_000);
  await at.sluice.poll();
  const page = await overview();
  expect(page).toContain('Panels away 1 dcim');
  expect(page).not.toContain('all answered last');
  expect(page).toContain('Last error: ');
  expect(page).not.toMatch(/\. ?\./);
});

it('counts a panel of which some products are enforced as partly under observe', async () => {
  await at.sluice.panels.observe('dcim');
  await at.sluice.poll();
  expect(await overview()).toContain('Panels away 0 1 under observe ');
  await at.sluice.panels.enforce('dcim', { product: 'orders' });
  at.clock.advance(2000);
  expect(await overview()).toContain('Panels away 0 1 partly under observe ');
  await at.sluice.panels.enforce('dcim');
  at.clock.advance(2000);
  expect(await overview()).toContain('Panels away 0 all answered last ');
});

it('says that observe keeps services from being held, also while the brake stops the others', async () => {
  for (const number of [2, 3, 4]) await at.addService(number, 'c-1', 195);
  await at.sluice.panels.observe('dcim');
  await at.sluice.panels.enforce('dcim', { product: 'orders' });
  await at.sluice.poll();
  expect(await overview()).toContain('Would be held 3 under observe ');
  await at.sluice.services.set('svc-4', { product: 'orders' });
  await at.sluice.services.set('svc-1', { product: 'orders' });
  await at.sluice.panels.enforce('dcim', { product: 'ports' });
  await at.sluice.poll();
  at.clock.advance(2000);
  expect(await overview()).toContain('Would be held 3 the brake stopped the run, under observe ');
});
