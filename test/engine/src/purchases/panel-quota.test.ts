import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';

const SHOP = `currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
`;
const FAILING = { fault: { kind: 'status', status: 500, body: { message: 'SQLSTATE of db-master' } } } as const;

/** A service of client 42 that is not held, on a panel that stops accounts by a quota of its own. */
interface World {
  at: Pick<FlvxBench | HiddifyBench, 'bench' | 'sluice' | 'poll' | 'close'>;
  panel: string;
  /** The quota on the panel, in GB. */
  quota: () => number;
  /** Lets changes of the panel fail until the function that it returns is called. */
  fail: () => () => void;
}

async function openFlvx(): Promise<World> {
  const at = await startFlvxBench(SHOP);
  await at.bench.edit(/^( {2}relay: .*quota: \{ total: 100GB \})/m, '$1, packages: [extra]');
  const user = await at.create(1, { values: { client: '42' } });
  const forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.traffic(forward, 85 * GB);
  const fail = () => at.panel.server.inject({ endpoint: /\/user\/update$/, ...FAILING });
  return { at, panel: 'relay', quota: () => at.panel.user(user)?.flow ?? 0, fail };
}

async function openHiddify(): Promise<World> {
  const at = await startHiddifyBench({ more: SHOP });
  await at.bench.edit(/^( {2}vpn-100: .*) \}$/m, '$1, packages: [extra] }');
  const user = await at.create(1, { product: 'vpn-100', values: { client: '42' } });
  at.panel.use(user, 85 * GB);
  const fail = () => at.panel.server.inject({ endpoint: 'PATCH /api/v2/admin/user/{uuid}/', ...FAILING });
  return { at, panel: 'vpn', quota: () => at.panel.user(user).usageLimit / GB, fail };
}

describe.each([
  ['FLVX', openFlvx],
  ['Hiddify', openHiddify],
])('a package for a service that is not held, on %s', (_kind, open) => {
  let world: World;
  beforeEach(async () => {
    world = await open();
    const { at } = world;
    await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
    at.bench.clock.advance(HOUR);
    await at.poll();
  });
  afterEach(() => world.at.close());

  it('raises the quota of the panel at once, before the panel stops the service', async () => {
    const { at, quota } = world;
    expect(quota()).toBe(100);
    expect(await at.sluice.purchases.create('svc-1', 'extra')).toMatchObject({ error: null, stillHeld: [] });
    expect(quota()).toBe(130);
  });

  it('says why the panel does not have it yet, and the next poll gives it', async () => {
    const { at, quota, fail } = world;
    const mend = fail();
    const bought = await at.sluice.purchases.create('svc-1', 'extra');
    const byClient = await at.sluice.purchases.create('svc-1', 'extra', { client: '42' });
    mend();
    expect(bought.purchase.status).toBe('paid');
    expect(bought.error?.code).toMatch(/^(PANEL_|outcome_unknown)/);
    expect([bought.error?.message, byClient.error?.message].map((text) => text?.includes('SQLSTATE'))).toEqual([
      true,
      false,
    ]);
    expect(quota()).toBe(100);
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(quota()).toBe(160);
  });

  it('changes nothing on a panel that is observed, and says that its own limit stays', async () => {
    const { at, quota } = world;
    await at.sluice.panels.observe(world.panel);
    const { purchase, error } = await at.sluice.purchases.create('svc-1', 'extra');
    expect([purchase.status, error?.code]).toEqual(['paid', 'limit_not_raised']);
    expect(error?.message).toContain('the panel keeps its own limit of before until runs change it again');
    expect(quota()).toBe(100);
  });
});
