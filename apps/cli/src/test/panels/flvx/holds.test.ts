import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { flvxConfig, GB, HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';

let at: FlvxBench;
beforeEach(async () => {
  at = await startFlvxBench();
});
afterEach(async () => {
  expect(at.panel.server.failures).toEqual([]);
  await at.close();
});

/** A customer of user id 3 with the running forwards 2 and 3; 1 is somebody else's. */
async function customer(product = 'relay'): Promise<void> {
  const user = await at.create(1, { product });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web', remoteAddr: '198.51.100.7:443' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'game', remoteAddr: '198.51.100.8:80' });
  await poll();
}

async function poll(
  ms = HOUR,
): Promise<{ exitCode: number; report: RunReport; service: RunReport['services'][number] }> {
  at.bench.clock.advance(ms);
  const polled = await at.run('poll');
  const report = polled.json<RunReport>();
  return { exitCode: polled.exitCode, report, service: report.services[0]! };
}

const types = (actions: { type: string; target: string }[]): string[] =>
  actions.map(({ type, target }) => `${type} ${target}`);
const codes = (report: RunReport): string[] => report.notices.map((notice) => notice.code);
const limits = (): string[] =>
  Object.values(at.panel.state().limits as Record<string, { name: string }>).map(({ name }) => name);
/** The login name of the customer, which only Sluice can have given. */
const account = (): string => at.panel.user(3)?.user ?? '';
const overQuota = (): void => {
  at.panel.traffic(2, { in: 90 * GB, out: 20 * GB });
};

describe('a paused forward that runs again while the service is held', () => {
  beforeEach(async () => {
    await customer();
    overQuota();
    expect((await poll()).service.holds.map((hold) => hold.reason)).toEqual(['quota']);
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('is left in peace as long as it carries nothing', async () => {
    at.panel.server.clearCalls();
    // Within the hour after which it is paused again all the same.
    const { service, report } = await poll(HOUR / 4);
    expect(service.actions).toEqual([]);
    expect(codes(report)).toEqual([]);
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is found by its counters after a restart of the agent, paused again and reported', async () => {
    at.panel.restartNode(1);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.forward(2)?.status).toBe(0);
    expect(at.panel.traffic(2, GB)).toBe(true);
    const { exitCode, report, service } = await poll();
    expect(exitCode).toBe(0);
    // The other one runs as well, although it has carried nothing yet.
    expect(types(service.actions)).toEqual(['pause-forward 2', 'pause-forward 3']);
    expect(codes(report)).toEqual(['forward_ran_again']);
    expect(report.notices[0]?.message).toMatch(/forward 2 \(web\) of svc-1/);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await poll()).service.actions).toEqual([]);
  });

  it('is found when the customer redeploys it with an old token', async () => {
    await at.panel.customerRedeploy(3);
    at.panel.traffic(3, GB);
    const { service } = await poll();
    expect(types(service.actions)).toContain('pause-forward 3');
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('is paused again when the customer resumes it with an old token', async () => {
    await at.panel.customerResume(3);
    expect(at.panel.forward(3)?.status).toBe(1);
    const { service, report } = await poll();
    expect(types(service.actions)).toEqual(['pause-forward 3']);
    expect(codes(report)).toEqual(['forward_ran_again']);
    expect(at.panel.runningForwards()).toEqual([1]);
  });

  it('comes back with the others when the hold ends', async () => {
    at.panel.restartNode(1);
    at.panel.traffic(2, GB);
    await poll();
    await at.run('override set svc-1 --quota 500GB');
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is named in the account as paused by Sluice', async () => {
    const { account } = (await at.run('service show svc-1')).json<{ account: unknown }>();
    expect(account).toEqual({
      url: at.panel.url,
      username: at.panel.user(3)?.user,
      expiresAt: '2026-12-15T00:00:00.000Z',
      tunnels: [{ id: 1, name: 'HK-01', nodes: ['hk-entry'] }],
      forwards: [
        { id: 2, name: 'web', status: 0, pausedByUs: true },
        { id: 3, name: 'game', status: 0, pausedByUs: true },
      ],
    });
  });
});

describe('a redirected service', () => {
  it('carries nothing whatever the customer or the agent starts, and gets its addresses back', async () => {
    await customer('nowhere');
    overQuota();
    await poll();
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['127.0.0.1:9', '127.0.0.1:9']);
    at.panel.restartNode(1);
    await at.panel.customerResume(2);
    await at.panel.customerRedeploy(3);
    expect([2, 3].map((id) => at.panel.isRunning(id))).toEqual([true, true]);
    expect([2, 3].map((id) => at.panel.traffic(id, GB))).toEqual([false, false]);
    const refused = await at.panel.customer(3).updateForward(2, { remoteAddr: '198.51.100.7:443' });
    expect(refused.code).toBe(-1);
    await poll();
    await at.run('override set svc-1 --unlimited');
    await poll();
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['198.51.100.7:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.traffic(2, GB)).toBe(true);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('a redirected forward that an administrator has pointed elsewhere meanwhile', () => {
  it('is pointed nowhere again, and gets that address back', async () => {
    await customer('nowhere');
    await at.run('provision suspend svc-1');
    at.panel.world.forwards.get(2)!.remoteAddr = '198.51.100.99:443';
    expect(types((await poll()).service.actions)).toContain('redirect-forward 2');
    expect(at.panel.forward(2)?.remoteAddr).toBe('127.0.0.1:9');
    await at.run('provision unsuspend svc-1');
    expect([2, 3].map((id) => at.panel.forward(id)?.remoteAddr)).toEqual(['198.51.100.99:443', '198.51.100.8:80']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });
});

describe('a throttled service', () => {
  it('goes on slowly with a limit of its own, and gets its speed back', async () => {
    await customer('slow');
    const own = at.panel.permission(3, 1)?.speedId;
    expect(at.panel.state().limits).toMatchObject({ 1: { name: `sluice:${account()}:50M`, speed: 50 } });
    overQuota();
    expect(at.panel.runningForwards()).toEqual([1]);
    const { service, exitCode } = await poll();
    expect(exitCode).toBe(0);
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
    expect((await at.run('plan')).exitCode).toBe(0);

    await at.run('override set svc-1 --quota 500GB');
    await poll();
    expect(at.panel.permission(3, 1)).toMatchObject({ flow: 500, speedId: own });
    expect(Object.keys(at.panel.state().limits)).toEqual(['1']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('starts again what the panel had stopped, also when the run that throttles it breaks off', async () => {
    await customer('slow');
    overQuota();
    at.panel.server.inject({ endpoint: /forward\/resume$/, fault: { kind: 'status', status: 500 } });
    expect((await poll()).exitCode).toBe(3);
    at.panel.server.clearFaults();
    expect(at.panel.user(3)?.flow).toBe(99_999);
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('changes its speed at once, and leaves no limit of the product that it had before', async () => {
    await customer('slow');
    overQuota();
    await poll();
    const { url } = at.panel;
    at.bench.write('sluice.yaml', flvxConfig(url).replace('speedMbit: 50, throttleMbit: 2', 'throttleMbit: 1'));
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(limits()).toEqual([`sluice:${account()}:50M`, `sluice:${account()}:1M`]);
    expect((await at.run('plan')).exitCode).toBe(0);
    await at.run('override set svc-1 --unlimited');
    await poll();
    expect(at.panel.permission(3, 1)?.speedId).toBeNull();
    expect(limits()).toEqual([]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is stopped, not slowed down, when it is not paid for', async () => {
    await customer('slow');
    overQuota();
    await poll();
    const suspended = await at.run('provision suspend svc-1');
    expect(suspended.exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect(at.panel.user(3)?.status).toBe(0);
    await at.run('provision unsuspend svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect(at.panel.permission(3, 1)).toMatchObject({ status: 1, speedId: 2 });
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('a hold of billing or of an operator', () => {
  it('also closes the user, and opens him again', async () => {
    await customer();
    for (const [add, release] of [
      ['provision suspend svc-1', 'provision unsuspend svc-1'],
      ['hold add svc-1', 'hold release svc-1'],
    ] as const) {
      expect((await at.run(add)).exitCode).toBe(0);
      expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([0, 0]);
      expect(at.panel.runningForwards()).toEqual([1]);
      expect((await at.run(release)).exitCode).toBe(0);
      expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([1, 1]);
      expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    }
  });

  it('gives back only what Sluice closed: what staff had closed before stays closed', async () => {
    await customer();
    const { world } = at.panel;
    world.users.get(3)!.status = 0;
    world.findPermission(3, 1)!.status = 0;
    await at.panel.customer(3).pause(3);
    await poll();
    await at.run('provision suspend svc-1');
    await at.run('provision unsuspend svc-1');
    await at.run('reconcile');
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([0, 0]);
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([0, 0]);
    // The first one ran before the suspension, the other one was paused by the customer.
    world.users.get(3)!.status = 1;
    world.findPermission(3, 1)!.status = 1;
    await poll();
    expect([2, 3].map((id) => at.panel.forward(id)?.status)).toEqual([1, 0]);
  });

  it('leaves what another hold still needs', async () => {
    await customer();
    await at.run('hold add svc-1');
    await at.run('provision suspend svc-1');
    const released = await at.run('hold release svc-1');
    expect(released.json<CommandReport>()).toMatchObject({ stillHeld: ['billing'], actions: [] });
    expect(at.panel.runningForwards()).toEqual([1]);
    await at.run('provision unsuspend svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('the end of a hold on an account that the panel would stop', () => {
  const running = (): boolean[] => [2, 3].map((id) => at.panel.isRunning(id));

  it.each(['relay', 'nowhere'])('leaves the forwards of %s paused until staff enables the user', async (product) => {
    await customer(product);
    overQuota();
    await poll();
    at.panel.world.users.get(3)!.status = 0;
    await at.run('override set svc-1 --quota 500GB');
    expect(await poll()).toMatchObject({ exitCode: 0, service: { status: 'ok' } });
    expect(running()).toEqual([false, false]);
    expect(at.panel.forward(2)?.remoteAddr).toBe('198.51.100.7:443');
    const planned = await at.run('plan');
    expect(planned.json<RunReport>().services[0]?.drift?.join()).toMatch(/user 3 is disabled, but not by Sluice/);
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(running()).toEqual([false, false]);

    at.panel.world.users.get(3)!.status = 1;
    expect(types((await poll()).service.actions)).toEqual(['resume-forward 2', 'resume-forward 3']);
    expect(running()).toEqual([true, true]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('leaves them paused until staff opens the permission', async () => {
    await customer();
    at.panel.world.findPermission(3, 1)!.status = 0;
    await at.run('hold add svc-1');
    expect((await at.run('hold release svc-1')).exitCode).toBe(0);
    expect(running()).toEqual([false, false]);
    at.panel.world.findPermission(3, 1)!.status = 1;
    await poll();
    expect(running()).toEqual([true, true]);
  });

  it('leaves them paused until an expired account is renewed', async () => {
    await customer();
    overQuota();
    await poll();
    await at.run('service set svc-1 next_due_date=2026-11-19');
    await at.run('reconcile');
    await at.run('override set svc-1 --quota 500GB');
    const { report } = await poll();
    expect(codes(report)).toContain('stopped_by_panel');
    expect(running()).toEqual([false, false]);
    expect((await at.run('provision renew svc-1 --until 2026-12-19')).exitCode).toBe(0);
    expect(running()).toEqual([true, true]);
    await poll();
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('leaves them paused when the daily job has closed the account, and a renewal opens all', async () => {
    await customer();
    at.bench.clock.set('2026-12-16T00:00:10Z');
    at.panel.midnight();
    await poll();
    await at.run('provision suspend svc-1');
    expect((await at.run('provision unsuspend svc-1')).exitCode).toBe(0);
    expect(running()).toEqual([false, false]);
    await at.run('provision renew svc-1');
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([1, 1]);
    expect(running()).toEqual([true, true]);
  });

  it('leaves no restriction of the hold behind, and starts them when everything is given back', async () => {
    await customer();
    overQuota();
    await poll();
    expect((await at.run('hold release --all --yes')).exitCode).toBe(0);
    expect(running()).toEqual([true, true]);
    expect((await at.run('hold release --all --yes')).json<RunReport>().services).toEqual([]);
    await at.run('override set svc-1 --quota 500GB');
    expect((await at.run('enforce relay --yes')).exitCode).toBe(0);
    await poll();
    expect(running()).toEqual([true, true]);
  });

  it('starts them when a second hold has come and gone', async () => {
    await customer();
    await at.run('hold add svc-1');
    at.panel.world.users.get(3)!.expTime = at.bench.clock.now() - 1;
    await at.run('hold release svc-1');
    expect(running()).toEqual([false, false]);
    await at.run('provision suspend svc-1');
    await at.run('provision unsuspend svc-1');
    await at.run('reconcile');
    expect(running()).toEqual([true, true]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('a node that is away', () => {
  it('makes the run exit 3, keeps nothing else from being done, and is caught up with later', async () => {
    await customer();
    await at.addService(2);
    await at.run('provision create svc-2');
    at.panel.addForward(4, at.tunnels.hk, { name: 'another' });
    overQuota();
    await at.panel.customerResume(2);
    at.panel.nodeOffline(1, { stillListed: true });
    const { exitCode, report } = await poll();
    expect(exitCode).toBe(3);
    const [held, other] = report.services;
    expect(held).toMatchObject({ status: 'failed', holds: [{ reason: 'quota' }], error: { code: 'PANEL_REJECTED' } });
    expect(held?.error?.message).toMatch(/offline/);
    expect(other).toMatchObject({ id: 'svc-2', status: 'ok', error: null });
    expect(at.panel.permissionStatus(3, 1)).toBe(0);
    at.panel.nodeOnline(1);
    const later = await poll();
    expect(later.exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 4]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('makes an order exit 3 when it is the only service, and a repeat finishes it', async () => {
    await customer();
    at.panel.nodeOffline(1);
    const suspended = await at.run('provision suspend svc-1');
    expect(suspended.exitCode).toBe(3);
    expect(at.panel.user(3)?.status).toBe(0);
    at.panel.nodeOnline(1);
    expect((await at.run('provision suspend svc-1')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1]);
  });
});

describe('forwards that the panel paused by itself', () => {
  it('run again when the quota is raised before Sluice ever held the service', async () => {
    await customer();
    overQuota();
    expect(at.panel.runningForwards()).toEqual([1]);
    await at.run('override set svc-1 --quota 500GB');
    const { service } = await poll();
    expect(service.holds).toEqual([]);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('run again after a renewal, with the user and permission that the daily job had closed', async () => {
    await customer();
    await at.panel.customer(3).pause(3);
    await poll();
    at.bench.clock.set('2026-12-16T00:00:10Z');
    at.panel.midnight();
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([0, 0]);
    expect(at.panel.runningForwards()).toEqual([1]);
    await poll();
    expect((await at.run('provision renew svc-1')).exitCode).toBe(0);
    expect([at.panel.user(3)?.status, at.panel.permissionStatus(3, 1)]).toEqual([1, 1]);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await poll();
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('run again after a renewal, also when a write has started them meanwhile and they were paused again', async () => {
    await customer('slow');
    await at.panel.customer(3).pause(3);
    await poll();
    at.bench.clock.set('2026-12-16T00:00:10Z');
    at.panel.midnight();
    await poll();
    at.bench.write(
      'sluice.yaml',
      flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'speedMbit: 60, throttleMbit'),
    );
    expect((await at.run('reconcile')).exitCode).toBe(0);
    expect(limits()).toEqual([`sluice:${account()}:60M`]);
    expect(at.panel.runningForwards()).toEqual([1]);
    await poll();
    expect((await at.run('provision renew svc-1')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2]);
    await poll();
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('a product that sells a number of forwards', () => {
  it('has the newest beyond it paused with a notice, and run again when there is room', async () => {
    await customer('counted');
    at.panel.addForward(3, 1, { name: 'third' });
    const { report, service } = await poll();
    expect(types(service.actions)).toEqual(['pause-forward 4']);
    expect(codes(report)).toEqual(['max_forwards']);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    const again = await poll();
    expect([again.service.actions, codes(again.report)]).toEqual([[], []]);
    await at.panel.customer(3).deleteForward(2);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 3, 4]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('keeps it paused through a hold', async () => {
    await customer('counted');
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    await at.run('provision suspend svc-1');
    await at.run('provision unsuspend svc-1');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await at.run('provision change-package svc-1 relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('remembers what ran and became too many while the service was held', async () => {
    await customer();
    at.panel.addForward(3, 1, { name: 'third' });
    await poll();
    for (const words of ['suspend svc-1', 'change-package svc-1 counted', 'unsuspend svc-1'])
      expect((await at.run(`provision ${words}`)).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
    await at.run('provision change-package svc-1 relay');
    expect(at.panel.runningForwards()).toEqual([1, 2, 3, 4]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });
});

describe('the status of a service', () => {
  const shown = async (): Promise<string> => (await at.run('service show svc-1')).json<{ status: string }>().status;

  it('follows the orders that came after the last run', async () => {
    await customer();
    expect(await shown()).toBe('ok');
    await at.run('provision suspend svc-1');
    expect(await shown()).toBe('held');
    await at.run('provision unsuspend svc-1');
    expect(await shown()).toBe('ok');
    overQuota();
    await poll();
    await at.run('provision suspend svc-1');
    await at.run('provision unsuspend svc-1');
    expect(await shown()).toBe('held');
  });
});

describe('forwards that another tool paused', () => {
  const holds = async () =>
    (await at.run('hold list svc-1')).json<{
      holds: { reason: string; until: string | null; evidence: { kind: string; target: string; adopted: boolean }[] }[];
    }>().holds;
  const pauseAll = async (): Promise<void> => {
    for (const id of [2, 3]) await at.panel.customer(3).pause(id);
  };

  it('are adopted without a change on the panel, and started when the hold ends', async () => {
    await customer();
    overQuota();
    await pauseAll();
    at.panel.server.clearCalls();
    expect((await at.run('hold adopt svc-1 --reason manual --forwards 2,3')).exitCode).toBe(0);
    expect((await at.run('hold adopt svc-1 --reason manual --forwards 2')).exitCode).toBe(0);
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect(
      (await holds()).map(({ evidence }) => evidence.map((item) => [item.kind, item.target, item.adopted])),
    ).toEqual([
      [
        ['forward', '2', true],
        ['forward', '3', true],
      ],
    ]);
    await at.run('override set svc-1 --quota 500GB');
    await poll();
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await at.run('hold release svc-1')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('stay paused while the quota is used up, and run again in the next cycle, but not one that nobody adopted', async () => {
    await customer();
    at.panel.traffic(2, 10 * GB);
    await pauseAll();
    await poll();
    await at.run('override set svc-1 --quota 5GB');
    expect((await at.run('hold adopt svc-1 --forwards 2')).exitCode).toBe(0);
    expect((await poll()).service.holds.map(({ reason }) => reason)).toEqual(['quota']);
    expect(at.panel.runningForwards()).toEqual([1]);
    at.bench.clock.set('2026-12-15T01:00:00Z');
    await at.run('service set svc-1 next_due_date=2027-01-15');
    await poll();
    await at.run('reconcile');
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2]);
  });

  it('stay paused when they are adopted for billing, until the customer has paid', async () => {
    await customer();
    await pauseAll();
    expect((await at.run('hold adopt svc-1 --reason billing --forwards 2,3')).exitCode).toBe(0);
    expect((await poll()).service.holds.map(({ reason }) => reason)).toEqual(['billing']);
    expect(at.panel.runningForwards()).toEqual([1]);
    expect((await at.run('provision unsuspend svc-1')).exitCode).toBe(0);
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
    await poll();
    expect(at.panel.runningForwards()).toEqual([1, 2, 3]);
  });

  it('are refused while they run, of another account, and with ports or an order', async () => {
    await customer();
    await at.panel.customer(3).pause(3);
    for (const [words, says] of [
      ['--forwards 2', 'forward 2 (web) is running'],
      ['--forwards 1,3', 'forward 1 does not belong to "svc-1"'],
      ['--forwards 3 --ports 7', 'FLVX has no ports or orders'],
      ['--order', 'FLVX has no ports or orders'],
    ] as const) {
      const refused = await at.run(`hold adopt svc-1 ${words}`);
      const { error } = refused.json<{ error: { code: string; message: string } }>();
      expect([words, refused.exitCode, error.code]).toEqual([words, 1, 'not_restricted']);
      expect(error.message).toContain(says);
    }
    expect(await holds()).toEqual([]);
  });
});

describe('a second service that names the account of another', () => {
  it('restricts nothing on it by a hold of its own, and can be removed', async () => {
    await customer();
    const before = at.panel.state();
    await at.addService(2, { values: ['flvx_user_id=3', 'client=43', '--allow-duplicate-refs'] });
    const held = await at.run('hold add svc-2');
    expect([held.exitCode, held.json<CommandReport>().service.error?.code]).toEqual([3, 'shared_account']);
    const { report } = await poll();
    expect(report.services.map(({ id, error }) => [id, error?.code])).toEqual([
      ['svc-1', 'shared_account'],
      ['svc-2', 'shared_account'],
    ]);
    expect(at.panel.state()).toEqual(before);
    expect(await at.bench.store((store) => store.evidence.open({ panel: 'relay' }))).toEqual([]);
    expect((await at.run('service remove svc-2 --yes')).stdout).toContain('service_held');
    await at.run('hold release svc-2');
    expect((await at.run('service remove svc-2 --yes')).exitCode).toBe(0);
    expect((await poll()).report.services.map(({ id, error }) => [id, error])).toEqual([['svc-1', null]]);
    expect(at.panel.state()).toEqual(before);
  });
});
