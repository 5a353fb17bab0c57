import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calls, GB, minute, startWorld, type World } from '../test/world.js';

describe('the sweep', () => {
  let world: World;
  let north: string;
  let south: string;

  beforeEach(async () => {
    world = await startWorld();
    north = world.fake.addAgent(undefined, { name: 'north' });
    south = world.fake.addAgent(undefined, { name: 'south' });
  });

  afterEach(() => world.close());

  const user = (agent: string, usageLimit = 10 * GB, currentUsage = 0): string =>
    world.fake.addUser({ agent, usageLimit, currentUsage });

  it('is two list calls while nothing is to do', async () => {
    for (let n = 0; n < 20; n += 1) user(n % 2 === 0 ? north : south);
    const manager = world.manager();
    await manager.setTrafficLimit('north', 100 * GB);
    world.fake.server.clearCalls();
    world.time.advance(5 * minute);
    const { totals } = await manager.sweep();
    expect(calls(world.fake)).toEqual(['GET /api/v2/admin/admin_user/', 'GET /api/v2/admin/user/']);
    expect(totals).toEqual({ agents: 2, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 });
  });

  it('disables the users of an agent that is over and gives back exactly those', async () => {
    const [anna, bela] = [user(north), user(north)];
    const byHand = user(north);
    const other = user(south);
    world.fake.disable(byHand);
    const manager = world.manager();
    await manager.setTrafficLimit('north', 5 * GB);
    world.fake.use(anna, 5 * GB);
    world.time.advance(5 * minute);
    const over = await manager.sweep();
    expect(over.totals).toMatchObject({ exceeded: 1, disabled: 2, failed: 0 });
    expect([anna, bela, byHand, other].map((uuid) => world.fake.user(uuid).enable)).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(await manager.getAgent('north')).toMatchObject({
      usedBytes: 5 * GB,
      remainingBytes: 0,
      exceeded: true,
      users: 3,
      usersDisabledByUs: 2,
      rule: 'at-or-over-limit',
    });

    world.fake.server.clearCalls();
    world.time.advance(5 * minute);
    await manager.sweep();
    expect(calls(world.fake, 'changing')).toEqual([]);

    await manager.setTrafficLimit('north', 20 * GB);
    world.time.advance(5 * minute);
    const back = await manager.sweep();
    expect(back.totals).toMatchObject({ exceeded: 0, restored: 2, failed: 0 });
    expect([anna, bela, byHand, other].map((uuid) => world.fake.user(uuid).enable)).toEqual([true, true, false, true]);
    expect(await manager.getAgent('north')).toMatchObject({ usersDisabledByUs: 0, heldSince: null });
  });
});
