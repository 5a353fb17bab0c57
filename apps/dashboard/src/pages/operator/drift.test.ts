import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { fillHiddify, type FakeHiddify, startFakeHiddify } from '@sluice/fake-panels';
import { hiddify } from '@sluice/hiddify-agent-traffic/panel';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';

let panel: FakeHiddify;
let at: DashboardBench;
beforeAll(async () => {
  panel = await startFakeHiddify({ now: () => Date.parse('2026-11-20T12:00:00Z') });
  const [agent = ''] = fillHiddify(panel, { agents: 1, users: 1 });
  at = await startBench({
    kinds: [hiddify],
    panels: { vpn: { kind: 'hiddify', url: panel.url, apiKey: panel.key, allowHttp: true, retries: 0 } },
    products: { vpn: { panel: 'vpn', quota: '40GB', hiddify: { agent } } },
    fakes: [panel],
  });
  await at.sluice.services.add('vpn-1', {
    ...{ panel: 'vpn', product: 'vpn', status: 'active', billing_cycle: 'monthly', next_due_date: '2026-12-01' },
  });
  await at.sluice.provision.create('vpn-1');
});
afterAll(() => at.close());

/** The tile of the overview, and what the page of the service says. */
async function shown(): Promise<[tile: string, service: boolean]> {
  at.clock.advance(2000);
  const tile = /Drift (\d+)/.exec(textOf(await at.page('/')))?.[1] ?? 'none';
  return [tile, textOf(await at.page('/services/vpn-1')).includes('the reset mode of the user is daily')];
}

it('a difference that only a reconcile looks for lasts over the polls in between', async () => {
  const uuid = (await at.sluice.services.show('vpn-1')).refs['hiddify_user_uuid'] ?? '';
  expect(uuid).not.toBe('');
  panel.changeUser(uuid, { mode: 'daily' });
  await at.sluice.reconcile();
  expect(await shown()).toEqual(['1', true]);
  await at.sluice.poll();
  await at.sluice.poll();
  expect(await shown()).toEqual(['1', true]);
  panel.changeUser(uuid, { mode: 'no_reset' });
  await at.sluice.poll();
  expect(await shown()).toEqual(['1', true]);
  await at.sluice.reconcile();
  expect(await shown()).toEqual(['0', false]);
});
