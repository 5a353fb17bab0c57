import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import type { RunReport } from '@sluice/engine';
import { flvx } from '@sluice/flvx-client/panel';
import { EngineBench, GB, HOUR } from '../bench/engine-bench.js';
import { flvxConfig, useFlvxBench } from '../bench/flvx-bench.js';
import { done, expectSettled } from '../bench/outcomes.js';
import { accountName, limitNames } from './customer.js';

const at = useFlvxBench();

const account = (id: number): string => accountName(at, id);
const names = (): string[] => limitNames(at);

function reconcile(): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  return done(at.sluice.reconcile());
}

function poll(): Promise<RunReport> {
  at.bench.clock.advance(HOUR);
  return at.poll();
}

const oldNames = (report: RunReport): string[] =>
  report.notices.filter(({ code }) => code === 'speed_limit_old_name').map(({ message }) => message);

/** A customer whose limit bears the name that an earlier version gave it; `made`: this store's journal shows that it did. */
async function earlier({ made }: { made: boolean }): Promise<void> {
  const user = await at.create(1, { product: 'slow' });
  at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  const [limit] = [...at.panel.world.limits.values()];
  limit!.name = 'sluice:svc-1:50M';
  if (!made) return;
  const { store } = at.bench;
  const row = (await store.actions.list({ service: 'svc-1' })).find(({ type }) => type === 'create-speed-limit');
  const again = {
    ...row!,
    ...{ id: 'act-earlier', key: 'earlier', target: 'sluice:svc-1:50M', state: 'planned' as const, attempts: 0 },
    ...{ calledAt: null, givenUpAt: null, endedAt: null, observed: null },
  };
  const end = {
    state: 'applied' as const,
    endedAt: again.plannedAt,
    observed: null,
    errorCode: null,
    errorMessage: null,
  };
  await store.actions.plan([again]);
  await store.actions.called('act-earlier', again.plannedAt);
  await store.actions.end('act-earlier', end);
}

describe('a speed limit of a service’s own', () => {
  it('bears the name of the account: two stores whose services have one id do not share it', async () => {
    await at.create(1, { product: 'slow' });
    const second = await EngineBench.open(at.bench.clock, { kinds: [flvx] }, flvxConfig(at.panel.url));
    await second.sluice.services.add('svc-1', {
      panel: 'relay',
      product: 'slow',
      billing_cycle: 'monthly',
      next_due_date: '2026-12-15',
    });
    await done(second.sluice.provision.create('svc-1'));
    expect(names()).toEqual([`sluice:${account(3)}:50M`, `sluice:${account(4)}:50M`]);
    expect([3, 4].map((id) => at.panel.permission(id, 1)?.speedId)).toEqual([1, 2]);
    await done(second.sluice.provision.terminate('svc-1'));
    expect(names()).toEqual([`sluice:${account(3)}:50M`]);
    await second.close();
  });

  it('bears the panel’s id of an account that Sluice did not make', async () => {
    const user = at.panel.addUser({ user: 'guessable' });
    at.panel.addPermission(user, at.tunnels.hk);
    await at.addService(1, { product: 'slow', values: { flvx_user_id: String(user) } });
    await reconcile();
    expect(names()).toEqual([`sluice:user#${user}:50M`]);
  });
});

describe('the speed limit of a throttle', () => {
  it('is taken away by the next poll where the answer to its last change was lost while a hold lasts', async () => {
    await at.create(1, { product: 'slow' });
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    await done(at.sluice.holds.add('svc-1'));
    Object.assign(at.panel.world.users.get(3)!, { inFlow: 120 * GB });
    await done(poll());
    expect(names()).toEqual([`sluice:${account(3)}:50M`, `sluice:${account(3)}:2M`]);
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    // What is assigned is lost, and what would show it.
    let lost = false;
    at.panel.server.inject({
      match: ({ path }) => (lost ||= path.endsWith('/tunnel/user/assign')),
      times: 3,
      when: 'after',
      fault: { kind: 'cut' },
    });
    await poll();
    at.panel.server.clearFaults();
    await done(poll());
    expect(names()).toEqual([`sluice:${account(3)}:50M`]);
    await expectSettled(at);
  });

  it.each([
    ['/speed-limit/create', 0],
    ['/tunnel/user/assign', 0],
    ['/speed-limit/create', 7],
    ['/tunnel/user/assign', 7],
  ])('raises no quota before it is in force: %s fails, with %d more forwards than the user', async (path, more) => {
    await at.create(1, { product: 'slow' });
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    await done(poll());
    at.panel.world.findPermission(3, at.tunnels.hk)!.num += more;
    const { flow } = at.panel.world.users.get(3)!;
    Object.assign(at.panel.world.users.get(3)!, { inFlow: 120 * GB });
    const restore = at.panel.server.inject({ match: (call) => call.path.endsWith(path), fault: { kind: 'cut' } });
    await poll();
    expect(at.panel.world.users.get(3)!.flow).toBe(flow);
    restore();
    await poll();
    await done(poll());
    expect(at.panel.permission(3, at.tunnels.hk)?.speedId).not.toBeNull();
    expect(at.panel.world.users.get(3)!.flow).toBeGreaterThan(flow);
    await reconcile();
    await expectSettled(at);
  });

  it.each(few(['poll', 'reconcile', 'command'] as const, 2))('gives that of staff back for good: %s', async (by) => {
    await at.bench.configure(flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'throttleMbit'));
    await at.create(1, { product: 'slow' });
    at.panel.addForward(3, at.tunnels.hk, { name: 'web' });
    const staff = at.panel.addSpeedLimit(at.tunnels.hk, 30, 'staff');
    at.panel.world.findPermission(3, at.tunnels.hk)!.speedId = staff;
    await done(reconcile());
    for (let times = 0; times < 2; times++) {
      await at.sluice.overrides.set('svc-1', { quota: `${100 + 300 * times}GB` });
      Object.assign(at.panel.world.users.get(3)!, { inFlow: (120 + 300 * times) * GB });
      await done(poll());
      expect(at.panel.permission(3, at.tunnels.hk)?.speedId).not.toBe(staff);
      if (by === 'command') await done(at.sluice.holds.release('svc-1', { until: '2026-11-25' }));
      else await at.sluice.overrides.set('svc-1', { quota: `${300 + 300 * times}GB` });
      await done(by === 'reconcile' ? reconcile() : poll());
      await done(reconcile());
      expect(at.panel.permission(3, at.tunnels.hk)?.speedId).toBe(staff);
      await expectSettled(at);
      if (by === 'command') break;
    }
  });
});

describe('a speed limit of an old name', () => {
  it('stays, with a notice, until the speed changes; then it is replaced and taken away', async () => {
    await earlier({ made: true });
    const report = await reconcile();
    expect(report.services[0]?.actions).toEqual([]);
    expect(oldNames(report)).toEqual([expect.stringMatching(/speed limit 1 \(sluice:svc-1:50M\) of svc-1/)]);
    expect(oldNames(await reconcile())).toEqual([]);
    at.panel.world.users.get(3)!.inFlow = 120 * GB;
    await reconcile();
    expect(names()).toEqual(['sluice:svc-1:50M', `sluice:${account(3)}:2M`]);
    await at.sluice.overrides.set('svc-1', { quota: '500GB' });
    await reconcile();
    expect(names()).toEqual([`sluice:${account(3)}:50M`]);
    expect(at.panel.findSpeed(2)).toBe(6.2);
    await expectSettled(at);
  });

  it('is not ours without the journal’s word: it is replaced, and left on the panel', async () => {
    await earlier({ made: false });
    const [message] = oldNames(await reconcile());
    expect(message).toMatch(/this store did not create it/);
    await at.bench.configure(
      flvxConfig(at.panel.url).replace('speedMbit: 50, throttleMbit', 'speedMbit: 60, throttleMbit'),
    );
    await reconcile();
    expect(names()).toEqual(['sluice:svc-1:50M', `sluice:${account(3)}:60M`]);
    await done(at.sluice.provision.terminate('svc-1'));
    expect(names()).toEqual(['sluice:svc-1:50M']);
  });

  it('goes with the account where this store has made it', async () => {
    await earlier({ made: true });
    await done(at.sluice.provision.terminate('svc-1'));
    expect(names()).toEqual([]);
  });
});
