import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startAgency } from './agency.js';
import { states, suspensionOn } from './suspension.js';

const at = useBench(startAgency);

const { run, suspend, unsuspend, sweep, openHolds } = suspensionOn(at);

describe('the services of a suspended agent', () => {
  it('are held, and no run or command about them gives them back', async () => {
    const held = await suspend('north');
    expect([states(held).length, held.notices]).toMatchObject([
      2,
      [{ code: 'hold', service: 'svc-1', message: expect.stringContaining('agent "north" is suspended') as unknown }],
    ]);
    expect([at.enabled(), await at.holds()]).toEqual([[false, false], ['agent-limit']]);
    const explained = await at.sluice.explain('svc-1');
    expect(explained.holds).toMatchObject([{ note: 'agent "north" is suspended' }]);
    const changes = at.changes().length;
    await run(() => at.sluice.provision.suspend('svc-1'));
    await run(() => at.sluice.provision.unsuspend('svc-1'));
    await run(() => at.sluice.holds.add('svc-1'));
    await run(() => at.sluice.holds.release('svc-1'));
    for (const each of ['poll', 'reconcile'] as const) await run(() => at.sluice[each]());
    await sweep();
    expect([at.changes().length, at.enabled(), await at.holds()]).toEqual([changes, [false, false], ['agent-limit']]);
    expect((await run(() => at.sluice.plan())).totals.actions).toBe(0);
    await unsuspend('north');
    expect([at.enabled(), await at.holds()]).toEqual([[true, true], []]);
  });

  it('stay held for their own reasons, and for the limit of the agent', async () => {
    await at.limit('north', 5);
    await run(() => at.sluice.provision.suspend('svc-1'));
    await suspend('north');
    await unsuspend('north');
    expect([at.enabled(), await at.holds()]).toEqual([[false, true], ['billing']]);
    await suspend('north');
    await run(() => at.sluice.provision.unsuspend('svc-1'));
    at.panel.use(at.loose, 5 * GB);
    await sweep();
    expect(await at.holds()).toEqual(['agent-limit']);
    await unsuspend('north');
    const held = await at.sluice.holds.list({ service: 'svc-1', open: true });
    expect(held.holds).toMatchObject([
      { reason: 'agent-limit', note: 'agent "north"', evidence: [{ target: at.svc }] },
    ]);
    expect(at.enabled()).toEqual([false, false]);
    await suspend('north');
    await at.limit('north', 50);
    await sweep();
    const moved = (await run(() => at.sluice.holds.list({ service: 'svc-1' }))).holds.filter(
      ({ until }) => until === null,
    );
    expect(moved).toMatchObject([{ note: 'agent "north" is suspended', evidence: [{ target: at.svc }] }]);
    await unsuspend('north');
    expect([at.enabled(), await at.holds(), await openHolds()]).toEqual([[true, true], [], []]);
  });

  it('are given back with all else by holds.releaseAll of the reason manual', async () => {
    await suspend('north');
    await run(() => at.sluice.holds.releaseAll({ reason: 'manual' }));
    expect([at.enabled(), await openHolds()]).toEqual([[true, true], []]);
  });
});
