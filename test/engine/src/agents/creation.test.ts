import { beforeEach, describe, expect, it } from '@jest/globals';
import { openForEachTest } from '../bench/each-test.js';
import { GB, minute, startWorld } from './world.js';

const modes = ['allocated', 'consumed', 'panel'] as const;

async function outcomes(work: Promise<unknown>[]): Promise<{ made: number; refused: number; odd: unknown[] }> {
  const settled = await Promise.allSettled(work);
  const refused = settled.filter(
    (result) => result.status === 'rejected' && (result.reason as { code?: unknown }).code === 'agent_limit',
  );
  return {
    made: settled.filter(({ status }) => status === 'fulfilled').length,
    refused: refused.length,
    odd: settled.flatMap((result) =>
      result.status === 'rejected' && !refused.includes(result) ? [result.reason as unknown] : [],
    ),
  };
}

describe('creating users within a limit', () => {
  const world = openForEachTest(startWorld);
  let north: string;

  beforeEach(() => {
    north = world.fake.addAgent(undefined, { name: 'north' });
  });

  const limits = (): number[] => world.fake.listUsers(north).map(({ usageLimit }) => usageLimit);

  describe.each(modes)('accounting %s', (accounting) => {
    it('makes exactly ten of fifty that are asked for at once where ten fit', async () => {
      const manager = world.manager({ accounting });
      await manager.setTrafficLimit('north', 100 * GB);
      const asked = Array.from({ length: 50 }, (_, n) =>
        manager.createUser('north', { name: `user ${n}`, limitBytes: 10 * GB }),
      );
      expect(await outcomes(asked)).toEqual({ made: 10, refused: 40, odd: [] });
      expect(limits()).toEqual(Array.from({ length: 10 }, () => 10 * GB));
      expect(world.fake.state.users.size).toBe(10);
    });

    it('makes exactly ten also from several managers over one store', async () => {
      const managers = Array.from({ length: 5 }, () => world.manager({ accounting }));
      await managers[0]!.setTrafficLimit('north', 100 * GB);
      const asked = Array.from({ length: 50 }, (_, n) =>
        managers[n % 5]!.createUser(north, { name: `user ${n}`, limitBytes: 10 * GB }),
      );
      expect(await outcomes(asked)).toEqual({ made: 10, refused: 40, odd: [] });
      expect(limits()).toHaveLength(10);
      expect((await managers[1]!.canCreateUserWithTraffic(north, 1)).allowed).toBe(false);
    });

    it('keeps to the limit when a sweep goes on meanwhile and afterwards', async () => {
      const manager = world.manager({ accounting });
      await manager.setTrafficLimit('north', 100 * GB);
      const asked: Promise<unknown>[] = [];
      for (let n = 0; n < 30; n += 1) {
        asked.push(manager.createUser('north', { name: `user ${n}`, limitBytes: 10 * GB }));
        if (n % 10 === 5)
          asked.push(
            world
              .manager({ accounting })
              .sweep()
              .catch((error: unknown) => error),
          );
      }
      const { odd } = await outcomes(asked);
      expect(odd).toEqual([]);
      world.time.advance(5 * minute);
      await manager.sweep();
      const { made } = await outcomes([manager.createUser('north', { name: 'late', limitBytes: 10 * GB })]);
      expect(made).toBe(0);
      expect(limits()).toHaveLength(10);
    });

    it('allows what exactly fills the limit and not one byte more', async () => {
      const manager = world.manager({ accounting });
      await manager.setTrafficLimit('north', 10 * GB);
      expect(await manager.canCreateUserWithTraffic('north', 10 * GB + 1)).toMatchObject({
        allowed: false,
        remainingBytes: 10 * GB,
      });
      expect(await manager.canCreateUserWithTraffic('north', 10 * GB)).toEqual({
        allowed: true,
        reason: null,
        remainingBytes: 10 * GB,
      });
      await manager.createUser('north', { name: 'all of it', limitBytes: 10 * GB });
      expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false, remainingBytes: 0 });
      await expect(manager.createUser('north', { name: 'one byte', limitBytes: 1 })).rejects.toMatchObject({
        code: 'agent_limit',
        details: { binding: north, remainingBytes: 0 },
      });
    });

    it('allows nothing under a limit of 0 and everything without one', async () => {
      const manager = world.manager({ accounting });
      await manager.setTrafficLimit('north', 0);
      await expect(manager.createUser('north', { name: 'x', limitBytes: 1 })).rejects.toMatchObject({
        code: 'agent_limit',
      });
      await manager.setTrafficLimit('north', null);
      expect(await manager.canCreateUserWithTraffic('north', 1e15)).toEqual({
        allowed: true,
        reason: null,
        remainingBytes: null,
      });
    });

    it('asks every ancestor and names the one that binds', async () => {
      const east = world.fake.addAgent(north, { name: 'north-east' });
      const manager = world.manager({ accounting });
      await manager.setTrafficLimits([
        { agent: 'north', limitBytes: 15 * GB },
        { agent: 'north-east', limitBytes: 100 * GB },
      ]);
      await manager.createUser('north-east', { name: 'first', limitBytes: 10 * GB });
      const check = await manager.canCreateUserWithTraffic('north-east', 10 * GB);
      expect(check).toMatchObject({ allowed: false, remainingBytes: 5 * GB });
      expect(check.reason).toContain('agent "north", which is above the user\'s agent');
      expect(await manager.canCreateUserWithTraffic(east, 5 * GB)).toMatchObject({ allowed: true });
      expect(await manager.getAgent('north-east')).toMatchObject({
        ancestors: [
          { uuid: north, name: 'north', limitBytes: 15 * GB },
          { uuid: null, name: 'Owner', limitBytes: null },
        ],
      });
    });
  });

  it('keeps the reservation of a user that was made when the store fails right afterwards', async () => {
    const manager = world.manager();
    await manager.setTrafficLimit('north', 10 * GB);
    const { write } = world.store;
    const failing = (...args: Parameters<typeof write>): Promise<unknown> => {
      if (world.fake.listUsers(north).length === 0) return write.apply(world.store, args);
      // Only the first write after the creation fails.
      world.store.write = write;
      return Promise.reject(new Error('disk full'));
    };
    world.store.write = failing as typeof write;
    await expect(manager.createUser('north', { name: 'x', limitBytes: 10 * GB })).rejects.toThrow('disk full');
    expect(limits()).toEqual([10 * GB]);
    expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
    world.time.advance(11 * minute);
    await manager.sweep();
    expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
    expect(await world.store.agentReservations.live('vpn')).toMatchObject([{ state: 'settled' }]);
    expect(await world.store.actions.unresolved()).toEqual([]);
  });

  it('finds an agent that was made after the last look', async () => {
    const manager = world.manager();
    await manager.setTrafficLimit('north', GB);
    world.fake.addAgent(undefined, { name: 'new' });
    await expect(manager.createUser('new', { name: 'x', limitBytes: GB })).resolves.toMatchObject({ name: 'x' });
    await expect(manager.createUser('nobody', { name: 'x', limitBytes: GB })).rejects.toMatchObject({
      code: 'unknown_agent',
    });
  });

  it('gives an unused promise back with the user, and keeps it over a sweep', async () => {
    world.fake.addUser();
    const manager = world.manager();
    await manager.setTrafficLimit('north', 10 * GB);
    const user = await manager.createUser('north', { name: 'anna', limitBytes: 10 * GB });
    world.fake.use(user.uuid ?? '', 4 * GB);
    world.time.advance(minute);
    await manager.sweep();
    expect(await manager.getAgent('north')).toMatchObject({ usedBytes: 4 * GB, reservedBytes: 6 * GB });
    world.fake.deleteUser(user.uuid ?? '');
    world.time.advance(minute);
    await manager.sweep();
    expect(await manager.getAgent('north')).toMatchObject({ usedBytes: 4 * GB, reservedBytes: 0 });
    expect(await manager.canCreateUserWithTraffic('north', 6 * GB)).toMatchObject({ allowed: true });
    expect(await manager.canCreateUserWithTraffic('north', 6 * GB + 1)).toMatchObject({ allowed: false });
  });

  it('leaves nothing behind where the add-on on the panel breaks it', async () => {
    const broken = await startWorld({ addOn: { hooks: 'published' } });
    try {
      const agent = broken.fake.addAgent(undefined, { name: 'north' });
      const manager = broken.manager();
      await manager.setTrafficLimit('north', 100 * GB);
      await expect(manager.createUser('north', { name: 'x', limitBytes: GB })).rejects.toMatchObject({
        code: 'user_not_made',
      });
      expect([broken.fake.state.users.size, broken.fake.listUsers(agent)]).toEqual([0, []]);
      expect((await manager.getAgent('north')).reservedBytes).toBe(0);
    } finally {
      await broken.close();
    }
  });
});
