import { describe, expect, it } from '@jest/globals';
import type { Fault } from '@sluice/fake-panels';
import { gigabytes } from '../../client/records.js';
import { customerAndNeighbour } from '../../test/customers.js';
import {
  changePassword,
  close,
  ensureUser,
  pauseForwards,
  resetCounters,
  setQuota,
  type Done,
} from '../../test/orders.js';
import { GB, name, password, product, toAnswer, useWorld } from '../../test/world.js';
import { planAccount } from '../plan/plan-account.js';
import { toCounters } from '../plan/step.js';
import { performStep } from './perform-step.js';

const scope = { userId: 2, name };
const world = useWorld(customerAndNeighbour);

const changes = (): string[] => world.flvx.server.changingCalls().map((call) => call.path.replace('/api/v1', ''));
const ended = (result: Done): string[] => result.steps.map(({ step, state }) => `${step.id} ${state}`);

describe('the journal of a step', () => {
  it('is written before and after the call, with what was before and what is after', async () => {
    const seen: unknown[] = [];
    const priors: unknown[] = [];
    await setQuota(
      world.client,
      scope,
      { quota: gigabytes(30), tunnels: [1] },
      {
        journal: {
          planned(step) {
            seen.push(['planned', step.id, world.flvx.user(2)?.flow, changes().length]);
            priors.push(step.prior);
            return Promise.resolve();
          },
          ended(step, outcome) {
            seen.push([outcome.state, step.id, world.flvx.user(2)?.flow, changes().length]);
            expect(outcome.observed).not.toBeNull();
            return Promise.resolve();
          },
        },
      },
    );
    expect(seen).toEqual([
      ['planned', 'update-user:2', 100, 0],
      ['applied', 'update-user:2', 30, 1],
      ['planned', 'assign-tunnel:2', 30, 1],
      ['applied', 'assign-tunnel:2', 30, 2],
      ['planned', 'pause-forward:4', 30, 2],
      ['applied', 'pause-forward:4', 30, 3],
    ]);
    expect(priors[0]).toMatchObject({
      user: { quota: 100, maxForwards: 10 },
      // The other permission has the user's own values and goes with them.
      permissions: [{ tunnelId: 2, quota: 7, maxForwards: 3 }],
    });
  });

  it('prevents the call when it can not be written', async () => {
    const lost = new Error('The lease was lost.');
    const before = world.flvx.state();
    const journal = { planned: () => Promise.reject(lost) };
    await expect(close(world.client, scope, {}, { journal })).rejects.toBe(lost);
    expect(world.flvx.state()).toEqual(before);
    const later = { ended: () => Promise.reject(lost) };
    await expect(close(world.client, scope, {}, { journal: later })).rejects.toBe(lost);
    expect(changes()).toEqual(['/user/update']);
  });

  it('never sees a password', async () => {
    const seen: unknown[] = [];
    const see = (...all: unknown[]): Promise<void> => Promise.resolve(void seen.push(structuredClone(all)));
    const journal = { planned: see, ended: see };
    const result = await changePassword(world.client, scope, {}, { journal, password: 'Brand-New-9' });
    expect(result.done).toBe(true);
    expect(JSON.stringify([seen, result])).not.toContain('Brand-New-9');
  });
});

describe('the steps of a plan', () => {
  it('are continued by the same call after an interruption', async () => {
    const stop = new Error('interrupted');
    const journal = {
      planned: (step: { type: string }) => (step.type === 'pause-forward' ? Promise.reject(stop) : Promise.resolve()),
    };
    await expect(close(world.client, scope, {}, { journal })).rejects.toBe(stop);
    expect(changes()).toEqual(['/user/update', '/tunnel/user/assign', '/tunnel/user/assign']);
    expect((await close(world.client, scope, {})).done).toBe(true);
    expect(world.flvx.runningForwards()).toEqual([5]);
  });

  it('are none where nothing is to be done', async () => {
    const result = await setQuota(world.client, scope, { quota: gigabytes(100), tunnels: [1] });
    expect(result).toMatchObject({ done: true, steps: [] });
    expect(changes()).toEqual([]);
  });

  it('begin with a given observation without reading the account again', async () => {
    const snapshot = await world.client.snapshot({ tunnels: true, speedLimits: true });
    world.flvx.server.clearCalls();
    const account = snapshot.observe({ userId: 3 });
    const [step] = planAccount(account, {
      user: { quota: gigabytes(9) },
      permissions: new Map(),
      forwards: new Map(),
    });
    expect(await performStep(world.client, account, step!)).toMatchObject({
      state: 'applied',
      account: { user: { quota: 9 } },
    });
    expect(world.flvx.server.calls.map((call) => call.path.replace('/api/v1', ''))).toEqual([
      '/user/list',
      '/user/update',
      '/user/list',
      '/tunnel/user/list',
    ]);
  });

  it('keeps the fields that somebody changed between the reading and the write', async () => {
    const result = await setQuota(
      world.client,
      scope,
      { quota: gigabytes(30) },
      {
        journal: {
          planned() {
            // The daily job, say.
            world.flvx.world.users.get(2)!.status = 0;
            world.flvx.world.users.get(2)!.num = 4;
            return Promise.resolve();
          },
        },
      },
    );
    expect(result.done).toBe(true);
    expect(world.flvx.user(2)).toMatchObject({ flow: 30, status: 0, num: 4 });
  });

  it('fail where the panel refuses the call for its whole account', async () => {
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/tunnel/user/assign',
      fault: toAnswer(403, '权限不足，仅管理员可操作'),
    });
    const result = await close(world.client, scope, {});
    expect(ended(result).slice(0, 2)).toEqual(['update-user:2 applied', 'assign-tunnel:1 failed']);
    expect(result.steps[1]).toMatchObject({ attempts: 1, error: { code: 'PANEL_FORBIDDEN' } });
    expect(result.done).toBe(false);
  });

  it.each([
    [1, 'applied'],
    [2, 'in-doubt'],
  ])('are not failed where a proxy turns calls away that the panel has done (%d): %s', async (times, state) => {
    world.flvx.server.inject({
      times,
      when: 'after',
      match: ({ path }) => path.endsWith('/tunnel/user/assign') || changes().at(-1) === '/tunnel/user/assign',
      fault: { kind: 'status', status: 403 },
    });
    const result = await close(world.client, scope, {});
    expect(ended(result).slice(0, 2)).toEqual(['update-user:2 applied', `assign-tunnel:1 ${state}`]);
  });

  it('takes a yes without an effect for a failure', async () => {
    world.flvx.traffic(1, GB);
    const reading = toCounters(await world.client.observe(scope))!;
    world.flvx.databaseLocked = true;
    const result = await resetCounters(world.client, scope, { reading });
    expect(result.steps).toMatchObject([{ state: 'failed', attempts: 2, error: { code: 'not_effective' } }]);
    world.flvx.databaseLocked = false;
    expect((await resetCounters(world.client, scope, { reading })).done).toBe(true);
    expect(world.flvx.user(2)).toMatchObject({ inFlow: 0, outFlow: 0 });
    world.flvx.traffic(1, 5);
    expect(await resetCounters(world.client, scope, { reading })).toMatchObject({ done: true, steps: [] });
    expect(world.flvx.user(2)?.inFlow).toBe(5);
  });

  it('repeats once what the database refused for the moment', async () => {
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/user/update',
      times: 1,
      fault: toAnswer(-2, 'database is locked (5) (SQLITE_BUSY)'),
    });
    const result = await setQuota(world.client, { userId: 3 }, { quota: gigabytes(9) });
    expect(result.steps).toMatchObject([{ state: 'applied', attempts: 2 }]);
  });

  it('are not repeated forever where somebody else undoes each of them', async () => {
    const ended = async (): Promise<void> => {
      await world.flvx.customerResume(1);
    };
    const result = await pauseForwards(world.client, scope, { ids: [1] }, { journal: { ended } });
    expect(result.done).toBe(false);
    expect(result.steps).toHaveLength(5);
  });

  it('looks again later when an answer was lost, because the panel may still be at work', async () => {
    world.flvx.server.inject({ endpoint: 'POST /api/v1/user/update', times: 1, fault: { kind: 'cut' } });
    const { sleep } = world.clock;
    world.clock.sleep = async (ms) => {
      await sleep(ms);
      if (ms === 5_000) world.flvx.world.users.get(3)!.flow = 9;
    };
    const result = await setQuota(world.client, { userId: 3 }, { quota: gigabytes(9), tunnels: [] });
    expect(world.clock.slept).toEqual([2_000, 5_000]);
    expect(result.steps[0]).toMatchObject({ state: 'applied', attempts: 1 });
    expect(changes().filter((path) => path === '/user/update')).toHaveLength(1);
  });

  it.each<[string, Fault]>([
    ['refused by the database', toAnswer(-2, 'database is locked')],
    ['refused for a silent node', toAnswer(-1, '等待节点响应超时')],
    ['accepted without an effect', toAnswer(0, '操作成功')],
    ['turned away', { kind: 'body', status: 429, body: {} }],
  ])('are in doubt when an answer was lost and the repeat was %s', async (_how, fault) => {
    const endpoint = 'POST /api/v1/forward/pause';
    world.flvx.server.inject({ endpoint, times: 1, fault: { kind: 'cut' } });
    world.flvx.server.inject({ endpoint, times: 1, fault });
    const result = await pauseForwards(world.client, scope, { ids: [1] });
    expect(result.steps).toMatchObject([{ state: 'in-doubt', attempts: 2, error: { code: 'PANEL_UNREACHABLE' } }]);
  });

  it('are done when an answer was lost, the repeat was turned away, and the panel shows the change then', async () => {
    const endpoint = 'POST /api/v1/forward/pause';
    world.flvx.server.inject({ endpoint, times: 1, fault: { kind: 'cut' } });
    world.flvx.server.inject({ endpoint, times: 1, fault: { kind: 'body', status: 429, body: {} } });
    let calls = 0;
    world.flvx.server.onCall((call) => {
      if (call.endpoint === endpoint && (calls += 1) === 2) world.flvx.world.forwards.get(1)!.status = 0;
    });
    const result = await pauseForwards(world.client, scope, { ids: [1] });
    expect(result.steps).toMatchObject([{ state: 'applied', attempts: 2 }]);
  });
});

describe('operations on one user at the same time', () => {
  it('wait for each other, and none loses the other’s change', async () => {
    const client = world.connect({ concurrency: 8 });
    const results = await Promise.all([
      setQuota(client, scope, { quota: gigabytes(30), tunnels: [1] }),
      changePassword(client, { name, nameIsOurs: true }, {}, { password: 'Other-3' }),
      close(client, scope, {}),
      ensureUser(client, scope, { name, ...product, quota: gigabytes(30), maxForwards: 4 }),
    ]);
    expect(results.map((result) => result.done)).toEqual([true, true, true, true]);
    expect(world.flvx.user(2)).toMatchObject({ flow: 30, status: 0, num: 4 });
    expect(world.flvx.permission(2, 2)).toMatchObject({ flow: 7, num: 3, status: 0 });
    expect(await client.passwordOpens(name, 'Other-3')).toBe(true);
  });

  it('wait also in the reading and writing of a single change', async () => {
    await Promise.all([
      world.client.users.update(2, { quota: gigabytes(30) }),
      world.client.users.update(2, { maxForwards: 4 }),
      world.client.users.update(2, { status: 0 }),
    ]);
    expect(world.flvx.user(2)).toMatchObject({ flow: 30, num: 4, status: 0 });
  });

  it('make one account of one name', async () => {
    world.flvx.createsRace = true;
    const create = (): Promise<Done> =>
      ensureUser(world.client, { name: 'sl-new', nameIsOurs: true }, { name: 'sl-new', ...product }, { password });
    const results = await Promise.all([create(), create(), create()]);
    expect(results.map((result) => result.done)).toEqual([true, true, true]);
    const made = [...world.flvx.world.users.values()].filter((user) => user.user === 'sl-new');
    expect(made).toHaveLength(1);
  });
});
