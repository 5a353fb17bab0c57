import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { isAgentTrafficError } from '../errors.js';
import type { HiddifyStep } from '../steps/step.js';
import { calls, GB, minute, startWorld, type World } from '../test/world.js';
import type { AgentTrafficManager } from './manager.js';
import type { AccountingMode } from './records.js';

const modes: AccountingMode[] = ['allocated', 'consumed', 'panel'];

async function outcomes(work: Promise<unknown>[]): Promise<{ made: number; refused: number; odd: unknown[] }> {
  const settled = await Promise.allSettled(work);
  const refused = settled.filter(
    (result) =>
      result.status === 'rejected' && isAgentTrafficError(result.reason) && result.reason.code === 'agent_limit',
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
  let world: World;
  let north: string;

  beforeEach(async () => {
    world = await startWorld();
    north = world.fake.addAgent(undefined, { name: 'north' });
  });

  afterEach(() => world.close());

  const limits = (): number[] => world.fake.usersOf(north).map(({ usageLimit }) => usageLimit);

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
      const managers = Array.from({ length: 5 }, (_, n) => world.manager({ accounting, holder: `process ${n}` }));
      await managers[0]!.setTrafficLimit('north', 100 * GB);
      const asked = Array.from({ length: 50 }, (_, n) =>
        managers[n % 5]!.createUser(north, { name: `user ${n}`, limitBytes: 10 * GB }),
      );
      expect(await outcomes(asked)).toEqual({ made: 10, refused: 40, odd: [] });
      expect(limits()).toHaveLength(10);
      expect((await managers[1]!.canCreateUserWithTraffic(north, 1)).allowed).toBe(false);
    });

    it('keeps to the limit when a sweep goes on meanwhile and afterwards', async () => {
      const manager = world.manager({ accounting, maxFiguresAgeMs: 0 });
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
        binding: north,
      });
      expect(await manager.canCreateUserWithTraffic('north', 10 * GB)).toEqual({
        allowed: true,
        reason: null,
        remainingBytes: 10 * GB,
        binding: north,
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
        binding: null,
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
      expect(check).toMatchObject({ allowed: false, remainingBytes: 5 * GB, binding: north });
      expect(check.reason).toContain('agent "north", which stands above');
      expect(await manager.canCreateUserWithTraffic(east, 5 * GB)).toMatchObject({ allowed: true });
      expect(await manager.getAgent('north-east')).toMatchObject({
        ancestors: [
          { uuid: north, name: 'north', limitBytes: 15 * GB },
          { uuid: null, name: 'Owner', limitBytes: null },
        ],
      });
    });
  });

  describe('broken off', () => {
    /** A process that ends at a point: from then on it neither calls the panel nor writes. */
    const killedAt = (point: 'before-call' | 'after-call', manager: AgentTrafficManager, name: string): Promise<void> =>
      new Promise((resolve) => {
        void manager.createUser(
          'north',
          { name, limitBytes: 10 * GB },
          {
            hooks: {
              before: () => {
                if (point === 'after-call') return Promise.resolve();
                resolve();
                return new Promise(() => undefined);
              },
              after: () => {
                resolve();
                return new Promise(() => undefined);
              },
            },
          },
        );
      });

    it('between promise and creation the promise holds until it has run out, and is then released', async () => {
      const manager = world.manager();
      await manager.setTrafficLimit('north', 100 * GB);
      await Promise.all(Array.from({ length: 10 }, (_, n) => killedAt('before-call', manager, `user ${n}`)));
      expect(world.fake.state.users.size).toBe(0);
      await expect(manager.createUser('north', { name: 'next', limitBytes: 10 * GB })).rejects.toMatchObject({
        code: 'agent_limit',
      });
      world.time.advance(5 * minute);
      expect(await manager.settleReservations()).toEqual([]);
      world.time.advance(5 * minute);
      const settled = await manager.settleReservations();
      expect(settled.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 10 }, () => 'not-created'));
      const asked = Array.from({ length: 50 }, (_, n) =>
        manager.createUser('north', { name: `again ${n}`, limitBytes: 10 * GB }),
      );
      expect(await outcomes(asked)).toEqual({ made: 10, refused: 40, odd: [] });
      expect(limits()).toHaveLength(10);
    });

    it('is settled at once when the process is known to be gone', async () => {
      const dying = world.manager({ holder: 'gone' });
      await dying.setTrafficLimit('north', 10 * GB);
      await killedAt('before-call', dying, 'never');
      const manager = world.manager({ holder: 'alive', isHolderAlive: (holder) => holder === 'alive' });
      await manager.sweep();
      expect(await manager.canCreateUserWithTraffic('north', 10 * GB)).toMatchObject({ allowed: true });
    });

    it('after the creation the user keeps its promise', async () => {
      const dying = world.manager({ holder: 'gone' });
      await dying.setTrafficLimit('north', 10 * GB);
      await killedAt('after-call', dying, 'made');
      expect(limits()).toEqual([10 * GB]);
      const manager = world.manager({ holder: 'alive', isHolderAlive: (holder) => holder === 'alive' });
      await manager.sweep();
      expect(limits()).toEqual([10 * GB]);
      expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
    });

    it('inside the panel the half-made user of 1000 GB is completed by whoever looks next', async () => {
      const held = world.fake.holdCreations('inserted');
      const dying = world.manager({ holder: 'gone' });
      await dying.setTrafficLimit('north', 10 * GB);
      const controller = new AbortController();
      const lost = dying.createUser('north', { name: 'half', limitBytes: 10 * GB }, { signal: controller.signal });
      await held.reached;
      // The panel's worker is restarted while it is at work, and the process that asked is gone.
      controller.abort();
      await expect(lost).rejects.toMatchObject({ outcomeUnknown: true });
      expect(world.fake.snapshot().users).toMatchObject([
        { name: 'unknown', usageLimit: 1000 * GB, owner: world.fake.key },
      ]);
      const manager = world.manager({ holder: 'alive', isHolderAlive: (holder) => holder === 'alive' });
      expect(await manager.settleReservations()).toMatchObject([
        { outcome: 'repaired', steps: [{ state: 'applied', step: { type: 'update-user' } }] },
      ]);
      expect(world.fake.snapshot().users).toMatchObject([{ name: 'half', usageLimit: 10 * GB, owner: north }]);
      expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
      held.release();
    });
  });

  it('calls the hooks around the creation', async () => {
    const manager = world.manager();
    const seen: string[] = [];
    const hooks = {
      before: (step: HiddifyStep) => {
        seen.push(`before ${step.type} with ${world.fake.state.users.size}`);
        return Promise.resolve();
      },
      after: (step: HiddifyStep, { state }: { state: string }) => {
        seen.push(`after ${step.type}: ${state} with ${world.fake.state.users.size}`);
        return Promise.resolve();
      },
    };
    const { user, how } = await manager.createUser('north', { name: 'anna', limitBytes: GB }, { hooks });
    expect(seen).toEqual(['before create-user with 0', 'after create-user: applied with 1']);
    expect({ how, name: user.name, owner: user.owner, limitBytes: user.limitBytes }).toEqual({
      how: 'created',
      name: 'anna',
      owner: north,
      limitBytes: GB,
    });
    expect(calls(world.fake, 'changing')).toEqual(['POST /api/v2/admin/user/']);
  });

  it('promises nothing and makes nothing when a hook refuses', async () => {
    const manager = world.manager();
    await manager.setTrafficLimit('north', 10 * GB);
    const hooks = { before: () => Promise.reject(new Error('the journal is full')) };
    await expect(manager.createUser('north', { name: 'x', limitBytes: GB }, { hooks })).rejects.toThrow('journal');
    expect(world.fake.state.users.size).toBe(0);
    expect((await manager.getAgent('north')).reservedBytes).toBe(0);
  });

  it('keeps the promise of a user that was made when the store fails right afterwards', async () => {
    const manager = world.manager({ holder: 'gone', isHolderAlive: () => false });
    await manager.setTrafficLimit('north', 10 * GB);
    const { write } = world.store;
    const hooks = {
      before: () => {
        world.store.write = () => {
          // Only the first write after the creation fails.
          world.store.write = write;
          return Promise.reject(new Error('disk full'));
        };
        return Promise.resolve();
      },
    };
    await expect(manager.createUser('north', { name: 'x', limitBytes: 10 * GB }, { hooks })).rejects.toThrow(
      'disk full',
    );
    expect(limits()).toEqual([10 * GB]);
    expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
    expect(await manager.settleReservations()).toMatchObject([{ outcome: 'settled' }]);
    expect(await manager.canCreateUserWithTraffic('north', 1)).toMatchObject({ allowed: false });
  });

  it('repeats an attempt with the same uuid without a second user or promise', async () => {
    const manager = world.manager();
    await manager.setTrafficLimit('north', 10 * GB);
    const uuid = world.client.newUuid();
    const request = { name: 'anna', limitBytes: 10 * GB, uuid };
    expect((await manager.createUser('north', request)).how).toBe('created');
    expect((await manager.createUser('north', request)).how).toBe('existed');
    expect(limits()).toEqual([10 * GB]);
    expect((await manager.getAgent('north')).reservedBytes).toBe(10 * GB);
  });

  it('finds an agent that was made after the last look', async () => {
    const manager = world.manager();
    await manager.setTrafficLimit('north', GB);
    world.fake.addAgent(undefined, { name: 'new' });
    await expect(manager.createUser('new', { name: 'x', limitBytes: GB })).resolves.toMatchObject({ how: 'created' });
    await expect(manager.createUser('nobody', { name: 'x', limitBytes: GB })).rejects.toMatchObject({
      code: 'unknown_agent',
    });
  });

  it('takes a user back whose agent went over by what the panel sold meanwhile', async () => {
    const manager = world.manager({ accounting: 'allocated' });
    await manager.setTrafficLimit('north', 10 * GB);
    const hooks = {
      before: (step: HiddifyStep) => {
        if (step.type === 'create-user') world.fake.addUser({ agent: north, name: 'by form', usageLimit: GB });
        return Promise.resolve();
      },
    };
    await expect(manager.createUser('north', { name: 'ours', limitBytes: 10 * GB }, { hooks })).rejects.toMatchObject({
      code: 'agent_limit',
    });
    expect(world.fake.usersOf(north).map(({ name }) => name)).toEqual(['by form']);
    expect((await manager.getAgent('north')).reservedBytes).toBe(0);
  });

  it('counts a user once that a list shows before its maker has settled the promise', async () => {
    const manager = world.manager({
      accounting: 'allocated',
      figuresSince: '2999-01-01T00:00:00.000Z',
      recheck: false,
    });
    await manager.setTrafficLimit('north', 20 * GB);
    const meanwhile: boolean[] = [];
    const write = world.store.write.bind(world.store);
    const asked = manager.createUser('north', { name: 'one', limitBytes: 10 * GB });
    // Made, and not settled yet: somebody else looks.
    world.store.write = async (work) => {
      if (world.fake.usersOf(north).length === 1 && meanwhile.length === 0) {
        meanwhile.push(false);
        await world.manager({ accounting: 'allocated', maxFiguresAgeMs: 0 }).refresh();
        const { allowed } = await manager.canCreateUserWithTraffic('north', 10 * GB);
        meanwhile.push(allowed);
        const tooMuch = await manager.canCreateUserWithTraffic('north', 10 * GB + 1);
        meanwhile.push(tooMuch.allowed);
      }
      return write(work);
    };
    await asked;
    expect(meanwhile).toEqual([false, true, false]);
  });

  it('gives an unused promise back with the user, and keeps it over a sweep', async () => {
    world.fake.addUser();
    const manager = world.manager({ maxFiguresAgeMs: 0 });
    await manager.setTrafficLimit('north', 10 * GB);
    const { user } = await manager.createUser('north', { name: 'anna', limitBytes: 10 * GB });
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
});
