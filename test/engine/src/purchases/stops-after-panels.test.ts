import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { describeEffect } from '@sluice/engine/words';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const SHOP = `currency: EUR
packages: { extra: { traffic: 100GB, price: "5.00" } }
`;

/** The hold of svc-1, and what stops it after a purchase by the offer. */
async function readOffer({ sluice }: { sluice: Sluice }): Promise<unknown[]> {
  const { holds } = await sluice.services.show('svc-1');
  const [offered] = (await sluice.purchases.packages({ service: 'svc-1' })).packages;
  return [holds.map(({ reason }) => reason).join(), (offered?.effect?.stops ?? []).map(({ message }) => message)];
}

describe('on FLVX', () => {
  const at = useBench(() => startFlvxBench(SHOP));

  it('an offer says nothing of what the purchase ends', async () => {
    await at.bench.edit(/^( {2}inbound: .*mode: IN)/m, '$1, packages: [extra]');
    const user = await at.create(1, { product: 'inbound', values: { client: '42' } });
    at.panel.traffic(at.panel.addForward(user, at.tunnels.hk), { in: 120 * GB, out: 0 });
    for (const _ of [1, 2]) {
      at.bench.clock.advance(HOUR);
      await at.poll({ allowMass: true });
      expect(await readOffer(at)).toEqual(['quota', []]);
    }
  });

  it('an offer says after each poll that the account has expired', async () => {
    await at.bench.edit(/^( {2}inbound: .*mode: IN)/m, '$1, packages: [extra]');
    const user = await at.create(1, { product: 'inbound', values: { client: '42' } });
    at.panel.traffic(at.panel.addForward(user, at.tunnels.hk), { in: 120 * GB, out: 0 });
    at.panel.world.users.get(user)!.expTime = at.bench.clock.now();
    for (const _ of [1, 2, 3]) {
      at.bench.clock.advance(HOUR);
      await at.poll({ allowMass: true });
      expect(await readOffer(at)).toEqual(['quota', [expect.stringContaining('expired on')]]);
    }
    at.panel.world.users.get(user)!.expTime = at.bench.clock.now() + 300 * HOUR;
    at.bench.clock.advance(HOUR);
    await at.poll();
    expect(await readOffer(at)).toEqual(['quota', []]);
  });
});

describe('on Hiddify', () => {
  const at = useBench(() => startHiddifyBench({ more: SHOP }));

  it.each([false, true])(
    'an offer says only what the purchase does not end (disabled by staff: %s)',
    async (isStaff) => {
      await at.bench.edit(/^( {2}vpn-100: .*) \}$/m, '$1, packages: [extra] }');
      const user = at.panel.addUser({ name: 'a', usageLimit: 100 * GB });
      await at.addService(1, { product: 'vpn-100', values: { client: '42', hiddify_user_uuid: user } });
      at.panel.use(user, 120 * GB);
      if (isStaff) at.panel.disable(user);
      const stops = isStaff ? [expect.stringContaining('is disabled, but not by Sluice')] : [];
      for (const _ of [1, 2]) {
        at.bench.clock.advance(HOUR);
        await at.poll({ allowMass: true });
        expect(await readOffer(at)).toEqual(['quota', stops]);
      }
    },
  );

  it('an offer says that the days of a user that Sluice has disabled are over', async () => {
    await at.bench.edit(/^( {2}vpn-100: .*) \}$/m, '$1, packages: [extra] }');
    const user = at.panel.addUser({ name: 'a', usageLimit: 100 * GB, startDate: '2026-10-01', packageDays: 30 });
    await at.addService(1, { product: 'vpn-100', values: { client: '42', hiddify_user_uuid: user } });
    at.panel.use(user, 120 * GB);
    for (const _ of [1, 2, 3]) {
      await at.pollAfter(HOUR, { allowMass: true });
      expect(await readOffer(at)).toEqual(['quota', [expect.stringContaining('its days on the panel ended')]]);
    }
    // A purchase by name writes the term, too.
    const { packages } = await at.sluice.purchases.packages({ service: 'svc-1' });
    expect(packages.map((each) => describeEffect(each, packages))).toEqual([
      [expect.stringMatching(/ended on .*; the package alone may not end that\.$/)],
    ]);
    await at.sluice.credit.add('42', { amount: '20', currency: 'EUR' });
    const { stillHeld, stoppedByPanel } = await at.sluice.purchases.create('svc-1', 'extra', {});
    expect([stillHeld, stoppedByPanel, at.panel.state.isActive(at.panel.user(user))]).toEqual([[], undefined, true]);
  });
});
