import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { calls, readContents, GB, minute, startWorld, type TestManager } from './world.js';

describe('the sweep', () => {
  const world = useBench(startWorld);
  let north: string;
  let south: string;
  let manager: TestManager;

  beforeEach(() => {
    north = world.fake.addAgent(undefined, { name: 'north' });
    south = world.fake.addAgent(undefined, { name: 'south' });
    manager = world.manager();
  });

  const user = (agent: string, usageLimit = 10 * GB, currentUsage = 0): string =>
    world.fake.addUser({ agent, usageLimit, currentUsage });

  /** A user of agent north that has used up its limit. */
  const overLimit = async (): Promise<string> => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    return anna;
  };

  const sweep = async (options: Parameters<TestManager['sweep']>[0] = {}): ReturnType<TestManager['sweep']> => {
    world.time.advance(5 * minute);
    world.fake.server.clearCalls();
    return manager.sweep(options);
  };

  const enabled = (...users: string[]): boolean[] => users.map((uuid) => world.fake.user(uuid).enable);

  it('is two list calls while nothing is to do', async () => {
    for (let n = 0; n < 20; n += 1) user(n % 2 === 0 ? north : south);
    await manager.setTrafficLimit('north', 100 * GB);
    const plan = await sweep();
    expect(calls(world.fake)).toEqual(['GET /api/v2/admin/admin_user/', 'GET /api/v2/admin/user/']);
    expect(plan.totals).toEqual({ agents: 2, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 });
  });

  it('writes the switch alone and leaves everything else on the panel as it was', async () => {
    await overLimit();
    const before = world.fake.snapshot();
    await sweep();
    expect(world.fake.server.changingCalls().map(({ body }) => body)).toEqual(['{"enable":false}']);
    await manager.setTrafficLimit('north', null);
    await sweep();
    expect(world.fake.snapshot()).toEqual(before);
  });

  describe('gives back only what is still ours:', () => {
    let anna: string;
    let bela: string;

    beforeEach(async () => {
      [anna, bela] = [await overLimit(), user(north)];
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
    });

    const raise = async (): Promise<Awaited<ReturnType<TestManager['sweep']>>> => {
      await manager.setTrafficLimit('north', 100 * GB);
      return sweep();
    };

    it('not a user that somebody enabled and then disabled again', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      world.fake.enable(anna);
      const plan = await sweep();
      expect(plan.dropped).toMatchObject([{ uuid: anna, outcome: 'enabled-by-others' }]);
      world.fake.disable(anna);
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, true]);
    });

    it.each([
      ['moved', null],
      ['touched', { comment: 'did not pay' }],
      ['touched', { usageLimit: GB }],
      ['touched', { packageDays: 3 }],
      ['touched', { name: 'renamed' }],
    ])('not a user that somebody has %s since: %p', async (outcome, change) => {
      if (change === null) world.fake.moveUser(anna, south);
      else world.fake.changeUser(anna, change);
      const plan = await raise();
      expect(plan.dropped).toMatchObject([{ uuid: anna, outcome }]);
      expect(plan.notices.map(({ code }) => code)).toContain(`agent_user_${outcome}`);
      expect(enabled(anna, bela)).toEqual([false, true]);
      await sweep();
      expect(enabled(anna)).toEqual([false]);
    });

    it('also a user that the panel itself has moved on: traffic, reset, start', async () => {
      world.fake.changeUser(anna, { currentUsage: 0, startDate: '2026-03-01', lastResetTime: '2026-03-01' });
      await raise();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });

    it('also a user that the customer has linked with the bot of the panel, or with another account', async () => {
      world.fake.changeUser(anna, { telegramId: 4711 });
      await raise();
      expect(enabled(anna, bela)).toEqual([true, true]);
      await manager.setTrafficLimit('north', GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
      world.fake.changeUser(anna, { telegramId: 4712 });
      await raise();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });

    it('also one that the customer links right before it writes', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      const stop = world.fake.server.onCall(({ endpoint, path }) => {
        if (endpoint.startsWith('GET') && path.includes(anna)) world.fake.changeUser(anna, { telegramId: 4711 });
      });
      await sweep();
      stop();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });

    it('and forgets a user that is gone', async () => {
      user(south);
      user(south);
      world.fake.deleteUser(anna);
      const plan = await raise();
      expect(plan.dropped).toMatchObject([{ uuid: anna, outcome: 'gone' }]);
      expect(plan.totals).toMatchObject({ restored: 1, failed: 0 });
    });

    it('looks again right before it writes', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      const stop = world.fake.server.onCall(({ endpoint, path }) => {
        if (endpoint.startsWith('GET') && path.includes(anna)) world.fake.changeUser(anna, { comment: 'just now' });
      });
      const { steps } = await sweep();
      stop();
      expect(steps.map(({ target, state }) => [target === anna, state])).toEqual(
        expect.arrayContaining([
          [true, 'unneeded'],
          [false, 'applied'],
        ]),
      );
      expect(enabled(anna, bela)).toEqual([false, true]);
    });
  });

  it('disables again who is enabled again while the agent is over, and says so', async () => {
    const anna = await overLimit();
    await sweep();
    world.fake.enable(anna);
    const plan = await sweep();
    expect(plan.totals).toMatchObject({ disabled: 1 });
    expect([plan.goingOver, plan.comingBack]).toEqual([[], []]);
    expect(plan.notices.map(({ code }) => code)).toContain('agent_users_enabled_again');
    expect(await world.disabled()).toMatchObject([{ uuid: anna }]);
    await manager.setTrafficLimit('north', 100 * GB);
    await sweep();
    expect(enabled(anna)).toEqual([true]);
  });

  it('also disables users that were made while the agent is over', async () => {
    await overLimit();
    await sweep();
    const late = user(north);
    expect((await sweep()).totals).toMatchObject({ disabled: 1 });
    expect(enabled(late)).toEqual([false]);
  });

  it('leaves out who was disabled by somebody else in the meantime', async () => {
    const anna = await overLimit();
    const stop = world.fake.server.onCall(({ endpoint, path }) => {
      if (endpoint.startsWith('GET') && path.includes(anna)) world.fake.disable(anna);
    });
    const { steps } = await sweep();
    stop();
    expect(steps).toMatchObject([{ state: 'unneeded' }]);
    expect(calls(world.fake, 'changing')).toEqual([]);
    await manager.setTrafficLimit('north', 100 * GB);
    await sweep();
    expect(enabled(anna)).toEqual([false]);
  });

  it('gives users back only below the mark', async () => {
    const anna = user(north, 1000 * GB);
    await manager.setTrafficLimit('north', 95 * GB);
    world.fake.use(anna, 95 * GB);
    await sweep();
    await manager.setTrafficLimit('north', 100 * GB);
    expect((await sweep()).agents.find(({ uuid }) => uuid === north)).toMatchObject({
      exceeded: false,
      rule: 'within-release-margin',
    });
    expect(enabled(anna)).toEqual([false]);
    await manager.setTrafficLimit('north', 100 * GB + 1024 ** 2);
    await sweep();
    expect(enabled(anna)).toEqual([true]);
  });

  describe('with agents below agents', () => {
    let east: string;
    let anna: string;
    let bela: string;

    beforeEach(() => {
      east = world.fake.addAgent(north, { name: 'north-east' });
      anna = user(north);
      bela = user(east);
    });

    it("counts a sub-agent's users for the agent too and disables them with its own", async () => {
      await manager.setTrafficLimit('north', 5 * GB);
      world.fake.use(bela, 5 * GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
      expect((await manager.getAgent('north-east')).usersDisabledByUs).toBe(1);
      expect((await manager.getAgent('north')).usersDisabledByUs).toBe(2);
    });

    it('disables below a sub-agent that is over, and nobody above', async () => {
      await manager.setTrafficLimit('north-east', 5 * GB);
      world.fake.use(bela, 5 * GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([true, false]);
    });

    it('gives a user back only when nobody above it is over any more', async () => {
      await manager.setTrafficLimits({ north: 5 * GB, 'north-east': 5 * GB });
      world.fake.use(bela, 5 * GB);
      await sweep({ brake: false });
      await manager.setTrafficLimit('north-east', 100 * GB);
      const first = await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
      expect(first.comingBack).toEqual([east]);
      // The user is disabled for north now, so that the sub-agent does not come back again and again.
      const second = await sweep();
      expect([second.goingOver, second.comingBack]).toEqual([[], []]);
      await manager.setTrafficLimit('north', 100 * GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });
  });

  it('watches an exempt agent and disables nobody of it, not even for one above', async () => {
    const east = world.fake.addAgent(north, { name: 'north-east' });
    const [anna, bela] = [user(north), user(east)];
    manager = world.manager({ exempt: ['north-east'] });
    await manager.setTrafficLimits({ north: GB, 'north-east': GB });
    world.fake.use(bela, 5 * GB);
    const plan = await sweep();
    expect(enabled(anna, bela)).toEqual([false, true]);
    expect(plan.agents.find(({ uuid }) => uuid === east)).toMatchObject({ exceeded: true, rule: 'exempt' });
    expect(plan.goingOver).toEqual([north]);
  });

  it('counts users without a uuid and says that they cannot be disabled', async () => {
    world.fake.addOddRows(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(user(north), 2 * GB);
    const plan = await sweep();
    const codes = plan.notices.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['agent_users_without_uuid', 'agent_users_negative']));
    expect(plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({ users: 5, usedBytes: 2 * GB });
    expect(plan.totals).toMatchObject({ disabled: 4, failed: 0 });
  });

  it('rests the limit of an account that is not an agent any more, either way', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.changeAdmin(north, { mode: 'admin' });
    world.fake.use(anna, 5 * GB);
    const plan = await sweep();
    expect(enabled(anna)).toEqual([true]);
    expect(plan.notices.map(({ code }) => code)).toContain('agent_dormant');
    await expect(manager.setTrafficLimit('north', 2 * GB)).rejects.toMatchObject({ code: 'not_an_agent' });
    world.fake.changeAdmin(north, { mode: 'agent' });
    await sweep();
    expect(enabled(anna)).toEqual([false]);
  });

  it('keeps an agent that was deleted, and leaves its users to the heir', async () => {
    const anna = user(north);
    user(south);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    await sweep();
    world.fake.deleteAgent(north, south);
    const plan = await sweep();
    expect(plan.totals).toMatchObject({ failed: 0, restored: 0 });
    expect(plan.dropped).toMatchObject([{ outcome: 'moved' }]);
    expect(plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({ rule: 'missing' });
    expect(plan.notices.map(({ code }) => code)).toContain('agent_missing');
  });

  it('still sees an agent and its users that the panel leaves out of its lists', async () => {
    const east = world.fake.addAgent(north, { name: 'north-east' });
    const [anna, bela] = [user(north), user(east)];
    for (let n = 0; n < 4; n += 1) user(south);
    await manager.setTrafficLimit('north', 5 * GB);
    // A cycle of parents: neither the two nor their users are in the Owner's lists any more.
    world.fake.moveAgent(north, east);
    world.fake.use(bela, 5 * GB);
    const plan = await sweep();
    expect(plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({
      usedBytes: 5 * GB,
      users: 2,
      exceeded: true,
    });
    expect(plan.totals).toMatchObject({ disabled: 2 });
    expect(enabled(anna, bela)).toEqual([false, false]);
    expect(plan.notices.map(({ code }) => code)).toContain('agent_orphans');
  });

  it('announces each mark once per crossing and period', async () => {
    manager = world.manager({ period: 'monthly' });
    const anna = user(north, 1000 * GB);
    await manager.setTrafficLimit('north', 100 * GB);
    const marks: number[][] = [];
    for (const gigabytes of [79, 1, 0, 12, 0, 8]) {
      world.fake.use(anna, gigabytes * GB);
      marks.push((await sweep()).crossed);
    }
    expect(marks).toEqual([[], [80], [], [90], [], [100]]);
    await manager.setTrafficLimit('north', 110 * GB);
    expect((await sweep()).crossed).toEqual([]);
    world.fake.use(anna, 10 * GB);
    expect((await sweep()).crossed).toEqual([100]);
    world.time.set('2026-04-02T00:00:00.000Z');
    world.fake.use(anna, 100 * GB);
    expect((await sweep()).crossed).toEqual([90]);
  });

  it('does not swallow a mark that is crossed while a user is created', async () => {
    const anna = user(north, 1000 * GB);
    await manager.setTrafficLimit('north', 100 * GB);
    world.fake.use(anna, 85 * GB);
    world.time.advance(minute);
    await manager.createUser('north', { name: 'x', limitBytes: GB });
    expect((await sweep()).crossed).toEqual([80]);
  });

  it('makes no changing call and remembers nothing in a dry run, and plans what the next run does', async () => {
    const [anna, bela] = [user(north), user(north)];
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    const before = await readContents(world.store);
    const { steps, totals, run } = await sweep({ dryRun: true });
    expect(calls(world.fake, 'changing')).toEqual([]);
    expect(await readContents(world.store)).toEqual(before);
    expect([totals.exceeded, run.outcome, run.changes]).toEqual([1, 'done', true]);
    expect(await world.store.runs.list({ command: 'agent check' })).toEqual([]);
    expect(steps.map(({ type, target, state }) => [type, target, state]).sort()).toEqual(
      [anna, bela].map((uuid) => ['disable-user', uuid, 'planned']).sort(),
    );
    expect((await sweep()).steps.map(({ target }) => target)).toEqual(steps.map(({ target }) => target));
  });

  it('works on the users of one agent alone when asked to', async () => {
    const [anna, bela] = [user(north), user(south)];
    await manager.setTrafficLimits({ north: GB, south: GB });
    world.fake.use(anna, GB);
    world.fake.use(bela, GB);
    expect(await manager.checkAgent('north')).toMatchObject({
      run: { outcome: 'done' },
      agents: [
        {
          ...{ uuid: north, exceeded: true, usersDisabledByUs: 1, accounting: 'consumed' },
          ancestors: [{ uuid: null, name: 'Owner', limitBytes: null }],
          actions: [{ type: 'disable-user', target: anna, state: 'applied' }],
        },
      ],
    });
    expect(enabled(anna, bela)).toEqual([false, true]);
    expect((await manager.checkAllAgents()).totals.exceeded).toBe(2);
    expect(enabled(anna, bela)).toEqual([false, false]);
  });
});
