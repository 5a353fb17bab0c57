import { describe, expect, it } from '@jest/globals';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { noticeCodes, type Polled, pollLater } from '../loop/polls.js';
import { accountName, addCustomer, allow, limitNames, toSteps, useUp } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

/** Lets the paid time of the customer end: the panel's daily job closes the account. */
const expire = (): void => {
  at.bench.clock.set('2026-12-16T00:00:10Z');
  at.panel.midnight();
};

describe('the end of a hold on an account that the panel would stop', () => {
  const running = (): boolean[] => [2, 3].map((id) => at.panel.isRunning(id));

  it.each(['relay', 'nowhere'])('leaves the forwards of %s paused until staff enables the user', async (product) => {
    await addCustomer(at, product);
    useUp(at);
    await poll();
    at.panel.world.users.get(3)!.status = 0;
    expect(await allow(at, '500GB')).toMatchObject({ outcome: 'done', service: { status: 'ok' } });
    expect(running()).toEqual([false, false]);
    expect(at.panel.forward(2)?.remoteAddr).toBe('198.51.100.7:443');
    const planned = await at.sluice.plan();
    expect(planned.services[0]?.drift?.join()).toMatch(/user 3 is disabled, but not by Sluice/);
    await done(at.sluice.reconcile());
    expect(running()).toEqual([false, false]);

    at.panel.world.users.get(3)!.status = 1;
    expect(toSteps((await poll()).service.actions)).toEqual(['resume-forward 2', 'resume-forward 3']);
    expect(running()).toEqual([true, true]);
    await expectSettled(at);
  });

  it('resumes all that the panel stopped, also where another report came while it paused them', async () => {
    await addCustomer(at);
    await poll();
    useUp(at);
    at.panel.world.forwards.get(2)!.updatedTime -= 400;
    await poll();
    expect(await allow(at, '500GB')).toMatchObject({ outcome: 'done', service: { status: 'ok' } });
    expect(running()).toEqual([true, true]);
    await expectSettled(at);
  });

  it('leaves them paused until staff opens the permission', async () => {
    await addCustomer(at);
    at.panel.world.findPermission(3, 1)!.status = 0;
    await at.sluice.holds.add('svc-1');
    await done(at.sluice.holds.release('svc-1'));
    expect(running()).toEqual([false, false]);
    at.panel.world.findPermission(3, 1)!.status = 1;
    await poll();
    expect(running()).toEqual([true, true]);
  });

  it('leaves them paused until an expired account is renewed', async () => {
    await addCustomer(at);
    useUp(at);
    await poll();
    await at.sluice.services.set('svc-1', { next_due_date: '2026-11-19' });
    await at.sluice.reconcile();
    const { report } = await allow(at, '500GB');
    expect(noticeCodes(report)).toContain('stopped_by_panel');
    expect(running()).toEqual([false, false]);
    await done(at.sluice.provision.renew('svc-1', { until: '2026-12-19' }));
    expect(running()).toEqual([true, true]);
    await poll();
    await expectSettled(at);
  });

  it('leaves them paused when the daily job has closed the account, and a renewal opens all', async () => {
    await addCustomer(at);
    expire();
    await poll();
    const show = (options?: { reader: string }) => at.sluice.services.show('svc-1', options);
    const since = new Date(at.bench.clock.now()).toISOString();
    expect(await show()).toMatchObject({
      ...{ status: 'ok', holds: [] },
      stoppedByPanel: {
        since,
        message: expect.stringMatching(/^svc-1 is within its allowance, but the panel stops it/),
      },
    });
    const isMarked = async () =>
      (await at.sluice.overview()).services.items.map(({ stoppedByPanel }) => stoppedByPanel);
    expect(await isMarked()).toEqual([true]);
    await at.sluice.services.set('svc-1', { client: '42' });
    expect((await show({ reader: '42' })).stoppedByPanel).toEqual({ since, message: null });
    await at.sluice.provision.suspend('svc-1');
    expect((await show()).stoppedByPanel).toBeUndefined();
    expect(await isMarked()).toEqual([false]);
    await done(at.sluice.provision.unsuspend('svc-1'));
    expect(running()).toEqual([false, false]);
    await at.sluice.provision.renew('svc-1');
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([1, 1]);
    expect(running()).toEqual([true, true]);
    await poll();
    expect((await show()).stoppedByPanel).toBeUndefined();
  });

  it('starts them when a second hold has come and gone', async () => {
    await addCustomer(at);
    await at.sluice.holds.add('svc-1');
    at.panel.world.users.get(3)!.expTime = at.bench.clock.now() - 1;
    await at.sluice.holds.release('svc-1');
    expect(running()).toEqual([false, false]);
    await at.sluice.provision.suspend('svc-1');
    await at.sluice.provision.unsuspend('svc-1');
    await at.sluice.reconcile();
    expect(running()).toEqual([true, true]);
    await expectSettled(at);
  });
});

describe('a node that is away', () => {
  it('makes the run partial, keeps nothing else from being done, and is caught up with later', async () => {
    await addCustomer(at);
    await at.addService(2);
    await at.sluice.provision.create('svc-2');
    at.panel.addForward(4, at.tunnels.hk, { name: 'another' });
    useUp(at);
    await at.panel.customerResume(2);
    at.panel.nodeOffline(1, { stillListed: true });
    const { outcome, report } = await poll();
    expect(outcome).toBe('partial');
    const [held, other] = report.services;
    expect(held).toMatchObject({ status: 'failed', holds: [{ reason: 'quota' }], error: { code: 'PANEL_REJECTED' } });
    expect(held?.error?.message).toMatch(/offline/);
    expect(other).toMatchObject({ id: 'svc-2', status: 'ok', error: null });
    expect(at.panel.permissionStatus(3, 1)).toBe(0);
    at.panel.nodeOnline(1);
    const later = await poll();
    expect(later.outcome).toBe('done');
    expect(at.panel.runningForwards()).toEqual([1, 4]);
    await expectSettled(at);
  });
});

describe('forwards that the panel paused by itself', () => {
  it('run again after a renewal, with the user and permission that the daily job had closed', async () => {
    await addCustomer(at);
    await at.panel.customer(3).pause(3);
    await poll();
    expire();
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([0, 0]);
    expect(at.panel.runningForwards()).toEqual([1]);
    await poll();
    await done(at.sluice.provision.renew('svc-1'));
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([1, 1]);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await poll();
    await expectSettled(at);
  });

  it('run again after a renewal, also when a write has started them meanwhile and they were paused again', async () => {
    await addCustomer(at, 'slow');
    await at.panel.customer(3).pause(3);
    await poll();
    expire();
    await poll();
    await at.bench.configure(
      flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'speedMbit: 60, throttleMbit'),
    );
    await done(at.sluice.reconcile());
    expect(limitNames(at)).toEqual([`sluice:${accountName(at)}:60M`]);
    expect(at.panel.runningForwards()).toEqual([1]);
    await poll();
    await done(at.sluice.provision.renew('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await poll();
    await expectSettled(at);
  });
});

describe('an account that has used up its quota on the panel', () => {
  const OBSERVED = ['kind: flvx,', 'kind: flvx, enforce: observe,'] as const;
  const stopped = async () => (await at.sluice.services.show('svc-1')).stoppedByPanel?.message;

  it('is shown as stopped under observe with a larger product, until a run raises its quota', async () => {
    await addCustomer(at);
    await at.bench.edit(...OBSERVED);
    useUp(at);
    await at.sluice.services.set('svc-1', { product: 'big' });
    expect(noticeCodes((await poll()).report)).toContain('stopped_by_panel');
    expect(noticeCodes((await poll()).report)).not.toContain('stopped_by_panel');
    expect([at.panel.isRunning(2), await stopped()]).toEqual([
      false,
      expect.stringMatching(/user 3 has used up its quota of 100 GB on the panel/),
    ]);
    await at.bench.edit(OBSERVED[1], OBSERVED[0]);
    await done(at.sluice.reconcile());
    expect([at.panel.isRunning(2), await stopped()]).toEqual([true, undefined]);
  });

  it('is shown as stopped under observe in a new cycle, whose counter nothing zeroes', async () => {
    await addCustomer(at);
    await at.sluice.provision.renew('svc-1', { until: '2027-06-15' });
    await at.bench.edit(...OBSERVED);
    useUp(at);
    await poll();
    at.bench.clock.set('2026-12-15T00:10:00Z');
    await poll();
    expect((await poll()).service).toMatchObject({ status: 'ok', usage: { totalBytes: 0 } });
    expect([at.panel.isRunning(2), await stopped()]).toEqual([false, expect.stringMatching(/used up its quota/)]);
  });

  it('is shown as stopped while the panel refuses the larger quota', async () => {
    await addCustomer(at);
    useUp(at);
    await at.sluice.services.set('svc-1', { product: 'big' });
    const fault = { kind: 'status', status: 503, body: {} } as const;
    at.panel.server.inject({ endpoint: /user\/update/, times: 9, fault });
    const { service, report } = await poll();
    expect(service.status).toBe('failed');
    expect(noticeCodes(report)).toContain('stopped_by_panel');
    expect(await stopped()).toMatch(/used up its quota/);
  });
});
