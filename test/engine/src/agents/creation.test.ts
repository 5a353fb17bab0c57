import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, minute, startWorld } from './world.js';

describe('creating users within a limit', () => {
  const world = useBench(startWorld);
  let north: string;

  beforeEach(() => {
    north = world.fake.addAgent(undefined, { name: 'north' });
  });

  const limits = (): number[] => world.fake.listUsers(north).map(({ usageLimit }) => usageLimit);

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
