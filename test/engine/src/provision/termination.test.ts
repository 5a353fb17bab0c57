import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { CommandReport, RunReport, Sluice } from '@sluice/engine';
import { GB, HOUR } from '../bench/engine-bench.js';
import { flvxConfig, startFlvxBench, useFlvxBench } from '../bench/flvx-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { done, failure, expectSettled } from '../bench/outcomes.js';
import { toOutcomes } from '../flvx/customer.js';
import { firstService } from '../loop/polls.js';
import { useBench } from '../bench/each-test.js';

describe('a termination of an FLVX service while its node is away', () => {
  const at = useFlvxBench();
  let user: number;
  beforeEach(async () => {
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await at.poll();
    at.panel.nodeOffline(1);
  });

  const terminate = () => at.sluice.provision.terminate('svc-1');
  const shown = () => at.sluice.services.show('svc-1');

  /** Runs an hour later. */
  async function run(
    how: 'poll' | 'reconcile' | 'plan',
  ): Promise<RunReport['services'][number] & { outcome: string; notices: string[] }> {
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const report = await at.sluice[how]();
    const notices = report.notices.map(({ code, message }) => `${code}: ${message}`);
    return { ...firstService(report), outcome: report.run.outcome, notices };
  }

  it('is partial, also in a reconcile, which finishes it when the node is back', async () => {
    expect((await terminate()).run.outcome).toBe('partial');
    expect(await shown()).toMatchObject({
      lifecycle: 'active',
      termination: { since: expect.any(String), by: 'alice', remains: expect.arrayContaining(['delete-forward 2']) },
    });
    const tried = await run('reconcile');
    expect(tried).toMatchObject({ status: 'skipped', outcome: 'partial', error: { code: expect.any(String) } });
    expect(tried.actions).not.toEqual([]);
    expect((await shown()).lifecycle).toBe('active');
    at.panel.nodeOnline(1);
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'done', error: null, notices: [] });
    expect(at.panel.user(user)).toBeUndefined();
    expect(at.panel.forward(2)).toBeUndefined();
    expect(await shown()).toMatchObject({ lifecycle: 'terminated', termination: null, account: null });
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'done', actions: [] });
    await expectSettled(at);
  });

  it('is said once by a poll, which does nothing about the service', async () => {
    await terminate();
    at.panel.traffic(2, 150 * GB);
    const polled = await run('poll');
    expect(polled).toMatchObject({ status: 'skipped', outcome: 'done', actions: [], holds: [], error: null });
    expect(polled.notices).toHaveLength(1);
    expect(polled.notices[0]).toMatch(
      /^termination_unfinished: the termination of svc-1, requested by alice at 2026-11-20T12:00:00.000Z, is not finished; remaining: .*delete-forward 2/,
    );
    expect(at.panel.server.changingCalls()).toEqual([]);
    at.panel.nodeOnline(1);
    expect(await run('poll')).toMatchObject({ status: 'skipped', actions: [], notices: [] });
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is not stopped by the brake nor by terminate: manual, but by observe', async () => {
    await at.bench.configure(
      flvxConfig(at.panel.url, 'poll: { brake: { share: 0%, atLeast: 1 }, doubt: { jump: off } }'),
    );
    await terminate();
    at.panel.nodeOnline(1);
    await at.sluice.panels.observe('relay');
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'done', actions: [] });
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect((await shown()).lifecycle).toBe('active');
    await at.sluice.panels.asConfigured('relay');
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'done' });
    expect((await shown()).lifecycle).toBe('terminated');
  });

  it('stops in the middle when the panel is put under observe', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    let put: Promise<unknown> | undefined;
    at.panel.server.onCall(({ endpoint }) => {
      if (/forward\/(delete|pause|batch-)/.test(endpoint)) put ??= at.sluice.panels.observe('relay');
    });
    const until = async (): Promise<void> => void (await put);
    at.panel.server.inject({ endpoint: /forward\/list$/, fault: { kind: 'wait', until } });
    await run('reconcile');
    expect(await put).toBeDefined();
    expect((await shown()).lifecycle).toBe('active');
    expect(at.panel.user(user)).toBeDefined();
  });

  it('is shown by plan, which finds something to do', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    expect((await run('plan')).actions.map(({ type }) => type)).toContain('delete-user');
    expect((await at.sluice.plan()).run).toMatchObject({ outcome: 'done', changes: true });
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is finished by a repeat as well', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    await done(terminate());
    expect((await shown()).lifecycle).toBe('terminated');
    expect(at.panel.user(user)).toBeUndefined();
    expect(at.panel.services().map(({ forwardId }) => forwardId)).toEqual([1, 1]);
  });

  it.each<[string, (sluice: Sluice) => Promise<CommandReport>]>(
    few(
      [
        ['provision unsuspend', ({ provision }) => provision.unsuspend('svc-1')],
        ['provision suspend', ({ provision }) => provision.suspend('svc-1')],
        ['provision renew', ({ provision }) => provision.renew('svc-1')],
        ['provision create', ({ provision }) => provision.create('svc-1')],
        ['provision change-package', ({ provision }) => provision.changePackage('svc-1', 'big')],
        ['hold add', ({ holds }) => holds.add('svc-1')],
        ['hold release', ({ holds }) => holds.release('svc-1')],
      ],
      2,
    ),
  )('refuses %s', async (_name, command) => {
    await terminate();
    at.panel.nodeOnline(1);
    at.panel.server.clearCalls();
    expect(await failure(command(at.sluice))).toMatchObject({ as: 'conflict', code: 'termination_unfinished' });
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  const isOpen = (): unknown[] => [at.panel.user(user)?.status, at.panel.permissionStatus(user, at.tunnels.hk)];

  it('closes the account first, so that the panel refuses new forwards while it waits', async () => {
    const customer = at.panel.customer(user);
    const broken = await terminate();
    expect(at.panel.server.changingCalls().at(-1)?.path).toMatch(/\/forward\/pause$/);
    expect(at.panel.permission(user, at.tunnels.hk)).toBeDefined();
    expect(isOpen()).toEqual([0, 0]);
    expect((await customer.createForward(at.tunnels.hk, 'more', '198.51.100.1:80', 21_000)).code).not.toBe(0);
    // Journaled as steps of the termination, without a hold that anything would be given back for.
    expect(toOutcomes(broken.actions)).toEqual([
      `update-user ${user} applied`,
      `assign-tunnel ${at.tunnels.hk} applied`,
      'pause-forward 2 failed',
      'delete-forward 2 failed',
      `remove-tunnel ${at.tunnels.hk} failed`,
      `delete-user ${user} failed`,
    ]);
    expect((await shown()).termination?.remains).not.toContain(`update-user ${user}`);
    expect((await at.sluice.holds.list({ service: 'svc-1' })).holds).toEqual([]);
  });

  it('closes it again where somebody has opened it, while the node is still away', async () => {
    await terminate();
    at.panel.world.users.get(user)!.status = 1;
    const made = at.panel.addForward(user, at.tunnels.hk, { name: 'made meanwhile' });
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'partial' });
    expect(isOpen()).toEqual([0, 0]);
    at.panel.nodeOnline(1);
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', outcome: 'done' });
    expect([at.panel.user(user), at.panel.forward(made), at.panel.services(made)]).toEqual([undefined, undefined, []]);
  });

  it('takes away at once what was made all the same on a node that is there', async () => {
    at.panel.addPermission(user, at.tunnels.jp);
    await terminate();
    const made = at.panel.addForward(user, at.tunnels.jp, { name: 'made meanwhile' });
    const reconciled = await run('reconcile');
    expect(reconciled.outcome).toBe('partial');
    expect([at.panel.forward(made), at.panel.services(made)]).toEqual([undefined, []]);
    expect(reconciled.actions).toContainEqual({
      type: 'pause-forward',
      target: String(made),
      name: expect.any(String) as unknown,
      state: 'applied',
    });
    expect(at.panel.forward(2)).toBeDefined();
  });

  it('pauses what its own closing of a permission has started again', async () => {
    at.panel.nodeOnline(1);
    at.panel.world.forwards.get(2)!.status = 0;
    at.panel.node(1).failures.push({ message: 'no such thing', type: 'DeleteService' });
    await terminate();
    expect(at.panel.runningForwards()).not.toContain(2);
  });

  it('is left out of a release of all holds', async () => {
    await at.sluice.holds.add('svc-1');
    await terminate();
    expect((await done(at.sluice.holds.releaseAll())).services).toEqual([]);
  });
});

describe('a termination that does not fit what the panel shows', () => {
  it('is refused, and no wish', async () => {
    const at = await startFlvxBench();
    try {
      const user = await at.create(1);
      await at.addService(2, { values: { flvx_user_id: String(user) }, allowDuplicateRefs: true });
      const refused = await failure(at.sluice.provision.terminate('svc-2'));
      expect(refused).toMatchObject({ as: 'failed', code: 'shared_account' });
      expect(at.panel.user(user)).toBeDefined();
      expect((await at.sluice.services.show('svc-2')).termination).toBeNull();
    } finally {
      await at.close();
    }
  });
});

describe('a termination of a Hiddify service that was broken off', () => {
  const at = useBench(startHiddifyBench);

  it('is finished by reconcile where the answer was lost and the user is gone', async () => {
    const uuid = await at.create(1);
    await at.poll();
    at.panel.server.inject({ match: (call) => call.method === 'DELETE', when: 'after', fault: { kind: 'cut' } });
    at.panel.server.inject({
      match: (call) => call.method === 'GET' && !at.panel.hasUser(uuid),
      fault: { kind: 'cut' },
    });
    const broken = await at.sluice.provision.terminate('svc-1');
    expect(broken.run.outcome).toBe('partial');
    at.panel.server.clearFaults();
    at.bench.clock.advance(HOUR);
    await done(at.sluice.reconcile());
    const shown = await at.sluice.services.show('svc-1');
    expect(shown).toMatchObject({ lifecycle: 'terminated', termination: null });
  });
});
