import { describe, expect, it } from '@jest/globals';
import type { Sluice } from '@sluice/engine';
import { GB } from '../bench/engine-bench.js';
import { useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { addPausingCustomer, firstService, pollLater, toOutcomes, type Polled } from './customer.js';

const at = useFlvxBench();

const poll = (ms?: number): Promise<Polled> => pollLater(at, ms);

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
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    const missed = await poll();
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
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await poll();
    const fast = at.panel.connect(2);
    await at.sluice.provision.changePackage('svc-1', 'relay');
    expect([slow?.isOpen(), fast?.isOpen()]).toEqual([true, true]);
    expect([slow?.megabytesPerSecond, fast?.megabytesPerSecond]).toEqual([0.2, 6.2]);
  });

  it('starts again what it paused for that, also when the run breaks off in between', async () => {
    await addPausingCustomer(at, 'slow');
    overQuota();
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    expect((await poll()).outcome).toBe('partial');
    at.panel.server.clearFaults();
    expect(at.panel.forward(2)?.status).toBe(0);
    expect((await poll()).outcome).toBe('done');
    expect([2, 3, 4].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1, 0]);
    expect(running()).toEqual([1, 2, 3]);
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
