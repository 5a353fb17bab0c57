import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Fault, few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { calls, GB, minute, startWorld, type TestManager } from './world.js';

const patch = 'PATCH /api/v2/admin/user/{uuid}/';

describe('writes that fail', () => {
  const world = useBench(startWorld);
  let manager: TestManager;
  let north: string;
  let users: string[];

  beforeEach(async () => {
    manager = world.manager();
    north = world.fake.addAgent(undefined, { name: 'north' });
    users = Array.from({ length: 3 }, () => world.fake.addUser({ agent: north }));
    await manager.setTrafficLimit('north', GB);
    world.fake.use(users[0] ?? '', GB);
    world.time.advance(minute);
    world.fake.server.clearCalls();
  });

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
      expect(await world.disabled()).toHaveLength(3);

      await manager.setTrafficLimit('north', 100 * GB);
      const again = world.fake.server.inject({ endpoint: patch, when, fault });
      world.time.advance(5 * minute);
      await manager.sweep();
      again();
      world.time.advance(5 * minute);
      const last = await manager.sweep();
      expect(enabled()).toEqual([true, true, true]);
      expect(await world.disabled()).toEqual([]);
      // What we gave back ourselves is never taken for somebody else's hand.
      expect(last.notices.map(({ code }) => code)).not.toContain('agent_user_enabled_by_others');
    });
  });

  it('of one user stop none of the others', async () => {
    const bad = users[1] ?? '';
    world.fake.server.inject({
      endpoint: patch,
      match: ({ path }) => path.includes(bad),
      fault: { kind: 'status', status: 500, body: { msg: `(MySQLdb.DataError) for ${bad}` } },
    });
    const { run, steps, totals } = await manager.sweep();
    expect([run.outcome, totals]).toMatchObject(['partial', { disabled: 2, failed: 1 }]);
    expect(steps.find(({ state }) => state === 'failed')).toMatchObject({ code: 'PANEL_SERVER_ERROR' });
    const rows = await world.store.actions.list({});
    expect(JSON.stringify(rows.map(({ errorMessage }) => errorMessage))).not.toContain(bad);
    expect(enabled()).toEqual([false, true, false]);
  });

  it('because the panel is gone end the run, and what is left is done by the next', async () => {
    const remove = world.fake.server.inject({ endpoint: /\{uuid\}/, fault: { kind: 'cut' } });
    const { steps } = await manager.sweep();
    expect(steps.map(({ state }) => state)).toEqual(['failed', 'failed', 'failed']);
    const rows = await world.store.actions.list({});
    expect(rows.map(({ errorCode }) => errorCode)).toEqual(['PANEL_UNREACHABLE', 'not_reached', 'not_reached']);
    remove();
    world.time.advance(5 * minute);
    expect((await manager.sweep()).totals).toMatchObject({ disabled: 3 });
  });

  describe('a process that ends', () => {
    /** Lets the store fail from the nth write after the panel was read. */
    const failFrom = (nth: number): (() => void) => {
      const { write } = world.store;
      let writes = 0;
      const failing = (...args: Parameters<typeof write>): Promise<unknown> => {
        writes += 1;
        return writes >= nth ? Promise.reject(new Error('disk full')) : write.apply(world.store, args);
      };
      world.store.write = failing as typeof write;
      return () => {
        world.store.write = write;
      };
    };

    it.each([
      ...few([2, 3, 4, 5, 6, 7, 8]).map((nth) => [nth, 'the same key'] as const),
      ...few([4, 5, 6, 7], 2).map((nth) => [nth, 'another key'] as const),
    ])('at write number %d leaves nothing that cannot be given back: %s', async (nth, key) => {
      const repair = failFrom(nth);
      await manager.sweep().catch((error: unknown) => {
        expect(String(error)).toContain('disk full');
      });
      repair();
      world.time.advance(5 * minute);
      if (key === 'another key') {
        world.fake.rotateKey(north);
        await manager.refresh();
      }
      await manager.sweep();
      expect(enabled()).toEqual([false, false, false]);
      expect(await world.disabled()).toHaveLength(3);
      expect(await world.store.actions.unresolved()).toEqual([]);
      await manager.setTrafficLimit('north', 100 * GB);
      world.time.advance(5 * minute);
      await manager.sweep();
      expect(enabled()).toEqual([true, true, true]);
      expect(await manager.getAgent('north')).toMatchObject({ usersDisabledByUs: 0, heldSince: null });
    });
  });

  it('are never tried twice for one user in one sweep when they were done the first time', async () => {
    world.fake.server.inject({ endpoint: patch, when: 'after', fault: { kind: 'cut' } });
    expect((await manager.sweep()).totals).toMatchObject({ disabled: 3, failed: 0 });
    expect(calls(world.fake, 'changing')).toEqual([patch, patch, patch]);
  });
});
