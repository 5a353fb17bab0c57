import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { HiddifyStep } from '../steps/step.js';
import { calls, contentsOf, GB, minute, startWorld, type World } from '../test/world.js';
import type { AgentTrafficManager } from './manager.js';

describe('the sweep', () => {
  let world: World;
  let north: string;
  let south: string;
  let manager: AgentTrafficManager;

  beforeEach(async () => {
    world = await startWorld();
    north = world.fake.addAgent(undefined, { name: 'north' });
    south = world.fake.addAgent(undefined, { name: 'south' });
    manager = world.manager();
  });

  afterEach(() => world.close());

  const user = (agent: string, usageLimit = 10 * GB, currentUsage = 0): string =>
    world.fake.addUser({ agent, usageLimit, currentUsage });

  const sweep = async (
    options: Parameters<AgentTrafficManager['sweep']>[0] = {},
  ): ReturnType<AgentTrafficManager['sweep']> => {
    world.time.advance(5 * minute);
    world.fake.server.clearCalls();
    return manager.sweep(options);
  };

  const enabled = (...users: string[]): boolean[] => users.map((uuid) => world.fake.user(uuid).enable);

  it('is two list calls while nothing is to do', async () => {
    for (let n = 0; n < 20; n += 1) user(n % 2 === 0 ? north : south);
    await manager.setTrafficLimit('north', 100 * GB);
    const { totals } = await sweep();
    expect(calls(world.fake)).toEqual(['GET /api/v2/admin/admin_user/', 'GET /api/v2/admin/user/']);
    expect(totals).toEqual({ agents: 2, exceeded: 0, disabled: 0, restored: 0, failed: 0, skipped: 0 });
  });

  it('disables the users of an agent that is over and gives back exactly those', async () => {
    const [anna, bela, byHand, other] = [user(north), user(north), user(north), user(south)];
    world.fake.disable(byHand);
    await manager.setTrafficLimit('north', 5 * GB);
    world.fake.use(anna, 5 * GB);
    expect((await sweep()).totals).toMatchObject({ exceeded: 1, disabled: 2, failed: 0 });
    expect(enabled(anna, bela, byHand, other)).toEqual([false, false, false, true]);
    expect(await manager.getAgent('north')).toMatchObject({
      usedBytes: 5 * GB,
      remainingBytes: 0,
      exceeded: true,
      users: 3,
      usersDisabledByUs: 2,
      rule: 'at-or-over-limit',
    });

    await sweep();
    expect(calls(world.fake, 'changing')).toEqual([]);

    await manager.setTrafficLimit('north', 20 * GB);
    expect((await sweep()).totals).toMatchObject({ exceeded: 0, restored: 2, failed: 0 });
    expect(enabled(anna, bela, byHand, other)).toEqual([true, true, false, true]);
    expect(await manager.getAgent('north')).toMatchObject({ usersDisabledByUs: 0, heldSince: null });
  });

  it('writes the switch alone and leaves everything else on the panel as it was', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
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
      [anna, bela] = [user(north), user(north)];
      await manager.setTrafficLimit('north', GB);
      world.fake.use(anna, GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
    });

    const raise = async (): Promise<Awaited<ReturnType<AgentTrafficManager['sweep']>>> => {
      await manager.setTrafficLimit('north', 100 * GB);
      return sweep();
    };

    it('not a user that somebody enabled and then disabled again', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      world.fake.enable(anna);
      const { plan } = await sweep();
      expect(plan.dropped).toMatchObject([{ record: { uuid: anna }, outcome: 'enabled-by-others' }]);
      world.fake.disable(anna);
      await sweep();
      expect(enabled(anna, bela)).toEqual([false, true]);
    });

    it('not a user that has another owner now', async () => {
      world.fake.moveUser(anna, south);
      const { plan } = await raise();
      expect(plan.dropped).toMatchObject([{ record: { uuid: anna }, outcome: 'moved' }]);
      expect(plan.notices.map(({ code }) => code)).toContain('agent_user_moved');
      expect(enabled(anna, bela)).toEqual([false, true]);
      await sweep();
      expect(enabled(anna)).toEqual([false]);
    });

    it.each([{ comment: 'did not pay' }, { usageLimit: GB }, { packageDays: 3 }, { name: 'renamed' }])(
      'not a user that somebody has dealt with since: %p',
      async (change) => {
        world.fake.changeUser(anna, change);
        const { plan } = await raise();
        expect(plan.dropped).toMatchObject([{ record: { uuid: anna }, outcome: 'touched' }]);
        expect(enabled(anna, bela)).toEqual([false, true]);
      },
    );

    it('also a user that the panel itself has moved on: traffic, reset, start', async () => {
      world.fake.changeUser(anna, { currentUsage: 0, startDate: '2026-03-01', lastResetTime: '2026-03-01' });
      await raise();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });

    it('also a user that we changed ourselves and said so', async () => {
      const { user: changed } = await world.client.users.update(anna, { limitBytes: 50 * GB });
      await manager.noteOwnChange(changed);
      await raise();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });

    it('and forgets a user that is gone', async () => {
      user(south);
      user(south);
      world.fake.deleteUser(anna);
      const { plan, totals } = await raise();
      expect(plan.dropped).toMatchObject([{ record: { uuid: anna }, outcome: 'gone' }]);
      expect(totals).toMatchObject({ restored: 1, failed: 0 });
    });

    it('looks again right before it writes', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      const stop = world.fake.server.onCall(({ endpoint, path }) => {
        if (endpoint.startsWith('GET') && path.includes(anna)) world.fake.changeUser(anna, { comment: 'just now' });
      });
      const { steps } = await sweep();
      stop();
      expect(steps.map(({ step, state, code }) => [step.target === anna, state, code])).toEqual(
        expect.arrayContaining([
          [true, 'skipped', 'touched'],
          [false, 'applied', null],
        ]),
      );
      expect(enabled(anna, bela)).toEqual([false, true]);
    });
  });

  it('disables again who is enabled again while the agent is over, and says so', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    await sweep();
    world.fake.enable(anna);
    const { plan, totals } = await sweep();
    expect(totals).toMatchObject({ disabled: 1 });
    expect(plan.brake).toMatchObject({ changing: 0 });
    expect(plan.notices.map(({ code }) => code)).toContain('agent_users_enabled_again');
    expect(await world.store.disabled.open()).toMatchObject([{ uuid: anna, reenabled: 1, state: 'disabled' }]);
    await manager.setTrafficLimit('north', 100 * GB);
    await sweep();
    expect(enabled(anna)).toEqual([true]);
  });

  it('also disables users that were made while the agent is over', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    await sweep();
    const late = user(north);
    expect((await sweep()).totals).toMatchObject({ disabled: 1 });
    expect(enabled(late)).toEqual([false]);
  });

  it('leaves out who was disabled by somebody else in the meantime', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    const stop = world.fake.server.onCall(({ endpoint, path }) => {
      if (endpoint.startsWith('GET') && path.includes(anna)) world.fake.disable(anna);
    });
    const { steps } = await sweep();
    stop();
    expect(steps).toMatchObject([{ state: 'skipped', code: 'touched' }]);
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
    expect((await sweep()).plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({
      exceeded: false,
      rule: 'within-release-margin',
      change: 'stays-over',
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
      await manager.setTrafficLimits([
        { agent: 'north', limitBytes: 5 * GB },
        { agent: 'north-east', limitBytes: 5 * GB },
      ]);
      world.fake.use(bela, 5 * GB);
      await sweep();
      await manager.setTrafficLimit('north-east', 100 * GB);
      const first = await sweep();
      expect(enabled(anna, bela)).toEqual([false, false]);
      expect(first.plan.brake.comingBack).toEqual([east]);
      // The record is north's now, so that the sub-agent does not come back again and again.
      expect((await sweep()).plan.brake.changing).toBe(0);
      await manager.setTrafficLimit('north', 100 * GB);
      await sweep();
      expect(enabled(anna, bela)).toEqual([true, true]);
    });
  });

  it('watches an exempt agent and disables nobody of it, not even for one above', async () => {
    const east = world.fake.addAgent(north, { name: 'north-east' });
    const [anna, bela] = [user(north), user(east)];
    manager = world.manager({ exempt: ['north-east'] });
    await manager.setTrafficLimits([
      { agent: 'north', limitBytes: GB },
      { agent: 'north-east', limitBytes: GB },
    ]);
    world.fake.use(bela, 5 * GB);
    const { plan } = await sweep();
    expect(enabled(anna, bela)).toEqual([false, true]);
    expect(plan.agents.find(({ uuid }) => uuid === east)).toMatchObject({ exceeded: true, rule: 'exempt' });
    expect(plan.brake).toMatchObject({ goingOver: [north], active: 1 });
  });

  it('counts users without a uuid and says that they cannot be disabled', async () => {
    world.fake.addOddRows(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(user(north), 2 * GB);
    const { plan, totals } = await sweep();
    const codes = plan.notices.map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['agent_users_without_uuid', 'agent_users_negative']));
    expect(plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({ users: 5, usedBytes: 2 * GB });
    expect(totals).toMatchObject({ disabled: 4, failed: 0 });
  });

  it('rests the limit of an account that is no agent any more, either way', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.changeAdmin(north, { mode: 'admin' });
    world.fake.use(anna, 5 * GB);
    const { plan } = await sweep();
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
    const { plan, totals } = await sweep();
    expect(totals).toMatchObject({ failed: 0, restored: 0 });
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
    const { plan, totals } = await sweep();
    expect(plan.agents.find(({ uuid }) => uuid === north)).toMatchObject({
      usedBytes: 5 * GB,
      users: 2,
      exceeded: true,
    });
    expect(totals).toMatchObject({ disabled: 2 });
    expect(enabled(anna, bela)).toEqual([false, false]);
    expect(plan.notices.map(({ code }) => code)).toContain('agent_orphans');
  });

  it('begins a new period at zero and gives back what the old one had cost', async () => {
    manager = world.manager({ period: 'monthly', timeZone: 'UTC' });
    const anna = user(north, 100 * GB);
    await manager.setTrafficLimit('north', 5 * GB);
    world.fake.use(anna, 5 * GB);
    await sweep();
    expect(enabled(anna)).toEqual([false]);
    world.time.set('2026-04-01T00:00:01.000Z');
    expect((await manager.sweep()).totals).toMatchObject({ restored: 1 });
    expect(await manager.getAgent('north')).toMatchObject({
      usedBytes: 0,
      period: { start: '2026-04-01T00:00:00.000Z', end: '2026-05-01T00:00:00.000Z' },
    });
    expect(enabled(anna)).toEqual([true]);
  });

  it('announces each mark once per crossing and period', async () => {
    manager = world.manager({ period: 'monthly' });
    const anna = user(north, 1000 * GB);
    await manager.setTrafficLimit('north', 100 * GB);
    const marks: number[][] = [];
    for (const gigabytes of [79, 1, 0, 12, 0, 8]) {
      world.fake.use(anna, gigabytes * GB);
      marks.push((await sweep()).plan.crossed.map(({ percent }) => percent));
    }
    expect(marks).toEqual([[], [80], [], [90], [], [100]]);
    await manager.setTrafficLimit('north', 110 * GB);
    expect((await sweep()).plan.crossed).toEqual([]);
    world.fake.use(anna, 10 * GB);
    expect((await sweep()).plan.crossed).toMatchObject([{ percent: 100, usedBytes: 110 * GB, limitBytes: 110 * GB }]);
    world.time.set('2026-04-02T00:00:00.000Z');
    world.fake.use(anna, 90 * GB);
    expect((await sweep()).plan.crossed.map(({ percent }) => percent)).toEqual([80]);
  });

  it('does not swallow a mark that is crossed while a user is created', async () => {
    const anna = user(north, 1000 * GB);
    manager = world.manager({ maxFiguresAgeMs: 0 });
    await manager.setTrafficLimit('north', 100 * GB);
    world.fake.use(anna, 85 * GB);
    world.time.advance(minute);
    await manager.createUser('north', { name: 'x', limitBytes: GB });
    expect((await sweep()).plan.crossed.map(({ percent }) => percent)).toEqual([80]);
  });

  it('does what it may in one run and goes on in the next', async () => {
    const users = Array.from({ length: 7 }, () => user(north));
    manager = world.manager({ maxWritesPerSweep: 3, writePauseMs: 20 });
    await manager.setTrafficLimit('north', GB);
    world.fake.use(users[0] ?? '', GB);
    const first = await sweep();
    expect([first.totals.disabled, first.plan.left]).toEqual([3, 4]);
    const second = await sweep();
    expect([second.totals.disabled, second.plan.left, second.plan.brake.changing]).toEqual([3, 1, 0]);
    expect((await sweep()).totals.disabled).toBe(1);
    expect(enabled(...users).some(Boolean)).toBe(false);
  });

  it('makes no changing call and remembers nothing in a dry run, and plans what the next run does', async () => {
    const [anna, bela] = [user(north), user(north)];
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    const before = await contentsOf(world.store);
    const { plan, steps, totals } = await sweep({ dryRun: true });
    expect(calls(world.fake, 'changing')).toEqual([]);
    expect(await contentsOf(world.store)).toEqual(before);
    expect([steps, totals.exceeded]).toEqual([[], 1]);
    expect(plan.steps.map(({ step }) => [step.type, step.target]).sort()).toEqual(
      [anna, bela].map((uuid) => ['disable-user', uuid]).sort(),
    );
    expect((await sweep()).plan.steps.map(({ step }) => step.target)).toEqual(
      plan.steps.map(({ step }) => step.target),
    );
  });

  it('works on the users of one agent alone when asked to', async () => {
    const [anna, bela] = [user(north), user(south)];
    await manager.setTrafficLimits([
      { agent: 'north', limitBytes: GB },
      { agent: 'south', limitBytes: GB },
    ]);
    world.fake.use(anna, GB);
    world.fake.use(bela, GB);
    expect(await manager.checkAgent('north')).toMatchObject({ exceeded: true, agent: { usersDisabledByUs: 1 } });
    expect(enabled(anna, bela)).toEqual([false, true]);
    expect(await manager.checkAllAgents()).toEqual({ exceeded: 2 });
    expect(enabled(anna, bela)).toEqual([false, false]);
  });

  it('calls the hooks around each write, after the intent is stored', async () => {
    const anna = user(north);
    await manager.setTrafficLimit('north', GB);
    world.fake.use(anna, GB);
    const seen: unknown[] = [];
    const note = async (when: string, step: HiddifyStep): Promise<void> => {
      const [record] = await world.store.disabled.open();
      seen.push([when, step.type, step.agent === north, record?.state, world.fake.user(anna).enable]);
    };
    await sweep({ hooks: { before: (step) => note('before', step), after: (step) => note('after', step) } });
    expect(seen).toEqual([
      ['before', 'disable-user', true, 'intended', true],
      ['after', 'disable-user', true, 'disabled', false],
    ]);
  });
});
