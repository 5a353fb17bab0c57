import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { calls, GB, minute, startWorld, type TestManager } from './world.js';

describe('orders about one agent', () => {
  const world = useBench(startWorld);
  let north: string;
  let east: string;
  let users: string[];
  let manager: TestManager;

  beforeEach(async () => {
    north = world.fake.addAgent(undefined, { name: 'north' });
    east = world.fake.addAgent(north, { name: 'north-east' });
    users = [north, north, east].map((agent) => world.fake.addUser({ agent, usageLimit: 100 * GB }));
    for (let n = 0; n < 4; n += 1) world.fake.addUser();
    manager = world.manager();
    await manager.setTrafficLimit('north', 10 * GB);
    world.time.advance(minute);
  });

  const enabled = (): boolean[] => users.map((uuid) => world.fake.user(uuid).enable);

  describe('restoreUsers', () => {
    beforeEach(async () => {
      world.fake.use(users[0] ?? '', 10 * GB);
      await manager.sweep();
      world.time.advance(minute);
      world.fake.server.clearCalls();
    });

    it('is refused while the agent is over', async () => {
      await expect(manager.restoreUsers('north')).rejects.toMatchObject({
        code: 'agent_limit',
        details: { binding: north },
      });
      await expect(manager.restoreUsers('north-east')).rejects.toMatchObject({ details: { binding: north } });
      expect(enabled()).toEqual([false, false, false]);
    });

    it('gives back by force, until the next sweep', async () => {
      const { actions } = await manager.restoreUsers('north', { force: true });
      expect(actions.map(({ state }) => state)).toEqual(['applied', 'applied', 'applied']);
      expect(enabled()).toEqual([true, true, true]);
      world.time.advance(minute);
      const plan = await manager.sweep();
      expect(plan.goingOver).toEqual([north]);
      expect(enabled()).toEqual([false, false, false]);
    });

    it('gives back above the mark of the sweep, and the sweep leaves it so', async () => {
      await manager.setTrafficLimit('north', 10 * GB + 1);
      world.time.advance(minute);
      await manager.sweep();
      expect(enabled()).toEqual([false, false, false]);
      await manager.restoreUsers('north');
      expect(enabled()).toEqual([true, true, true]);
      world.time.advance(minute);
      expect((await manager.sweep()).totals).toMatchObject({ disabled: 0 });
    });

    it('leaves who was touched, moved or enabled, and says why', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      const [touched = '', moved = '', again = ''] = users;
      world.fake.changeUser(touched, { comment: 'did not pay' });
      world.fake.moveUser(moved, world.fake.key);
      world.fake.enable(again);
      const { actions, left } = await manager.restoreUsers('north');
      expect(actions).toEqual([]);
      expect(Object.fromEntries(left.map(({ uuid, outcome }) => [uuid, outcome]))).toEqual({
        [touched]: 'touched',
        [moved]: 'moved',
        [again]: 'enabled-by-others',
      });
      expect(enabled()).toEqual([false, false, true]);
    });

    it('of a sub-agent gives back its users alone', async () => {
      await manager.setTrafficLimit('north', 100 * GB);
      await manager.restoreUsers('north-east');
      expect(enabled()).toEqual([false, false, true]);
    });

    it('plans and does nothing in a dry run', async () => {
      const { actions } = await manager.restoreUsers('north', { dryRun: true, force: true });
      expect(actions.map(({ state }) => state)).toEqual(['planned', 'planned', 'planned']);
      expect(calls(world.fake, 'changing')).toEqual([]);
    });
  });

  describe('disableAllUsers', () => {
    it('disables whatever the limit says, with a record, and the sweep does not undo it', async () => {
      const byHand = users[1] ?? '';
      world.fake.disable(byHand);
      const { actions } = await manager.disableAllUsers('north');
      expect(actions.map(({ state }) => state)).toEqual(['applied', 'applied']);
      expect(enabled()).toEqual([false, false, false]);
      world.time.advance(minute);
      expect((await manager.sweep()).totals).toMatchObject({ restored: 0 });
      expect(await world.disabled()).toMatchObject([{ reason: 'manual' }, { reason: 'manual' }]);
      world.time.advance(minute);
      await manager.restoreUsers('north');
      expect(enabled()).toEqual([true, false, true]);
    });

    it('ends by unsuspendAgent for exactly its users, those of a limit aside', async () => {
      const [anna = '', byHand = '', below = ''] = users;
      world.fake.disable(byHand);
      await manager.disableAllUsers('north');
      world.fake.use(anna, 10 * GB);
      world.time.advance(minute);
      await manager.sweep();
      expect(await world.disabled()).toHaveLength(2);
      const kept = await manager.unsuspendAgent('north');
      expect([kept.actions, kept.left.map(({ outcome }) => outcome)]).toEqual([[], ['still-over', 'still-over']]);
      expect(await world.disabled()).toMatchObject([{ reason: 'agent-limit' }, { reason: 'agent-limit' }]);
      await manager.disableAllUsers('north-east');
      await manager.setTrafficLimit('north', 100 * GB);
      world.time.advance(minute);
      await manager.sweep();
      expect(enabled()).toEqual([true, false, false]);
      await expect(manager.createUser('north-east', { name: 'new', limitBytes: GB })).rejects.toMatchObject({
        code: 'agent_suspended',
      });
      const { actions } = await manager.unsuspendAgent('north-east');
      expect(actions).toMatchObject([{ type: 'enable-user', target: below, state: 'applied' }]);
      expect([enabled(), (await manager.unsuspendAgent('north-east')).actions]).toEqual([[true, false, true], []]);
    });
  });

  describe('explain', () => {
    it('tells from what is remembered why an agent is over, without a call', async () => {
      world.fake.use(users[2] ?? '', 10 * GB);
      const { run } = await manager.sweep();
      world.fake.server.clearCalls();
      const why = await manager.explain('north-east');
      expect(world.fake.server.calls).toEqual([]);
      expect(why).toMatchObject({
        name: 'north-east',
        rule: 'no-limit',
        binding: north,
        usersDisabledByUs: 1,
      });
      const above = await manager.explain(north);
      const figures = { consumedBytes: 10 * GB, currentBytes: 10 * GB, allocatedBytes: 300 * GB, users: 3 };
      expect(above).toMatchObject({ binding: north, rule: 'at-or-over-limit', readings: [figures] });
      expect(above.actions).toHaveLength(3);
      expect(above.actions[0]).toMatchObject({
        run: run.id,
        usedBytes: 10 * GB,
        limitBytes: 10 * GB,
        state: 'disabled',
      });
      expect(above.sentence).toContain('has a limit of 10 GB, 10 GB used');
    });
  });
});
