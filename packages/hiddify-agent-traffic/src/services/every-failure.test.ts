import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Fault, HiddifySnapshot } from '@sluice/fake-panels';
import type { HiddifyUser } from '../client/records.js';
import { executeUserSteps } from '../steps/execute-steps.js';
import type { HiddifyStep } from '../steps/step.js';
import { GB, startWorld, type World } from '../test/world.js';
import {
  packageTerm,
  planUserChangePackage,
  planUserCreate,
  planUserRenew,
  planUserSuspend,
  planUserTerminate,
  planUserUnsuspend,
} from './plan-user.js';

const uuid = '3c9d4f85-a06e-4b1d-8f74-5e80b1a24d01';
const north = '1a7b2d63-8e4c-4f9b-8d52-3c6e9f802b02';
const term = packageTerm('2026-03-01', '2026-04-01');
const wanted = { uuid, name: 'svc-1', limitBytes: 50 * GB, owner: north, ...term };

/** Each operation as a function from the user as it is to the steps that are due. */
const operations: Record<string, (observed: HiddifyUser | null) => HiddifyStep[]> = {
  create: (observed) => planUserCreate({ wanted, observed, ours: true }),
  suspend: (observed) => planUserSuspend({ observed }),
  unsuspend: (observed) => planUserUnsuspend({ observed, disabledByUs: true }),
  renew: (observed) => planUserRenew({ observed, term: packageTerm('2026-04-01', '2026-05-01'), zeroUsage: true }),
  'change-package': (observed) =>
    planUserChangePackage({
      observed,
      change: { limitBytes: 100 * GB, mode: 'monthly', packageDays: 60, startDate: '2026-03-01' },
    }),
  terminate: (observed) => planUserTerminate({ observed }),
};

const faults: Record<string, Fault> = {
  'status 500': { kind: 'status', status: 500, body: { msg: 'boom' } },
  'status 502': { kind: 'html', status: 502 },
  'status 422': { kind: 'status', status: 422, body: { message: 'Validation error' } },
  'status 403': { kind: 'status', status: 403, body: { message: 'Unathorized' } },
  cut: { kind: 'cut' },
  truncated: { kind: 'truncated' },
  html: { kind: 'html' },
  empty: { kind: 'empty' },
};

describe('a user as a service', () => {
  let world: World;

  const start = async (): Promise<World> => {
    const started = await startWorld();
    started.fake.addAgent(undefined, { uuid: north, name: 'north' });
    started.fake.addUser({ name: 'somebody else', agent: north });
    return started;
  };

  beforeEach(async () => {
    world = await start();
  });

  afterEach(() => world.close());

  /** What the user is like before each operation. */
  const prepare = (operation: string, on = world): void => {
    if (operation === 'create') return;
    on.fake.addUser({
      uuid,
      agent: north,
      name: 'svc-1',
      usageLimit: 50 * GB,
      currentUsage: 7 * GB,
      packageDays: 31,
      startDate: '2026-03-01',
      enable: operation !== 'unsuspend',
    });
  };

  const run = async (operation: string, on = world): ReturnType<typeof executeUserSteps> => {
    const observed = await on.client.users.get(uuid);
    return executeUserSteps(on.client, operations[operation]?.(observed) ?? []);
  };

  const panel = (): HiddifySnapshot => world.fake.snapshot();

  /** How the whole panel looks after the operation where nothing goes wrong. */
  const undisturbed = async (operation: string): Promise<HiddifySnapshot> => {
    const other = await start();
    try {
      prepare(operation, other);
      expect((await run(operation, other)).map(({ state }) => state)).toEqual(['applied']);
      return other.fake.snapshot();
    } finally {
      await other.close();
    }
  };

  describe.each(Object.keys(operations))('%s', (operation) => {
    let due: HiddifySnapshot;

    beforeEach(async () => {
      prepare(operation);
      due = await undisturbed(operation);
    });

    it('done twice is done once', async () => {
      await run(operation);
      world.fake.server.clearCalls();
      expect(await run(operation)).toEqual([]);
      expect(world.fake.server.changingCalls()).toEqual([]);
      expect(panel()).toEqual(due);
    });

    describe.each(Object.entries(faults))('with %s', (_, fault) => {
      it.each(['before', 'after'] as const)(
        '%s each of its calls ends in the same state when it is repeated',
        async (when) => {
          for (let skip = 0; ; skip += 1) {
            world.fake.server.clearCalls();
            const remove = world.fake.server.inject({ skip, times: 1, when, fault });
            await run(operation).catch((error: unknown) => {
              expect(error).toHaveProperty('code', expect.stringMatching(/^PANEL_/));
            });
            remove();
            const met = world.fake.server.calls.some((call) => call.fault !== null);
            const again = await run(operation);
            expect(again.every(({ state }) => state === 'applied' || state === 'unneeded')).toBe(true);
            expect(panel()).toEqual(due);
            if (!met) break;
            // From the beginning, with the next call failing.
            if (world.fake.hasUser(uuid)) world.fake.deleteUser(uuid);
            prepare(operation);
          }
        },
      );
    });
  });

  it('stops at the first step that does not succeed', async () => {
    prepare('suspend');
    const observed = await world.client.users.get(uuid);
    world.fake.server.inject({ endpoint: /PATCH/, fault: { kind: 'status', status: 422, body: { message: 'no' } } });
    const steps = [...planUserSuspend({ observed }), ...planUserTerminate({ observed })];
    const seen: string[] = [];
    const results = await executeUserSteps(world.client, steps, {
      hooks: {
        before: ({ type }) => Promise.resolve(void seen.push(`before ${type}`)),
        after: ({ type }, { state }) => Promise.resolve(void seen.push(`after ${type} ${state}`)),
      },
    });
    expect(results.map(({ state, code }) => [state, code])).toEqual([
      ['failed', 'PANEL_REJECTED'],
      ['skipped', 'not-reached'],
    ]);
    expect(seen).toEqual(['before disable-user', 'after disable-user failed']);
    expect(world.fake.hasUser(uuid)).toBe(true);
  });
});
