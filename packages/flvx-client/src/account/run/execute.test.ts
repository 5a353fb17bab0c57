import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CallEvent } from '@sluice/panel-http';
import { gigabytes } from '../../client/units.js';
import { customerAndNeighbour } from '../../test/customers.js';
import {
  changePassword,
  close,
  ensureUser,
  pauseForwards,
  resetCounters,
  setQuota,
  terminate,
} from '../../test/orders.js';
import { GB, name, password, product, start, startWorld, type World } from '../../test/world.js';
import { toCounters } from '../plan/values.js';
import type { FlvxExecution } from './operation.js';

const scope = { userId: 2, name };
let world: World;
beforeEach(async () => {
  world = await startWorld();
  customerAndNeighbour(world.flvx);
});
afterEach(async () => {
  await world.close();
});

const changes = (): string[] => world.flvx.server.changingCalls().map((call) => call.path.replace('/api/v1', ''));
const ended = (result: FlvxExecution): string[] => result.steps.map(({ step, state }) => `${step.id} ${state}`);

describe('the hooks of an execution', () => {
  it('stand around every call, with what was before and what is after', async () => {
    const seen: unknown[] = [];
    await setQuota(
      world.client,
      scope,
      { quota: gigabytes(30), tunnels: [1] },
      {
        hooks: {
          before(step) {
            seen.push(['before', step.id, step.prior, world.flvx.user(2)?.flow, changes().length]);
          },
          after(step, outcome) {
            seen.push(['after', step.id, outcome.state, world.flvx.user(2)?.flow, changes().length]);
            expect(outcome.observed).not.toBeNull();
          },
        },
      },
    );
    expect(seen.map((entry) => (entry as unknown[]).filter((_part, at) => at !== 2))).toEqual([
      ['before', 'update-user:2', 100, 0],
      ['after', 'update-user:2', 30, 1],
      ['before', 'assign-tunnel:2', 30, 1],
      ['after', 'assign-tunnel:2', 30, 2],
      ['before', 'pause-forward:4', 30, 2],
      ['after', 'pause-forward:4', 30, 3],
    ]);
    expect((seen[0] as unknown[])[2]).toMatchObject({
      user: { quota: 100, maxForwards: 10 },
      // The other permission has the user's own values and goes with them.
      permissions: [{ tunnelId: 2, quota: 7, maxForwards: 3 }],
    });
  });

  it('end everything when one of them throws', async () => {
    const lost = new Error('The lease was lost.');
    const before = world.flvx.state();
    const throwing = (): never => {
      throw lost;
    };
    await expect(close(world.client, scope, {}, { hooks: { before: throwing } })).rejects.toBe(lost);
    expect(world.flvx.state()).toEqual(before);
    await expect(close(world.client, scope, {}, { hooks: { after: throwing } })).rejects.toBe(lost);
    expect(changes()).toEqual(['/user/update']);
  });

  it('never see a password', async () => {
    const seen: unknown[] = [];
    const hooks = {
      before: (...all: unknown[]) => void seen.push(structuredClone(all)),
      after: (...all: unknown[]) => void seen.push(structuredClone(all)),
    };
    const result = await changePassword(world.client, scope, {}, { hooks, password: 'Brand-New-9' });
    expect(result.done).toBe(true);
    expect(JSON.stringify([seen, result])).not.toContain('Brand-New-9');
  });
});

describe('an execution', () => {
  it('stops between two steps when it is asked to, and says what is left', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted');
    const result = await close(
      world.client,
      scope,
      {},
      {
        signal: stop.signal,
        hooks: {
          after(step) {
            if (step.type === 'assign-tunnel') stop.abort(reason);
          },
        },
      },
    );
    expect(ended(result)).toEqual(['update-user:2 applied', 'assign-tunnel:1 applied']);
    expect(result).toMatchObject({ done: false, error: reason });
    expect(result.remaining.map((step) => step.id)).toContain('pause-forward:3');
    const again = await close(world.client, scope, {});
    expect(again.done).toBe(true);
    expect(world.flvx.runningForwards()).toEqual([5]);
  });

  it('does nothing where nothing is to be done', async () => {
    const result = await setQuota(world.client, scope, { quota: gigabytes(100), tunnels: [1] });
    expect(result).toMatchObject({ done: true, steps: [], remaining: [] });
    expect(changes()).toEqual([]);
  });

  it('begins with a given observation without reading the account again', async () => {
    const snapshot = await world.client.snapshot({ tunnels: true, speedLimits: true });
    world.flvx.server.clearCalls();
    const observed = snapshot.observe({ userId: 3 });
    const result = await setQuota(world.client, { userId: 3 }, { quota: gigabytes(9) }, { observed });
    expect(result.done).toBe(true);
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
        hooks: {
          before() {
            // The daily job, say.
            world.flvx.world.users.get(2)!.status = 0;
            world.flvx.world.users.get(2)!.num = 4;
          },
        },
      },
    );
    expect(result.done).toBe(true);
    expect(world.flvx.user(2)).toMatchObject({ flow: 30, status: 0, num: 4 });
  });

  it('goes on with the others when one forward cannot be paused', async () => {
    const far = world.flvx.addNode('far');
    const tunnel = world.flvx.addTunnel({ name: 'far', entryNodes: [far] });
    world.flvx.addPermission(2, tunnel);
    const forward = world.flvx.addForward(2, tunnel);
    world.flvx.nodeOffline(far);
    const result = await close(world.client, scope, {});
    expect(result.done).toBe(false);
    expect(result.error).toBeNull();
    expect(result.steps.filter(({ state }) => state === 'failed')).toMatchObject([
      { step: { id: `pause-forward:${forward}` }, error: { code: 'PANEL_REJECTED' } },
    ]);
    expect(world.flvx.runningForwards()).toEqual([5, forward]);
    expect(result.remaining.map((step) => step.id)).toEqual([`pause-forward:${forward}`]);
    world.flvx.nodeOnline(far);
    const again = await close(world.client, scope, { repause: 'pushed' });
    expect(ended(again)).toEqual([`pause-forward:${forward} applied`]);
  });

  it('does not do what needs a step that failed', async () => {
    world.flvx.nodeOffline(1);
    const result = await terminate(world.client, scope, {});
    // The account is closed, which needs no node.
    const closing = ['/user/update', '/tunnel/user/assign', '/tunnel/user/assign'];
    expect(changes().filter((path) => path !== '/forward/pause')).toEqual(closing);
    expect(result.steps.slice(closing.length).every(({ state }) => state === 'failed')).toBe(true);
    expect(result.remaining.map((step) => step.type)).toContain('delete-user');
  });

  it('stops at once when the panel would refuse everything else, too', async () => {
    world.flvx.server.inject({
      endpoint: 'POST /api/v1/tunnel/user/assign',
      fault: { kind: 'body', body: { code: 403, msg: '权限不足，仅管理员可操作', ts: start } },
    });
    const result = await close(world.client, scope, {});
    expect(ended(result)).toEqual(['update-user:2 applied', 'assign-tunnel:1 failed']);
    expect(result.error).toMatchObject({ code: 'PANEL_FORBIDDEN' });
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
      fault: { kind: 'body', body: { code: -2, msg: 'database is locked (5) (SQLITE_BUSY)', ts: start } },
    });
    const result = await setQuota(world.client, { userId: 3 }, { quota: gigabytes(9) });
    expect(result.steps).toMatchObject([{ state: 'applied', attempts: 2 }]);
  });

  it('gives up what somebody else undoes each time', async () => {
    const result = await pauseForwards(
      world.client,
      scope,
      { ids: [1] },
      {
        hooks: {
          after: async () => {
            await world.flvx.customerResume(1);
          },
        },
      },
    );
    expect(result.done).toBe(false);
    expect(result.steps.at(-1)).toMatchObject({ state: 'failed', error: { code: 'keeps_coming_back' } });
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
    expect(result.steps).toMatchObject([{ state: 'applied', attempts: 1 }]);
    expect(changes()).toEqual(['/user/update']);
  });
});

describe('operations on one user at the same time', () => {
  it('wait for each other, and none loses the other’s change', async () => {
    const events: CallEvent[] = [];
    const client = world.connect({ onCall: (event) => events.push(event), concurrency: 8 });
    await client.session();
    events.length = 0;
    const results = await Promise.all([
      setQuota(client, scope, { quota: gigabytes(30), tunnels: [1] }, { tag: 'a' }),
      changePassword(client, { name, nameIsOurs: true }, {}, { tag: 'b', password: 'Other-3' }),
      close(client, scope, {}, { tag: 'c' }),
      ensureUser(client, scope, { name, ...product, quota: gigabytes(30), maxForwards: 4 }, { tag: 'd' }),
    ]);
    expect(results.map((result) => result.done)).toEqual([true, true, true, true]);
    expect(world.flvx.user(2)).toMatchObject({ flow: 30, status: 0, num: 4 });
    expect(world.flvx.permission(2, 2)).toMatchObject({ flow: 7, num: 3, status: 0 });
    expect(await client.passwordOpens(name, 'Other-3')).toBe(true);
    const writers = events.filter((event) => event.changing && event.tag !== null).map((event) => event.tag);
    const runs = writers.filter((tag, at) => tag !== writers[at - 1]);
    expect(new Set(runs).size).toBe(runs.length);
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
    const create = (): Promise<FlvxExecution> =>
      ensureUser(world.client, { name: 'sl-new', nameIsOurs: true }, { name: 'sl-new', ...product }, { password });
    const results = await Promise.all([create(), create(), create()]);
    expect(results.map((result) => result.done)).toEqual([true, true, true]);
    const made = [...world.flvx.world.users.values()].filter((user) => user.user === 'sl-new');
    expect(made).toHaveLength(1);
  });
});
