import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { HOUR, startFlvxBench, type FlvxBench } from '../../flvx-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

type Detail = CommandReport['service'];

describe('a termination of an FLVX service while its node is away', () => {
  let at: FlvxBench;
  let user: number;
  beforeEach(async () => {
    at = await startFlvxBench();
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
    await at.run('poll');
    at.panel.nodeOffline(1);
  });
  afterEach(async () => {
    expect(at.panel.server.failures).toEqual([]);
    await at.close();
  });

  const terminate = async (): Promise<number> => (await at.run('provision terminate svc-1 --yes')).exitCode;
  const shown = async (): Promise<Detail> => (await at.run('service show svc-1')).json<Detail>();
  async function run(words: string): Promise<RunReport['services'][number] & { exit: number; notices: string[] }> {
    at.bench.clock.advance(HOUR);
    at.panel.server.clearCalls();
    const outcome = await at.run(words);
    const { services, notices } = outcome.json<RunReport>();
    const said = notices.map(({ code, message }) => `${code}: ${message}`);
    return { ...services[0]!, exit: outcome.exitCode, notices: said };
  }

  it('ends with 3, and reconcile finishes it when the node is back', async () => {
    expect(await terminate()).toBe(3);
    expect(await shown()).toMatchObject({
      lifecycle: 'active',
      termination: { since: expect.any(String), by: 'alice', remains: expect.arrayContaining(['delete-forward 2']) },
    });
    at.panel.nodeOnline(1);
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 0, error: null, notices: [] });
    expect(at.panel.user(user)).toBeUndefined();
    expect(at.panel.forward(2)).toBeUndefined();
    expect(await shown()).toMatchObject({ lifecycle: 'terminated', termination: null, account: null });
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 0, actions: [] });
    expect((await at.run('plan')).exitCode).toBe(0);
  });

  it('is said once by a poll, which does nothing about the service', async () => {
    await terminate();
    at.panel.traffic(2, 150 * 1024 ** 3);
    const polled = await run('poll');
    expect(polled).toMatchObject({ status: 'skipped', exit: 0, actions: [], holds: [], error: null });
    expect(polled.notices).toHaveLength(1);
    expect(polled.notices[0]).toMatch(
      /^termination_unfinished: the termination of svc-1, requested by alice at 2026-11-20T12:00:00.000Z, is not finished; remaining: .*delete-forward 2/,
    );
    expect(at.panel.server.changingCalls()).toEqual([]);
    at.panel.nodeOnline(1);
    expect(await run('poll')).toMatchObject({ status: 'skipped', actions: [], notices: [] });
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('stays open in a reconcile as long as the node is away, with exit 3', async () => {
    await terminate();
    const tried = await run('reconcile');
    expect(tried).toMatchObject({ status: 'skipped', exit: 3, error: { code: expect.any(String) } });
    expect(tried.actions).not.toEqual([]);
    expect((await shown()).lifecycle).toBe('active');
  });

  it('is not stopped by the brake nor by terminate: manual, but by observe', async () => {
    at.bench.write(
      'sluice.yaml',
      at.bench.read('sluice.yaml').replace('poll: {', 'poll: { brake: { share: 0%, atLeast: 1 },'),
    );
    await terminate();
    at.panel.nodeOnline(1);
    await at.run('observe relay');
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 0, actions: [] });
    expect(at.panel.server.changingCalls()).toEqual([]);
    expect((await shown()).lifecycle).toBe('active');
    await at.run('enforce relay --as-configured --yes');
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 0 });
    expect((await shown()).lifecycle).toBe('terminated');
  });

  it('stops in the middle when the panel is put under observe', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    const put: Promise<unknown>[] = [];
    at.panel.server.inject({
      endpoint: /forward\/(delete|pause|batch-)/,
      match: () => {
        if (put.length === 0) put.push(at.bench.sluice('observe relay'));
        return false;
      },
      fault: { kind: 'latency', ms: 0 },
    });
    at.panel.server.inject({ endpoint: /forward\/list$/, fault: { kind: 'latency', ms: 1000 } });
    await run('reconcile');
    await Promise.all(put);
    expect(put).toHaveLength(1);
    expect((await shown()).lifecycle).toBe('active');
    expect(at.panel.user(user)).toBeDefined();
  });

  it('is shown by plan, which finds something to do', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    const planned = await run('plan');
    expect(planned.exit).toBe(4);
    expect(planned.actions.map(({ type }) => type)).toContain('delete-user');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  it('is finished by a repeat as well', async () => {
    await terminate();
    at.panel.nodeOnline(1);
    expect(await terminate()).toBe(0);
    expect((await shown()).lifecycle).toBe('terminated');
  });

  it.each([
    'provision unsuspend svc-1',
    'provision suspend svc-1',
    'provision renew svc-1',
    'provision create svc-1',
    'provision change-package svc-1 big',
    'hold add svc-1',
    'hold release svc-1',
  ])('refuses %s', async (words) => {
    await terminate();
    at.panel.nodeOnline(1);
    at.panel.server.clearCalls();
    const refused = await at.run(words);
    expect(refused.exitCode).toBe(1);
    expect(refused.json<{ error: { code: string } }>().error.code).toBe('termination_unfinished');
    expect(at.panel.server.changingCalls()).toEqual([]);
  });

  const isOpen = (): unknown[] => [at.panel.user(user)?.status, at.panel.permissionStatus(user, at.tunnels.hk)];

  it('closes the account first, so that the panel refuses new forwards while it waits', async () => {
    const customer = at.panel.customer(user);
    const ordered = await at.run('provision terminate svc-1 --yes');
    expect(ordered.exitCode).toBe(3);
    expect(isOpen()).toEqual([0, 0]);
    expect((await customer.createForward(at.tunnels.hk, 'more', '198.51.100.1:80', 21_000)).code).not.toBe(0);
    // Journaled as steps of the termination, without a hold that anything would be given back for.
    expect(ordered.json<CommandReport>().actions.slice(0, 2)).toEqual([
      { type: 'update-user', target: String(user), name: expect.any(String) as unknown, state: 'applied' },
      { type: 'assign-tunnel', target: String(at.tunnels.hk), name: expect.any(String) as unknown, state: 'applied' },
    ]);
    expect((await shown()).termination?.remains).not.toContain(`update-user ${user}`);
    expect((await at.run('hold list svc-1')).json<{ holds: unknown[] }>().holds).toEqual([]);
  });

  it('closes it again where somebody has opened it, while the node is still away', async () => {
    await terminate();
    at.panel.world.users.get(user)!.status = 1;
    const made = at.panel.addForward(user, at.tunnels.hk, { name: 'made meanwhile' });
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 3 });
    expect(isOpen()).toEqual([0, 0]);
    at.panel.nodeOnline(1);
    expect(await run('reconcile')).toMatchObject({ status: 'skipped', exit: 0 });
    expect([at.panel.user(user), at.panel.forward(made), at.panel.services(made)]).toEqual([undefined, undefined, []]);
  });

  it('takes away at once what was made all the same on a node that is there', async () => {
    at.panel.addPermission(user, at.tunnels.jp);
    await terminate();
    const made = at.panel.addForward(user, at.tunnels.jp, { name: 'made meanwhile' });
    const reconciled = await run('reconcile');
    expect(reconciled.exit).toBe(3);
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

  it('is left out of hold release --all', async () => {
    await at.run('hold add svc-1');
    await terminate();
    const released = await at.run('hold release --all --yes');
    expect({ exit: released.exitCode, services: released.json<RunReport>().services }).toEqual({
      exit: 0,
      services: [],
    });
  });
});

describe('a termination that does not fit what the panel shows', () => {
  it('is refused, and no wish', async () => {
    const at = await startFlvxBench();
    try {
      const user = await at.create(1);
      await at.addService(2, { values: [`flvx_user_id=${user}`, '--allow-duplicate-refs'] });
      expect((await at.run('provision terminate svc-2 --yes')).exitCode).toBe(1);
      expect((await at.run('service show svc-2')).json<Detail>().termination).toBeNull();
    } finally {
      await at.close();
    }
  });
});

describe('a termination of a Hiddify service that was broken off', () => {
  let at: HiddifyBench;
  beforeEach(async () => {
    at = await startHiddifyBench();
  });
  afterEach(() => at.close());

  it('is finished by reconcile where the answer was lost and the user is gone', async () => {
    const uuid = await at.create(1);
    await at.poll();
    at.panel.server.inject({ match: (call) => call.method === 'DELETE', when: 'after', fault: { kind: 'cut' } });
    at.panel.server.inject({
      match: (call) => call.method === 'GET' && !at.panel.hasUser(uuid),
      fault: { kind: 'cut' },
    });
    const broken = await at.sluice('provision terminate svc-1 --yes');
    expect(broken.exitCode).toBe(3);
    at.panel.server.clearFaults();
    at.bench.clock.advance(HOUR);
    const reconciled = await at.sluice('reconcile');
    expect(reconciled.exitCode).toBe(0);
    const shown = (await at.sluice('service show svc-1')).json<Detail>();
    expect(shown).toMatchObject({ lifecycle: 'terminated', termination: null });
  });
});
