import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { calls, GB, minute, startWorld, type World } from '../test/world.js';
import type { AgentTrafficManager } from './manager.js';

describe('the mass-change brake', () => {
  let world: World;
  let manager: AgentTrafficManager;
  let agents: string[];

  beforeEach(async () => {
    world = await startWorld();
    manager = world.manager();
    agents = Array.from({ length: 20 }, (_, n) => world.fake.addAgent(undefined, { name: `agent ${n}` }));
    for (const agent of agents) for (let n = 0; n < 3; n += 1) world.fake.addUser({ agent });
    await manager.setTrafficLimits(agents.map((agent) => ({ agent, limitBytes: GB })));
    world.time.advance(minute);
  });

  afterEach(() => world.close());

  const use = (count: number): void => {
    for (const agent of agents.slice(0, count)) world.fake.use(world.fake.usersOf(agent)[0]?.uuid ?? '', GB);
  };

  const disabled = (): number => world.fake.snapshot().users.filter(({ enable }) => !enable).length;

  it('counts agents, not users', async () => {
    use(9);
    const { brake } = await manager.prepareSweep();
    expect(brake).toMatchObject({ changing: 9, active: 20 });
    expect(brake.goingOver).toEqual([...agents.slice(0, 9)].sort());
  });

  it('lets less than the least number pass, whatever the share', async () => {
    use(9);
    expect((await manager.sweep()).totals.disabled).toBe(27);
  });

  it('stops before the first change, and again at the next sweep', async () => {
    use(20);
    for (let n = 0; n < 2; n += 1) {
      world.fake.server.clearCalls();
      await expect(manager.sweep()).rejects.toMatchObject({
        code: 'mass_change',
        details: { changing: 20, active: 20 },
      });
      expect(calls(world.fake, 'changing')).toEqual([]);
      world.time.advance(5 * minute);
    }
    expect(disabled()).toBe(0);
    expect((await manager.sweep({ brake: false })).totals.disabled).toBe(60);
  });

  it('stops everybody from being given back at once, and lets what is held stay held', async () => {
    use(20);
    await manager.sweep({ brake: false });
    world.time.advance(5 * minute);
    expect((await manager.prepareSweep()).brake).toMatchObject({ changing: 0 });
    await manager.setTrafficLimits(agents.map((agent) => ({ agent, limitBytes: 100 * GB })));
    world.time.advance(5 * minute);
    await expect(manager.sweep()).rejects.toMatchObject({ code: 'mass_change' });
    expect(disabled()).toBe(60);
    await manager.sweep({ brake: false });
    expect(disabled()).toBe(0);
  });

  it('does not count agents that are enabled again by hand and disabled again by us', async () => {
    use(20);
    await manager.sweep({ brake: false });
    for (const { uuid } of world.fake.snapshot().users) world.fake.enable(uuid);
    world.time.advance(5 * minute);
    const { totals, plan } = await manager.sweep();
    expect(totals.disabled).toBe(60);
    expect(plan.brake.changing).toBe(0);
  });

  it('does not count agents whose limit is exempt, nor takes them for active', async () => {
    manager = world.manager({ exempt: agents.slice(0, 15) });
    use(20);
    expect((await manager.prepareSweep()).brake).toMatchObject({ changing: 5, active: 5 });
  });
});
