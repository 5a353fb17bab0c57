import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { CheckReport } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { LIFTS, MOST, useLifts } from './lifts.js';

const { at, users, lift, endLift, limit, enabled, all, sold } = useLifts();
const RAISES = {
  'another product': () => at.sluice.services.set('svc-1', { product: 'more' }),
  'its own quota': () => at.sluice.services.set('svc-1', { base_quota_override_gb: '40' }),
  'an override': () => at.sluice.overrides.set('svc-1', { quota: '40GB' }),
};
const CASES = LIFTS.flatMap((lift) =>
  (Object.keys(RAISES) as (keyof typeof RAISES)[]).map((raise) => ({ lift, raise })),
)
  // One override replaces the other.
  .filter(({ lift, raise }) => lift !== 'an unlimited override' || raise !== 'an override');

const waitingIn = ({ notices }: CheckReport): string[] =>
  notices.filter(({ code }) => code === 'raise_waits').map(({ message }) => message);
const MESSAGE =
  'svc-1: it counts as 10 GB under agent "north"; the raise to 40 GB waits until it fits within the limit';

describe.each(few(CASES, 2))('$raise that sells more during $lift', ({ lift: how, raise }) => {
  beforeEach(async () => {
    await lift(how);
    await RAISES[raise]();
  });

  it('counts as before until it fits', async () => {
    expect(waitingIn(await at.check({ dryRun: true }))).toEqual([MESSAGE]);
    expect(waitingIn(await at.check())).toEqual([MESSAGE]);
    for (let round = 0; round < 2; round++) {
      expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0, failed: 0 });
      await at.pollAfter(HOUR);
    }
    expect([limit(), enabled(), await sold()]).toEqual([MOST, all(true), 40]);
    await at.limit('north', 70);
    const report = await at.check();
    expect([report.totals, waitingIn(report), await sold()]).toMatchObject([{ exceeded: 0, disabled: 0 }, [], 70]);
    await expect(at.createUser('north', 'late', 1)).rejects.toMatchObject({ code: 'agent_limit' });
    await endLift(how);
    expect([(await at.poll()).services[0]?.error ?? null, limit()]).toEqual([null, 40]);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
  });

  it.each([true, false])('has to fit once the lift ends (after a check: %s)', async (isChecked) => {
    if (isChecked) await at.check();
    await endLift(how);
    for (let round = 0; round < 2; round++) {
      const { services } = await at.poll();
      expect([services[0]?.error?.code, limit()]).toEqual(['agent_limit', 10]);
      expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
      at.bench.clock.advance(HOUR);
    }
    expect([enabled(), await sold()]).toEqual([all(true), 40]);
    await at.limit('north', 70);
    expect([(await at.poll()).services[0]?.error ?? null, limit()]).toEqual([null, 40]);
    await at.check();
    expect([enabled(), await sold()]).toEqual([all(true), 70]);
  });
});

describe('more that is sold while a limit is lifted', () => {
  it('counts at once where it fits', async () => {
    await lift('a protection');
    await at.limit('north', 70);
    await RAISES['another product']();
    const report = await at.check();
    expect([report.totals, waitingIn(report), await sold()]).toMatchObject([{ exceeded: 0, disabled: 0 }, [], 70]);
    await endLift('a protection');
    expect([(await at.poll()).services[0]?.error ?? null, limit()]).toEqual([null, 40]);
  });

  it('counts of two raises the one that fits', async () => {
    await at.limit('north', 100);
    await at.create(2, { product: 'agency' });
    await at.check();
    for (const id of ['svc-1', 'svc-2']) await at.sluice.services.set(id, { protected_until: '2026-11-25' });
    await at.pollAfter(HOUR);
    await at.limit('north', 80);
    for (const id of ['svc-1', 'svc-2']) await at.sluice.services.set(id, { product: 'more' });
    const report = await at.check();
    expect([report.totals, waitingIn(report)]).toMatchObject([
      { exceeded: 0, disabled: 0 },
      [MESSAGE.replace('1', '2')],
    ]);
    expect([await sold(), enabled()]).toEqual([80, all(true)]);
  });

  it('counts at once where it was checked when it was sold', async () => {
    await lift('a protection');
    await at.limit('north', 70);
    expect((await at.sluice.provision.changePackage('svc-1', 'more')).service.error).toBe(null);
    await expect(at.createUser('north', 'late', 1)).rejects.toMatchObject({ code: 'agent_limit' });
    await at.check();
    expect([await sold(), enabled()]).toEqual([70, all(true)]);
  });

  it('counts as its usage where that is more, and is said again in a later lift', async () => {
    await lift('a protection');
    at.panel.use(users[0] ?? '', 15 * GB);
    await RAISES['another product']();
    expect(waitingIn(await at.check())).toEqual([MESSAGE.replace('10 GB', '15 GB')]);
    expect([waitingIn(await at.check()), await sold()]).toEqual([[], 45]);
    await endLift('a protection');
    await at.poll();
    await at.sluice.services.set('svc-1', { product: 'agency' });
    await at.pollAfter(HOUR);
    await at.check();
    await at.sluice.services.set('svc-1', { protected_until: '2026-11-30', product: 'more' });
    await at.pollAfter(HOUR);
    expect(waitingIn(await at.check())).toEqual([MESSAGE.replace('10 GB', '15 GB')]);
  });

  it('counts no more than before where its agent is over the limit', async () => {
    await lift('a protection');
    await at.limit('north', 35);
    await at.check();
    const before = enabled();
    expect(before).toEqual([true, false, false, false]);
    await RAISES['another product']();
    await at.check();
    expect([enabled(), await sold()]).toEqual([before, 40]);
  });
});

describe('a product without a limit, set during a lift', () => {
  const toEndless = () => at.sluice.provision.changePackage('svc-1', 'endless');
  beforeEach(async () => {
    await at.bench.edit(
      '  more:',
      `  endless: { panel: vpn, quota: unlimited, hiddify: { agent: ${at.north} } }\n  more:`,
    );
  });

  it.each(LIFTS)('is refused as without a lift: %s', async (how) => {
    await lift(how);
    await at.check();
    expect((await toEndless()).service.error?.code).toBe('agent_limit');
    expect((await at.sluice.services.show('svc-1')).product).toBe('agency');
    await endLift(how);
    await at.poll();
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect([limit(), enabled()]).toEqual([10, all(true)]);
  });

  it('has to fit once the lift ends, where it was set without a check', async () => {
    await lift('a protection');
    await at.check();
    await at.sluice.services.set('svc-1', { product: 'endless' });
    expect(waitingIn(await at.check())).toEqual([MESSAGE.replace('40 GB', '976.56 TB')]);
    await endLift('a protection');
    for (let round = 0; round < 2; round++) {
      const { services } = await at.poll();
      expect([services[0]?.error?.code, limit()]).toEqual(['agent_limit', 10]);
      expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    }
    await at.limit('north', null);
    await at.poll();
    await at.pollAfter(HOUR);
    await at.check();
    expect([limit(), enabled()]).toEqual([MOST, all(true)]);
  });

  it('is sold where no agent has a limit, and written once', async () => {
    await at.limit('north', null);
    await lift('a protection');
    await at.check();
    expect((await toEndless()).service.error).toBe(null);
    await endLift('a protection');
    const before = at.panel.server.calls.length;
    await at.poll();
    expect(at.panel.server.calls.slice(before).filter(({ method }) => method === 'PATCH')).toEqual([]);
    expect(limit()).toBe(MOST);
  });
});

describe('an order during a lift', () => {
  it('moves to an agent with room, whatever the one has that it leaves', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await at.addProduct('south', { gb: 40, agent: south });
    await at.limit('south', 45);
    await lift('a protection');
    await at.check();
    expect((await at.sluice.provision.changePackage('svc-1', 'south')).service.error).toBe(null);
    await at.check();
    expect([await sold(), ((await at.sluice.agents.show('south')).allocatedBytes ?? 0) / GB, enabled()]).toEqual([
      30,
      40,
      all(true),
    ]);
  });

  it.each(LIFTS)('of more than fits is refused: %s', async (how) => {
    await lift(how);
    await at.check();
    expect((await at.sluice.provision.changePackage('svc-1', 'more')).service.error?.code).toBe('agent_limit');
  });
});

describe('a lift that ends where no agent has a limit any more', () => {
  it('is one write, so that nobody is stopped in between', async () => {
    await at.check();
    await at.limit('north', null);
    await RAISES['another product']();
    await at.pollAfter(HOUR);
    at.panel.use(users[0] ?? '', 25 * GB);
    await lift('a protection');
    await endLift('a protection');
    at.panel.server.inject({ endpoint: /^PATCH /, skip: 1, fault: { kind: 'status', status: 503, body: {} } });
    await at.poll();
    expect([limit(), at.panel.state.isActive(at.panel.user(users[0] ?? ''))]).toEqual([40, true]);
  });
});

describe('a user that an ended service names as well', () => {
  it('counts what the living one is sold', async () => {
    const named = at.panel.addUser({ agent: at.north, usageLimit: 10 * GB });
    await at.limit('north', 200);
    await at.addService(9, { product: 'more', values: { hiddify_user_uuid: named, status: 'terminated' } });
    await at.addService(5, { product: 'agency', values: { hiddify_user_uuid: named } });
    await at.pollAfter(HOUR);
    await at.check();
    await at.sluice.services.set('svc-5', { protected_until: '2026-11-25' });
    await at.pollAfter(HOUR);
    await at.check();
    expect([at.panel.user(named).usageLimit / GB, await sold()]).toEqual([MOST, 50]);
  });
});
