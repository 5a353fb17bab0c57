import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calls, GB, minute, startWorld, type World } from '../test/world.js';
import type { AgentTrafficManager } from './manager.js';

describe('a user whose switch somebody else keeps', () => {
  let world: World;
  let manager: AgentTrafficManager;
  let north: string;
  let anna: string;
  let bela: string;

  beforeEach(async () => {
    world = await startWorld();
    north = world.fake.addAgent(undefined, { name: 'north' });
    anna = world.fake.addUser({ agent: north, usageLimit: 10 * GB });
    bela = world.fake.addUser({ agent: north, usageLimit: 10 * GB });
    manager = world.manager();
    await manager.setTrafficLimit('north', 5 * GB);
  });

  afterEach(() => world.close());

  const plan = (
    kept: string[],
    options: Parameters<AgentTrafficManager['prepareSweep']>[0] = {},
  ): ReturnType<AgentTrafficManager['prepareSweep']> => {
    world.time.advance(5 * minute);
    return manager.prepareSweep({ keptElsewhere: new Set(kept), ...options });
  };

  it('counts like all others, and is told instead of disabled', async () => {
    world.fake.use(anna, 5 * GB);
    const planned = await plan([anna, 'none']);
    expect(planned.steps.map(({ step }) => step.target)).toEqual([bela]);
    expect(planned.elsewhere).toEqual([
      {
        uuid: anna,
        name: world.fake.user(anna).name,
        owner: north,
        enabled: true,
        force: 'over',
        agent: north,
        chain: [north],
        record: null,
      },
    ]);
    await manager.executeSweep(planned);
    expect([anna, bela].map((uuid) => world.fake.user(uuid).enable)).toEqual([true, false]);
  });

  it('is free below the limit and kept within the release margin', async () => {
    expect((await plan([anna])).elsewhere).toMatchObject([{ force: 'free', agent: null }]);
    world.fake.use(anna, 5 * GB);
    await manager.executeSweep(await plan([anna]));
    await manager.setTrafficLimit('north', 5 * GB + 1);
    expect((await plan([anna])).elsewhere).toMatchObject([{ force: 'keep', agent: north, enabled: true }]);
    expect((await plan([anna], { agent: world.fake.addAgent() })).elsewhere).toEqual([]);
  });

  it('is handed over with its record when it was one of ours', async () => {
    world.fake.use(anna, 5 * GB);
    await manager.executeSweep(await plan([]));
    expect(world.fake.user(anna).enable).toBe(false);
    const planned = await plan([anna]);
    expect(planned.elsewhere).toMatchObject([{ force: 'over', enabled: false, record: { uuid: anna, agent: north } }]);
    expect(planned.dropped).toMatchObject([{ record: { uuid: anna }, outcome: 'handed-over' }]);
    expect(planned.notices.map(({ code }) => code)).not.toContain('agent_user_handed_over');
    world.fake.server.clearCalls();
    await manager.executeSweep(planned);
    expect(calls(world.fake, 'changing')).toEqual([]);
    expect((await world.store.disabled.open()).map(({ uuid }) => uuid)).toEqual([bela]);
  });

  it('is not disabled under an exempt agent', async () => {
    manager = world.manager({ exempt: ['north'] });
    world.fake.use(anna, 5 * GB);
    expect((await plan([anna])).elsewhere).toMatchObject([{ force: 'free' }]);
  });
});
