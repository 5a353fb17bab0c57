import { describe, expect, it } from '@jest/globals';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { addCustomer, pollLater, useUp, type Polled } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

describe('forwards that another tool paused', () => {
  const holds = async () => (await at.sluice.holds.list({ service: 'svc-1' })).holds;
  const pauseAll = async (): Promise<void> => {
    for (const id of [2, 3]) await at.panel.customer(3).pause(id);
  };

  it('are adopted without a change on the panel, and started when the hold ends', async () => {
    await addCustomer(at);
    useUp(at);
    await pauseAll();
    at.panel.server.clearCalls();
    await at.sluice.holds.adopt('svc-1', { reason: 'manual', forwards: ['2', '3'] });
    await at.sluice.holds.adopt('svc-1', { reason: 'manual', forwards: ['2'] });
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(
      (await holds()).map(({ evidence }) => evidence.map((item) => [item.kind, item.target, item.adopted])),
    ).toEqual([
      [
        ['forward', '2', true],
        ['forward', '3', true],
      ],
    ]);
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    await done(at.sluice.holds.release('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('stay paused while the quota is used up, and run again in the next cycle, but not one that nobody adopted', async () => {
    await addCustomer(at);
    at.panel.traffic(2, 10 * GB);
    await pauseAll();
    await poll();
    await at.sluice.overrides.set('svc-1', { quota: '5GB' });
    await at.sluice.holds.adopt('svc-1', { reason: 'quota', forwards: ['2'] });
    expect((await poll()).service.holds.map(({ reason }) => reason)).toEqual(['quota']);
    expect(at.panel.runningForwards()).toEqual([1]);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.sluice.services.set('svc-1', { next_due_date: '2027-01-15' });
    await poll();
    await at.sluice.reconcile();
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2]);
  });

  it('stay paused when they are adopted for billing, until the customer has paid', async () => {
    await addCustomer(at);
    await pauseAll();
    await at.sluice.holds.adopt('svc-1', { reason: 'billing', forwards: ['2', '3'] });
    expect((await poll()).service.holds.map(({ reason }) => reason)).toEqual(['billing']);
    expect(at.panel.runningForwards()).toEqual([1]);
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('are refused while they run, of another account, and with ports or an order', async () => {
    await addCustomer(at);
    await at.panel.customer(3).pause(3);
    for (const { says, ...what } of [
      { forwards: ['2'], says: 'forward 2 (web) is running' },
      { forwards: ['1', '3'], says: 'forward 1 does not belong to "svc-1"' },
      { forwards: ['3'], ports: ['7'], says: 'FLVX has no ports or orders' },
      { order: true, says: 'FLVX has no ports or orders' },
    ]) {
      await expect(at.sluice.holds.adopt('svc-1', { reason: 'quota', ...what })).rejects.toMatchObject({
        kind: 'conflict',
        code: 'not_restricted',
        message: expect.stringContaining(says),
      });
    }
    expect(await holds()).toEqual([]);
  });
});

describe('a second service that names the account of another', () => {
  it('restricts nothing on it by a hold of its own, and can be removed', async () => {
    await addCustomer(at);
    const before = at.panel.state();
    await at.addService(2, { values: { flvx_user_id: '3', client: '43' }, allowDuplicateRefs: true });
    const held = await at.sluice.holds.add('svc-2');
    expect([held.run.outcome, held.service.error?.code]).toEqual(['partial', 'shared_account']);
    const { report } = await poll();
    expect(report.services.map(({ id, error }) => [id, error?.code])).toEqual([
      ['svc-1', 'shared_account'],
      ['svc-2', 'shared_account'],
    ]);
    expect(at.panel.state()).toEqual(before);
    expect(await at.bench.store.evidence.open({ panel: 'relay' })).toEqual([]);
    await expect(at.sluice.services.remove('svc-2')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'service_held',
    });
    await at.sluice.holds.release('svc-2');
    await at.sluice.services.remove('svc-2');
    expect((await poll()).report.services.map(({ id, error }) => [id, error])).toEqual([['svc-1', null]]);
    expect(at.panel.state()).toEqual(before);
  });
});
