import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { Sluice } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { firstService, type Polled, pollLater } from '../loop/polls.js';
import { accountName, addCustomer, addPausingCustomer, allow, limitNames, toOutcomes, useUp } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

const account = (): string => accountName(at);
const limits = (): string[] => limitNames(at);

describe('a throttled service', () => {
  it('goes on slowly with a limit of its own, and gets its speed back', async () => {
    await addCustomer(at, 'slow');
    const own = at.panel.permission(3, 1)?.speedId;
    expect(at.panel.state().limits).toMatchObject({ 1: { name: `sluice:${account()}:50M`, speed: 50 } });
    useUp(at);
    expect(at.panel.runningForwards()).toEqual([1]);
    const { service, outcome } = await poll();
    expect(outcome).toBe('done');
    expect(service.holds.map((hold) => hold.reason)).toEqual(['quota']);
    // The panel must not stop what is only slowed down.
    expect(at.panel.user(3)).toMatchObject({ flow: 99_999, status: 1 });
    expect(at.panel.permission(3, 1)).toMatchObject({ flow: 99_999, status: 1, speedId: 2 });
    expect(at.panel.state().limits).toMatchObject({
      1: { speed: 50 },
      2: { name: `sluice:${account()}:2M`, speed: 2 },
    });
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(
      at.panel
        .services()
        .filter((one) => one.forwardId === 2)
        .map((one) => one.limiter),
    ).toEqual(['2', '2']);
    expect((await poll()).service.actions).toEqual([]);
    await expectSettled(at);

    await allow(at, '500GB');
    expect(at.panel.permission(3, 1)).toMatchObject({ flow: 500, speedId: own });
    expect(Object.keys(at.panel.state().limits)).toEqual(['1']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('changes its speed at once, and leaves no limit of the product that it had before', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    await poll();
    const { url } = at.panel;
    await at.bench.configure(flvxConfig(url).replace('speedMbit: 50, throttleMbit: 2', 'throttleMbit: 1'));
    await done(at.sluice.reconcile());
    expect(limits()).toEqual([`sluice:${account()}:50M`, `sluice:${account()}:1M`]);
    await expectSettled(at);
    await allow(at, 'unlimited');
    expect(at.panel.permission(3, 1)?.speedId).toBeNull();
    expect(limits()).toEqual([]);
    await expectSettled(at);
  });

  it.each(few(['own', 'of staff', 'none'] as const, 2))(
    'gives a tunnel that its product lacks its speed back when it closes it (%s)',
    async (before) => {
      const { hk, jp } = at.tunnels;
      const config = flvxConfig(at.panel.url);
      const both = config.replace(
        '{ tunnelId: 1, speedMbit: 50, throttleMbit',
        '{ tunnelIds: [1, 2], SPEEDthrottleMbit',
      );
      await at.bench.configure(both.replace('SPEED', before === 'own' ? 'speedMbit: 50, ' : ''));
      await addCustomer(at, 'slow');
      at.panel.addForward(3, jp, { name: 'far' });
      const staff = at.panel.addSpeedLimit(jp, 30, 'staff');
      if (before === 'of staff') at.panel.world.findPermission(3, jp)!.speedId = staff;
      useUp(at);
      await poll();
      expect(at.panel.permission(3, jp)?.speedId).toBe(at.panel.permission(3, hk)?.speedId);

      await at.bench.configure(both.replace('[1, 2], SPEED', '[1], '));
      at.bench.clock.advance(HOUR);
      await done(at.sluice.reconcile());
      expect(at.panel.permission(3, jp)).toMatchObject({ status: 0, speedId: before === 'of staff' ? staff : null });
      const evidence = await at.bench.store.evidence.open({ panel: 'relay' });
      expect(evidence.map(({ kind, target }) => [kind, target])).toEqual([['speed-limit', `3:${hk}`]]);
      await expectSettled(at);
      expect((await allow(at, '500GB')).service).toMatchObject({ status: 'ok', holds: [] });
      expect(at.panel.permission(3, hk)?.speedId).toBeNull();
      expect(limits()).toEqual(['staff']);
      await expectSettled(at);
    },
  );

  it('is stopped, not slowed down, when it is not paid for', async () => {
    await addCustomer(at, 'slow');
    useUp(at);
    await poll();
    await done(at.sluice.provision.suspend('svc-1'));
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(at.panel.user(3)?.status).toBe(0);
    await at.sluice.provision.unsuspend('svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.permission(3, 1)).toMatchObject({ status: 1, speedId: 2 });
    await expectSettled(at);
  });
});

/** Above what Sluice allows, but not above what the panel itself would stop. */
function overQuota(): void {
  at.panel.world.users.get(3)!.inFlow = 120 * GB;
}

const nodeAway = (): void => {
  at.panel.nodeOffline(1, { stillListed: true });
};
const speeds = (): (number | null)[] => [2, 3, 4].map((id) => at.panel.findSpeed(id));
const running = (): number[] => at.panel.runningForwards();

describe('a speed that the node does not take because it is away', () => {
  it('is no throttle: the run says so and names what is missing, and a later one mends it', async () => {
    await addPausingCustomer(at, 'slow');
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    overQuota();
    nodeAway();
    const missed = await poll();
    expect(missed.outcome).toBe('partial');
    expect(missed.service.error?.code).toBe('speed_not_in_force');
    expect(missed.service.error?.message).toMatch(/hk-entry.*forward 2 \(web\), 3 \(game\), 4 \(own\)/);
    expect(toOutcomes(missed.service.actions)).toContain('assign-tunnel 1 applied');
    expect(toOutcomes(missed.service.actions)).toContain('redeploy-forwards 1 failed');

    const still = await poll();
    expect(still.outcome).not.toBe('done');
    expect(still.service.error?.code).toBe('speed_not_in_force');
    const drift = await at.sluice.plan();
    expect(drift.run).not.toMatchObject({ outcome: 'done', changes: false });
    expect(firstService(drift).drift?.join()).toMatch(
      /speed of tunnel 1 is not in force.*forwards to redeploy: 2, 3, 4/,
    );

    at.panel.nodeOnline(1);
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    const open = at.panel.connect(2);
    expect((await poll()).outcome).toBe('done');
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect(open?.isOpen()).toBe(false);
    expect(running()).toEqual([1, 2, 3]);
    await expectSettled(at);
    expect((await poll()).service.actions).toEqual([]);
  });

  it('is no release either: whoever pays gets his speed back when the node is', async () => {
    await addPausingCustomer(at, 'slow');
    overQuota();
    expect((await poll()).outcome).toBe('done');
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    nodeAway();
    const missed = await allow(at, '500GB');
    expect([missed.outcome, missed.service.error?.code]).toEqual(['partial', 'speed_not_in_force']);
    at.panel.nodeOnline(1);
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect((await poll()).outcome).toBe('done');
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    expect(running()).toEqual([1, 2, 3]);
    await expectSettled(at);
  });

  it('is no change of package: which is partial, and its repeat or a reconcile finishes it', async () => {
    await addPausingCustomer(at, 'slow');
    for (const [product, finish] of [
      ['relay', ({ reconcile }: Sluice) => done(reconcile())],
      ['slow', ({ provision }: Sluice) => done(provision.changePackage('svc-1', 'slow'))],
    ] as const) {
      nodeAway();
      const ordered = await at.sluice.provision.changePackage('svc-1', product);
      expect(ordered.run.outcome).toBe('partial');
      expect(ordered.service.error?.code).toBe('speed_not_in_force');
      at.panel.nodeOnline(1);
      await finish(at.sluice);
      expect(speeds()).toEqual(product === 'slow' ? [6.2, 6.2, 6.2] : [null, null, null]);
      expect(running()).toEqual([1, 2, 3]);
      await expectSettled(at);
    }
  });

  it('is mended also when the run broke off between the panel and its nodes', async () => {
    await addPausingCustomer(at, 'slow');
    overQuota();
    at.panel.server.inject({ endpoint: /batch-redeploy$/, fault: { kind: 'status', status: 500 } });
    nodeAway();
    expect((await poll()).outcome).toBe('partial');
    at.panel.server.clearFaults();
    at.panel.nodeOnline(1);
    await done(at.sluice.reconcile());
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect(running()).toEqual([1, 2, 3]);
  });
});

describe('the beginning of a throttle', () => {
  it('ends open connections, which would go on at full speed, and leaves what the customer paused alone', async () => {
    await addPausingCustomer(at, 'slow');
    const open = [at.panel.connect(2), at.panel.connect(3)];
    overQuota();
    const { outcome, service } = await poll();
    expect(outcome).toBe('done');
    expect(open.map((one) => one?.isOpen())).toEqual([false, false]);
    expect([2, 3].map((id) => at.panel.connect(id)?.megabytesPerSecond)).toEqual([0.2, 0.2]);
    expect([2, 3, 4].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1, 0]);
    expect(running()).toEqual([1, 2, 3]);
    expect(toOutcomes(service.actions).slice(-6)).toEqual([
      'redeploy-forwards 1 applied',
      'pause-forward 2 applied',
      'resume-forward 2 applied',
      'pause-forward 3 applied',
      'resume-forward 3 applied',
      'pause-forward 4 applied',
    ]);
    expect((await poll()).service.actions).toEqual([]);
    await expectSettled(at);
  });

  it('cuts nothing when it ends, or when a change of package changes the speed', async () => {
    await addPausingCustomer(at, 'slow');
    overQuota();
    await poll();
    const slow = at.panel.connect(2);
    await allow(at, '500GB');
    const fast = at.panel.connect(2);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect([slow?.isOpen(), fast?.isOpen()]).toEqual([true, true]);
    expect([slow?.megabytesPerSecond, fast?.megabytesPerSecond]).toEqual([0.2, 6.2]);
  });

  it('does not start again what a hold needs closed meanwhile, but does so afterwards', async () => {
    await addPausingCustomer(at, 'slow');
    overQuota();
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    await poll();
    at.panel.server.clearFaults();
    await at.sluice.provision.suspend('svc-1');
    expect(running()).toEqual([1]);
    await at.sluice.provision.unsuspend('svc-1');
    expect(running()).toEqual([1, 2, 3]);
  });
});
