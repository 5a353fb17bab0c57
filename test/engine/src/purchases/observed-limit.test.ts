import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { useBench } from '../bench/each-test.js';

const SHOP = `currency: EUR
packages: { extra: { traffic: 30GB, price: "5.00" } }
`;
/** What stops svc-1 after a purchase by the offer. */
async function readStops({ sluice }: { sluice: Sluice }): Promise<unknown> {
  const [offered] = (await sluice.purchases.packages({ service: 'svc-1' })).packages;
  return offered?.effect?.stops;
}

describe('on FLVX', () => {
  const at = useBench(() => startFlvxBench(SHOP));

  it('says nothing of a limit that an observed panel does not have', async () => {
    await at.bench.edit(/^( {2}inbound: .*mode: IN)/m, '$1, packages: [extra]');
    const user = await at.create(1, { product: 'inbound', values: { client: '42' } });
    expect(at.panel.user(user)?.flow).toBe(99_999);
    at.panel.traffic(at.panel.addForward(user, at.tunnels.hk), { in: 85 * GB, out: 0 });
    await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    await at.sluice.panels.observe('relay');
    expect(await readStops(at)).toEqual([]);
    expect((await at.sluice.purchases.create('svc-1', 'extra')).error).toBeNull();
  });
});

describe('on Hiddify', () => {
  const at = useBench(() => startHiddifyBench({ more: SHOP }));

  it.each([
    [500, null],
    [130, null],
    [120, 'limit_not_raised'],
  ])('says of a limit of %s GB what it lacks for a package that makes 130 GB: %s', async (limit, code) => {
    await at.bench.edit(/^( {2}vpn-100: .*) \}$/m, '$1, packages: [extra] }');
    await at.sluice.panels.observe('vpn');
    const user = at.panel.addUser({ name: 'a', usageLimit: limit * GB });
    await at.addService(1, { product: 'vpn-100', values: { client: '42', hiddify_user_uuid: user } });
    at.panel.use(user, 85 * GB);
    await at.sluice.credit.add('42', { amount: '100', currency: 'EUR' });
    at.bench.clock.advance(HOUR);
    await at.poll();
    const kept = { by: 'observe', holds: [], at: null, message: expect.stringContaining('keeps its own limit') };
    expect(await readStops(at)).toEqual(code === null ? [] : [kept]);
    const { purchase, error } = await at.sluice.purchases.create('svc-1', 'extra');
    expect([purchase.status, error?.code ?? null, at.panel.user(user).usageLimit / GB]).toEqual(['paid', code, limit]);
  });
});
