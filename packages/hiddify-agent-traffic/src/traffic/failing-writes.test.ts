import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault } from '@sluice/fake-panels';
import { calls, GB, minute, startWorld, type World } from '../test/world.js';
import type { AgentTrafficManager } from './manager.js';

const patch = 'PATCH /api/v2/admin/user/{uuid}/';

describe('writes that fail', () => {
  let world: World;
  let manager: AgentTrafficManager;
  let north: string;
  let users: string[];

  beforeEach(async () => {
    world = await startWorld();
    manager = world.manager();
    north = world.fake.addAgent(undefined, { name: 'north' });
    users = Array.from({ length: 3 }, () => world.fake.addUser({ agent: north }));
    await manager.setTrafficLimit('north', GB);
    world.fake.use(users[0] ?? '', GB);
    world.time.advance(minute);
    world.fake.server.clearCalls();
  });

  afterEach(() => world.close());

  const enabled = (): boolean[] => users.map((uuid) => world.fake.user(uuid).enable);

  const faults: [string, Fault][] = [
    ['500', { kind: 'status', status: 500, body: { msg: 'boom' } }],
    ['a cut', { kind: 'cut' }],
    ['half an answer', { kind: 'truncated' }],
    ['a page', { kind: 'html' }],
    ['502', { kind: 'html', status: 502 }],
  ];
  /** These are refusals: the panel never does what it answers so to. */
  const refusals: [string, Fault][] = [
    ['422', { kind: 'status', status: 422, body: { message: 'Validation error' } }],
    ['403', { kind: 'status', status: 403, body: { message: 'Unathorized' } }],
  ];

  describe.each([...faults, ...refusals])('%s', (name, fault) => {
    const moments = refusals.some(([refusal]) => refusal === name)
      ? (['before'] as const)
      : (['before', 'after'] as const);

    it.each(moments)('%s the change: the next sweeps end in the same state', async (when) => {
      const remove = world.fake.server.inject({ endpoint: patch, when, fault });
      const first = await manager.sweep();
      expect(first.steps).toHaveLength(3);
      remove();
      world.time.advance(5 * minute);
      await manager.sweep();
      expect(enabled()).toEqual([false, false, false]);
      expect(await world.store.disabled.open()).toHaveLength(3);

      await manager.setTrafficLimit('north', 100 * GB);
      const again = world.fake.server.inject({ endpoint: patch, when, fault });
      world.time.advance(5 * minute);
      await manager.sweep();
      again();
      world.time.advance(5 * minute);
      const last = await manager.sweep();
      expect(enabled()).toEqual([true, true, true]);
      expect(await world.store.disabled.open()).toEqual([]);
      // What we gave back ourselves is never taken for somebody else's hand.
      expect(last.plan.notices.map(({ code }) => code)).not.toContain('agent_user_enabled_by_others');
    });
  });

  it('of one user stop none of the others', async () => {
    const bad = users[1] ?? '';
    world.fake.server.inject({
      endpoint: patch,
      match: ({ path }) => path.includes(bad),
      fault: { kind: 'status', status: 500, body: { msg: `(MySQLdb.DataError) for ${bad}` } },
    });
    const { steps, totals } = await manager.sweep();
    expect(totals).toMatchObject({ disabled: 2, failed: 1 });
    expect(steps.find(({ state }) => state === 'failed')).toMatchObject({ code: 'PANEL_SERVER_ERROR' });
    expect(JSON.stringify(steps.map(({ message }) => message))).not.toContain(bad);
    expect(enabled()).toEqual([false, true, false]);
  });

  it('because the panel is gone end the run, and what is left is done by the next', async () => {
    const remove = world.fake.server.inject({ endpoint: /\{uuid\}/, fault: { kind: 'cut' } });
    const { steps } = await manager.sweep();
    expect(steps.map(({ state, code }) => [state, code])).toEqual([
      ['failed', 'PANEL_UNREACHABLE'],
      ['skipped', 'not-reached'],
      ['skipped', 'not-reached'],
    ]);
    remove();
    world.time.advance(5 * minute);
    expect((await manager.sweep()).totals).toMatchObject({ disabled: 3 });
  });

  describe('a process that ends', () => {
    /** Runs a sweep until a hook is reached for the nth time, and never comes back. */
    const killAt = (when: 'before' | 'after', nth: number): Promise<void> =>
      new Promise((resolve) => {
        let count = 0;
        const hook = (): Promise<void> => {
          count += 1;
          if (count < nth) return Promise.resolve();
          resolve();
          return new Promise(() => undefined);
        };
        void manager.sweep({ hooks: { [when]: hook } });
      });

    it.each([
      ['before', 1],
      ['before', 2],
      ['after', 1],
      ['after', 3],
    ] as const)('%s its change number %d leaves nothing that cannot be given back', async (when, nth) => {
      await killAt(when, nth);
      world.time.advance(5 * minute);
      await manager.sweep();
      expect(enabled()).toEqual([false, false, false]);
      await manager.setTrafficLimit('north', 100 * GB);
      world.time.advance(5 * minute);
      await manager.sweep();
      expect(enabled()).toEqual([true, true, true]);
      expect(await manager.getAgent('north')).toMatchObject({ usersDisabledByUs: 0, heldSince: null });
    });

    it('between the call and its record has disabled a user that is given back all the same', async () => {
      // The journal of the caller is the last thing before the call, and the store takes nothing after it.
      const { write } = world.store;
      let writes = 0;
      const failing: typeof write = (work) => {
        writes += 1;
        return writes > 3
          ? Promise.reject(new Error('disk full'))
          : (write.call(world.store, work) as ReturnType<typeof work>);
      };
      world.store.write = failing;
      await expect(manager.sweep()).rejects.toThrow('disk full');
      world.store.write = write;
      expect(await world.store.disabled.open()).toMatchObject([{ state: 'intended' }]);
      expect(enabled().filter((on) => !on)).toHaveLength(1);
      world.time.advance(5 * minute);
      await manager.sweep();
      expect((await world.store.disabled.open()).map(({ state }) => state)).toEqual([
        'disabled',
        'disabled',
        'disabled',
      ]);
      await manager.setTrafficLimit('north', 100 * GB);
      world.time.advance(5 * minute);
      await manager.sweep();
      expect(enabled()).toEqual([true, true, true]);
    });
  });

  it('are left to the other one of two sweeps that work on the same users at once', async () => {
    const plans = await Promise.all([manager.prepareSweep(), world.manager().prepareSweep()]);
    const good = plans.filter(({ problem }) => problem === null);
    const results = await Promise.all([...good, ...good].map((plan) => manager.executeSweep(plan)));
    expect(enabled()).toEqual([false, false, false]);
    expect(results.reduce((sum, { totals }) => sum + totals.disabled, 0)).toBe(3);
    expect(await world.store.disabled.open()).toHaveLength(3);
  });

  it('are never tried twice for one user in one sweep when they were done the first time', async () => {
    world.fake.server.inject({ endpoint: patch, when: 'after', fault: { kind: 'cut' } });
    expect((await manager.sweep()).totals).toMatchObject({ disabled: 3, failed: 0 });
    expect(calls(world.fake, 'changing')).toEqual([patch, patch, patch]);
  });
});
