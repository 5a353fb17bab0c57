import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { ServiceDetail } from '@sluice/engine';
import { type FakeFlvx, manualClock, startFakeFlvx } from '@sluice/fake-panels';
import { flvx } from '@sluice/flvx-client/panel';
import { type DashboardBench, startBench } from '../../test/dashboard-bench.js';
import { textOf } from '../../test/page-texts.js';
import { Link } from '../../test/share-link.js';

let at: DashboardBench;
let panel: FakeFlvx;
let tunnel: number;
let link: Link;

beforeAll(async () => {
  panel = await startFakeFlvx({ now: manualClock('2026-11-20T12:00:00Z').now });
  tunnel = panel.addTunnel({ name: 'HK-01', entryNodes: [panel.addNode('hk-entry')] });
  const access = { kind: 'flvx', url: panel.url, username: 'admin_user', password: 'admin_user', allowHttp: true };
  at = await startBench({
    fakes: [panel],
    kinds: [flvx],
    panels: { relay: { ...access, retries: 0, publicUrl: 'https://relay.example.com' } },
    products: {
      relay: { panel: 'relay', quota: '100GB', flvx: { tunnelId: tunnel, maxForwards: 3, speedMbit: 50 } },
      free: { panel: 'relay', quota: '100GB', flvx: { tunnelId: tunnel } },
    },
  });
  const dates = { billing_cycle: 'monthly', next_due_date: '2026-12-15', status: 'active' };
  await at.sluice.services.add('relay-1', { panel: 'relay', product: 'relay', client: 'c-1', ...dates });
  await at.sluice.provision.create('relay-1');
  await at.sluice.poll();
  link = await Link.open(at, { client: 'c-1' });
});
afterAll(() => at.close());

const words = async (): Promise<string> => textOf(await link.text('/services/relay-1'));
const userOf = async (): Promise<number> => Number((await at.sluice.services.show('relay-1')).refs['flvx_user_id']);

/** A run a minute later. */
async function poll(): Promise<void> {
  at.clock.advance(60_000);
  await at.sluice.poll();
}

it('shows a relay client where it logs in and how many forwards it may have', async () => {
  const page = await words();
  expect(page).toMatch(/Log in at https:\/\/relay\.example\.com User name \S+ Valid until .* UTC\+0 Forwards 0 of 3/);
  expect(page).toContain('There is no forward yet. They are made on the panel.');
});

it('shows the speed of each tunnel, which polls keep, and that one has no limit', async () => {
  expect(await words()).toContain('HK-01 hk-entry 50 Mbit/s');
  await poll();
  expect(await words()).toContain('HK-01 hk-entry 50 Mbit/s');
  expect(await (await link.get('/services/relay-1?language=fa')).text()).toContain('۵۰ مگابیت بر ثانیه');
  const free = {
    panel: 'relay',
    product: 'free',
    client: 'c-3',
    billing_cycle: 'monthly',
    next_due_date: '2026-12-15',
  };
  await at.sluice.services.add('relay-3', { ...free, status: 'active' });
  await at.sluice.provision.create('relay-3');
  const other = await Link.open(at, { client: 'c-3' });
  expect(textOf(await other.text('/services/relay-3'))).toContain('HK-01 hk-entry no limit');
});

it('shows each forward with its addresses and its state, as the panel has them at the last run', async () => {
  const web = panel.addForward(await userOf(), tunnel, { name: 'web', remoteAddr: '10.1.2.3:80,10.1.2.4:80' });
  panel.addForward(await userOf(), tunnel, { name: 'game', paused: true });
  await poll();
  const { account } = (await at.call('GET /services/relay-1')).json as unknown as ServiceDetail;
  const [first, second] = account?.forwards ?? [];
  expect(account?.maxForwards).toBe(3);
  expect(first).toMatchObject({ name: 'web', status: 1, targets: ['10.1.2.3:80', '10.1.2.4:80'] });
  expect(first?.listens).toEqual([expect.stringMatching(/^[\d.]+:\d+$/)]);
  const page = await words();
  expect(page).toContain('Forwards 2 of 3');
  expect(page).toContain(`web active ${first?.listens?.[0] ?? ''} 10.1.2.3:80, 10.1.2.4:80`);
  expect(page).toContain(`game off ${second?.listens?.[0] ?? ''} 198.51.100.20:443`);
  panel.world.forwards.get(web)!.remoteAddr = '10.9.9.9:443';
  await poll();
  expect(await words()).toMatch(/web active \S+ 10\.9\.9\.9:443/);
  expect(await link.text('/services/relay-1')).toContain('<bdi dir="ltr">10.9.9.9:443</bdi>');
});

it('shows nothing of forwards that a former client had before its time', async () => {
  at.clock.advance(60_000);
  await at.sluice.services.set('relay-1', { client: 'c-2' });
  const page = textOf(await (await Link.open(at, { client: 'c-2' })).text('/services/relay-1'));
  expect(page).not.toMatch(/10\.9\.9\.9|of 3/);
});
