import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, minute, startWorld, type TestManager, type World } from './world.js';

const fresh = '5d3a1c52-6a44-4a7e-9a51-0c8b1f6f0a77';

describe('a user that the sweep has disabled and that has another uuid since', () => {
  let world: World;
  let manager: TestManager;
  let anna: string;
  let bela: string;

  const sweep = async (): ReturnType<TestManager['sweep']> => {
    world.time.advance(5 * minute);
    return manager.sweep();
  };
  const enabled = (...users: string[]): boolean[] => users.map((uuid) => world.fake.user(uuid).enable);

  beforeEach(async () => {
    world = await startWorld();
    const north = world.fake.addAgent(undefined, { name: 'north' });
    manager = world.manager();
    [anna, bela] = [world.fake.addUser({ agent: north }), world.fake.addUser({ agent: north })];
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    await sweep();
    expect(enabled(anna, bela)).toEqual([false, false]);
    world.fake.changeUser(anna, { uuid: fresh });
  });

  afterEach(() => world.close());

  it.each([
    ['while its agent is over', GB],
    ['once its agent is within its limit', 100 * GB],
  ])('was touched by somebody, which is said %s', async (_when, limitBytes) => {
    await manager.setTrafficLimit('north', limitBytes);
    const plan = await sweep();
    expect(plan.dropped).toMatchObject([{ uuid: anna, outcome: 'touched' }]);
    expect(plan.notices.map(({ code }) => code)).toContain('agent_user_touched');
    expect(await manager.getAgent('north')).toMatchObject({ usedBytes: GB });

    await manager.setTrafficLimit('north', 100 * GB);
    await sweep();
    expect(enabled(fresh, bela)).toEqual([false, true]);
    expect(await world.disabled()).toEqual([]);
  });
});
