import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** A customer of user id 3 with the running forwards 2 and 3, and 4 that he paused himself; 1 is somebody else's. */
async function customer(product: string): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'own', paused: true });
  await poll();
}

async function poll(): Promise<{ exitCode: number; report: RunReport; service: RunReport['services'][number] }> {
  at.bench.clock.advance(HOUR);
  const polled = await at.run('poll');
  const report = polled.json<RunReport>();
  return { exitCode: polled.exitCode, report, service: report.services[0]! };
}

/** Above what Sluice allows, but not above what the panel itself would stop. */
function overQuota(): void {
  at.panel.world.users.get(3)!.inFlow = 120 * GB;
}

const nodeAway = (): void => {
  at.panel.nodeOffline(1, { stillListed: true });
};
const speeds = (): (number | null)[] => [2, 3, 4].map((id) => at.panel.findSpeed(id));
const running = (): number[] => at.panel.runningForwards();
const types = (actions: { type: string; target: string; state: string }[]): string[] =>
  actions.map(({ type, target, state }) => `${type} ${target} ${state}`);

describe('a speed that the node does not take because it is away', () => {
  it('is no throttle: the run says so and names what is missing, and a later one mends it', async () => {
    await customer('slow');
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    overQuota();
    nodeAway();
    const missed = await poll();
    expect(missed.exitCode).toBe(3);
    expect(missed.service.error?.code).toBe('speed_not_in_force');
    expect(missed.service.error?.message).toMatch(/hk-entry.*forward 2 \(web\), 3 \(game\), 4 \(own\)/);
    expect(types(missed.service.actions)).toContain('assign-tunnel 1 applied');
    expect(types(missed.service.actions)).toContain('redeploy-forwards 1 failed');

    const still = await poll();
    expect(still.exitCode).not.toBe(0);
    expect(still.service.error?.code).toBe('speed_not_in_force');
    const drift = await at.run('plan');
    expect(drift.exitCode).not.toBe(0);
    expect(drift.stdout).toMatch(/speed of tunnel 1 is not in force.*forwards to redeploy: 2, 3, 4/);

    at.panel.nodeOnline(1);
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    const open = at.panel.connect(2);
    expect((await poll()).exitCode).toBe(0);
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect(open?.isOpen()).toBe(false);
    expect(running()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
    expect((await poll()).service.actions).toEqual([]);
  });

  it('is no release either: whoever pays gets his speed back when the node is', async () => {
    await customer('slow');
    overQuota();
    expect((await poll()).exitCode).toBe(0);
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    nodeAway();
    await at.run('override set svc-1 --quota 500GB');
    const missed = await poll();
    expect([missed.exitCode, missed.service.error?.code]).toEqual([3, 'speed_not_in_force']);
    at.panel.nodeOnline(1);
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect((await poll()).exitCode).toBe(0);
    expect(speeds()).toEqual([6.2, 6.2, 6.2]);
    expect(running()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is no change of package: the order ends with 3, and its repeat or a reconcile finishes it', async () => {
    await customer('slow');
    for (const [product, words] of [
      ['relay', 'reconcile'],
      ['slow', 'provision change-package svc-1 slow'],
    ] as const) {
      nodeAway();
      const ordered = await at.run(`provision change-package svc-1 ${product}`);
      expect(ordered.exitCode).toBe(3);
      expect(ordered.json<CommandReport>().service.error?.code).toBe('speed_not_in_force');
      at.panel.nodeOnline(1);
      expect((await at.run(words)).exitCode).toBe(0);
      expect(speeds()).toEqual(product === 'slow' ? [6.2, 6.2, 6.2] : [null, null, null]);
      expect(running()).toEqual([1, 2, 3]);
      expect((await at.run('plan')).exitCode).toBe(0);
    }
  });

  it('is mended also when the run broke off between the panel and its nodes', async () => {
    await customer('slow');
    overQuota();
    at.panel.server.inject({ endpoint: /batch-redeploy$/, fault: { kind: 'status', status: 500 } });
    nodeAway();
    expect((await poll()).exitCode).toBe(3);
    at.panel.server.clearFaults();
    at.panel.nodeOnline(1);
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(speeds()).toEqual([0.2, 0.2, 0.2]);
    expect(running()).toEqual([1, 2, 3]);
  });
});

describe('the beginning of a throttle', () => {
  it('ends open connections, which would go on at full speed, and leaves what the customer paused alone', async () => {
    await customer('slow');
    const open = [at.panel.connect(2), at.panel.connect(3)];
    overQuota();
    const { exitCode, service } = await poll();
    expect(exitCode).toBe(0);
    expect(open.map((one) => one?.isOpen())).toEqual([false, false]);
    expect([2, 3].map((id) => at.panel.connect(id)?.megabytesPerSecond)).toEqual([0.2, 0.2]);
    expect([2, 3, 4].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1, 0]);
    expect(running()).toEqual([1, 2, 3]);
    expect(types(service.actions).slice(-6)).toEqual([
      'redeploy-forwards 1 applied',
      'pause-forward 2 applied',
      'resume-forward 2 applied',
      'pause-forward 3 applied',
      'resume-forward 3 applied',
      'pause-forward 4 applied',
    ]);
    expect((await poll()).service.actions).toEqual([]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('cuts nothing when it ends, or when a change of package changes the speed', async () => {
    await customer('slow');
    overQuota();
    await poll();
    const slow = at.panel.connect(2);
    await at.run('override set svc-1 --quota 500GB');
    await poll();
    const fast = at.panel.connect(2);
    await at.run('provision change-package svc-1 relay');
    expect([slow?.isOpen(), fast?.isOpen()]).toEqual([true, true]);
    expect([slow?.megabytesPerSecond, fast?.megabytesPerSecond]).toEqual([0.2, 6.2]);
  });

  it('starts again what it paused for that, also when the run breaks off in between', async () => {
    await customer('slow');
    overQuota();
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    expect((await poll()).exitCode).toBe(3);
    at.panel.server.clearFaults();
    expect(at.panel.forward(2)?.status).toBe(0);
    expect((await poll()).exitCode).toBe(0);
    expect([2, 3, 4].map((id) => at.panel.forward(id)?.status)).toEqual([1, 1, 0]);
    expect(running()).toEqual([1, 2, 3]);
  });

  it('does not start again what a hold needs closed meanwhile, but does so afterwards', async () => {
    await customer('slow');
    overQuota();
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    await poll();
    at.panel.server.clearFaults();
    await at.run('provision suspend svc-1');
    expect(running()).toEqual([1]);
    await at.run('provision unsuspend svc-1');
    expect(running()).toEqual([1, 2, 3]);
  });
});
