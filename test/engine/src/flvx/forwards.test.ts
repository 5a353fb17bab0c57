import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { addCustomer, toSteps, useUp, allow } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

describe('a product that sells a number of forwards', () => {
  it('has the newest beyond it paused with a notice, and run again when there is room', async () => {
    await addCustomer(at, 'counted');
    at.panel.addForward(3, 1, { name: 'third' });
    const { report, service } = await poll();
    expect(toSteps(service.actions)).toEqual(['pause-forward 4']);
    expect(noticeCodes(report)).toEqual(['max_forwards']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    const again = await poll();
    expect([again.service.actions, noticeCodes(again.report)]).toEqual([[], []]);
    await at.panel.customer(3).deleteForward(2);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 3, 4]);
    await expectSettled(at);
  });

  it('keeps it paused through a hold', async () => {
    await addCustomer(at, 'counted');
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    await expectSettled(at);
  });

  it('remembers what ran and became too many while the service was held', async () => {
    await addCustomer(at);
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    await done(at.sluice.provision.suspend('svc-1'));
    await done(at.sluice.provision.changePackage('svc-1', 'counted'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    await expectSettled(at);
  });
});

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
    await allow(at, '500GB');
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

  it.each(['pending', 'terminated', 'vanished'] as const)(
    'are not adopted for a service that no hold can restrict: %s',
    async (status) => {
      await addCustomer(at);
      await pauseAll();
      const service = await at.bench.store.services.get('svc-1');
      await at.bench.store.services.put([{ ...service!, status }]);
      for (const reason of ['manual', 'quota', 'billing'] as const)
        expect(await codeOf(at.sluice.holds.adopt('svc-1', { reason, forwards: ['2'] }))).toBe('wrong_lifecycle');
      expect(await at.bench.store.holds.open({})).toEqual([]);
    },
  );

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
    await expect(at.sluice.services.remove('svc-2')).rejects.toMatchObject({ kind: 'conflict', code: 'service_held' });
    await at.sluice.holds.release('svc-2');
    await at.sluice.services.remove('svc-2');
    expect((await poll()).report.services.map(({ id, error }) => [id, error])).toEqual([['svc-1', null]]);
    expect(at.panel.state()).toEqual(before);
  });
});

describe('a forward of two services that name one account', () => {
  it('is not adopted for one of them where it is adopted for the other meanwhile', async () => {
    await addCustomer(at);
    await at.addService(2, { values: { flvx_user_id: '3', client: '43' }, allowDuplicateRefs: true });
    await at.panel.customer(3).pause(2);
    const adopt = (sluice: Sluice, id: string): Promise<unknown> =>
      sluice.holds.adopt(id, { reason: 'manual', forwards: ['2'] });
    const { store } = at.bench;
    let isFirst = true;
    const get: typeof store.services.get = async (id) => {
      const read = await store.services.get(id);
      if (isFirst) await at.bench.inAnother((other) => adopt(other, 'svc-2'));
      isFirst = false;
      return read;
    };
    const reading = { ...store, services: { ...store.services, get } };
    const late = at.bench.inAnother((sluice) => adopt(sluice, 'svc-1'), { store: reading });
    await expect(late).rejects.toMatchObject({ code: 'already_adopted' });
    expect((await at.sluice.holds.list()).holds.map(({ service }) => service)).toEqual(['svc-2']);
    expect((await store.evidence.open({ panel: 'relay' })).map(({ service }) => service)).toEqual(['svc-2']);
  });
});

describe('forwards that no poll had seen when the quota stopped them', () => {
  const addOver = async (): Promise<void> => {
    const user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    at.panel.addForward(user, at.tunnels.hk, { name: 'game' });
    at.panel.addForward(user, at.tunnels.hk, { name: 'off' });
    at.bench.clock.advance(HOUR);
    await at.panel.customer(user).pause(4);
    at.bench.clock.advance(HOUR);
    useUp(at);
    expect(at.panel.runningForwards()).toEqual([1]);
  };
  const released = async (): Promise<void> => {
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    expect((await poll()).service.holds).toEqual([]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  };

  it('come back, and the one that the customer had paused before does not', async () => {
    await addOver();
    expect((await poll()).service.status).toBe('held');
    await released();
  });

  it('come back after a reconcile, or a suspension, has held them', async () => {
    await addOver();
    await done(at.sluice.reconcile());
    await done(at.sluice.provision.suspend('svc-1'));
    await done(at.sluice.provision.unsuspend('svc-1'));
    await released();
  });

  it('come back with a quota that is raised before any run has held them, and the other one not later either', async () => {
    await addOver();
    await at.sluice.overrides.set('svc-1', { quota: '300GB' });
    await at.sluice.reconcile();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
    await poll();
    await at.sluice.reconcile();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('come back when the first runs only observed', async () => {
    await addOver();
    await at.sluice.panels.observe('relay');
    await poll();
    await poll();
    await at.sluice.panels.enforce('relay');
    expect((await poll()).service.status).toBe('held');
    await released();
  });

  it('come back where the panel does not tell when they were paused, if they have carried something', async () => {
    await addOver();
    at.panel.traffic(3, GB);
    at.panel.server.inject({
      endpoint: /backup\/export/,
      match: ({ body }) => body.includes('"forwards"'),
      fault: { kind: 'mutate', change: (json) => ({ ...(json as object), forwards: [] }) },
    });
    await poll();
    await allow(at, '300GB');
    expect(at.panel.runningForwards()).toEqual([1, 2]);
  });
});
