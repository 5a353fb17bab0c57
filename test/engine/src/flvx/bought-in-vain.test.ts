import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';

const at = useBench(() =>
  startFlvxBench(`  auto: { panel: relay, quota: { total: 100GB }, flvx: { tunnelId: 1 }, packages: [extra], autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 3 } }
currency: EUR
packages: { extra: { traffic: 50GB, price: "5.00" } }
`),
);
const balances = async (): Promise<string[]> => {
  const left: string[] = [];
  for (const client of ['42', '43']) left.push((await at.sluice.credit.show(client)).balance);
  return left;
};

describe('a package for an account that two services name', () => {
  let forward: number;
  const open = async (): Promise<void> => {
    const user = await at.create(1, { product: 'auto', values: { client: '42' } });
    forward = at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const values = { client: '43', flvx_user_id: String(user) };
    await at.addService(2, { product: 'auto', values, allowDuplicateRefs: true });
    for (const client of ['42', '43']) await at.sluice.credit.add(client, { amount: '20', currency: 'EUR' });
    at.bench.clock.advance(HOUR);
    await at.poll();
  };

  it('is not bought automatically, since it could change nothing', async () => {
    await open();
    at.panel.traffic(forward, 95 * GB);
    at.bench.clock.advance(HOUR);
    const { services, notices } = await at.poll();
    expect(services.map(({ error }) => error?.code)).toEqual(['shared_account', 'shared_account']);
    expect(notices.map(({ code }) => code)).toEqual(expect.arrayContaining(['auto_buy_refused']));
    expect(await balances()).toEqual(['20.00', '20.00']);
  });

  it('is refused before anything is charged', async () => {
    await open();
    for (const id of ['svc-1', 'svc-2']) {
      const refused = at.sluice.purchases.create(id, 'extra');
      await expect(refused).rejects.toMatchObject({ code: 'shared_account' });
      await expect(refused).rejects.toThrow('nothing was charged');
    }
    expect([await balances(), (await at.sluice.purchases.list()).purchases]).toEqual([['20.00', '20.00'], []]);
  });

  it('is sold again once each has its own, and while the panel is down', async () => {
    const user = await at.create(1, { product: 'auto', values: { client: '42' } });
    await at.sluice.credit.add('42', { amount: '20', currency: 'EUR' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const remove = at.panel.server.inject({ fault: { kind: 'status', status: 500 } });
    const { purchase, error } = await at.sluice.purchases.create('svc-1', 'extra');
    remove();
    expect([purchase.status, error]).not.toEqual(['paid', null]);
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(at.panel.user(user)?.flow).toBe(150);
  });
});
