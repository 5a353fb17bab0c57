import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import { killedAtWrite } from '../bench/intercept.js';
import { type KillPoint, kill } from '../bench/killed-call.js';
import { startAgency } from './agency.js';

const at = useBench(startHiddifyBench);

/** The n-th change of a user. */
const change = (nth: number, when: KillPoint['when'] = 'before'): KillPoint => {
  return { endpoint: /^PATCH .*user/, nth, when, land: () => Promise.resolve() };
};

/** Two users of agent north, which has a limit of 20 GB and has used it up since the last check. */
const exceed = async (): Promise<string[]> => {
  const users = [at.panel.addUser({ agent: at.north }), at.panel.addUser({ agent: at.north })];
  await at.limit('north', 20);
  await at.check();
  for (const user of users) at.panel.use(user, 11 * GB);
  return users;
};
const stored = async (): Promise<string[]> =>
  (await at.bench.store.notices.list({})).flatMap(({ code, message }) => (code === 'agent_threshold' ? [message] : []));
const REACHED = ['Agent "north" has reached 100% of its limit: 22 GB of 20 GB.'];

describe('a check that is killed while an agent is over its limit', () => {
  it.each([1, 2])('has reported it before change %i', async (nth) => {
    const users = await exceed();
    await kill(at, ({ agents }) => agents.check({ allowMass: true }), change(nth));
    expect(await stored()).toEqual(REACHED);
    await at.check({ allowMass: true });
    expect(users.map((user) => at.panel.user(user).enable)).toEqual([false, false]);
    expect(await stored()).toEqual(REACHED);
  });

  it.each([1, 2, 3, 4, 5, 6])('is repeated by one that reports it once, killed at write %i', async (write) => {
    await exceed();
    const { store, isDead } = killedAtWrite(at.bench.store, write);
    const killed = await at.bench.restart({ store });
    await expect(killed.agents.check({ allowMass: true })).rejects.toThrow();
    expect(isDead()).toBe(true);
    await at.bench.restart();
    at.bench.clock.advance(10 * 60_000);
    await at.check({ allowMass: true });
    expect(await stored()).toEqual(REACHED);
  });
});

describe('a limit that is set while a check runs', () => {
  it.each([1, 2, 3])('has none of its thresholds marked by that check, set before write %i', async (nth) => {
    const users = await exceed();
    at.bench.clock.advance(HOUR);
    const { write } = at.bench.store;
    let writes = 0;
    const store = Object.assign(Object.create(at.bench.store) as typeof at.bench.store, {
      write: async (...given: Parameters<typeof write>): Promise<unknown> => {
        if (++writes === nth) await at.limit('north', 100);
        return write.apply(at.bench.store, given);
      },
    });
    await (await at.bench.restart({ store })).agents.check({ allowMass: true });
    expect(writes).toBeGreaterThanOrEqual(nth);
    await at.bench.restart();
    for (const user of users) at.panel.use(user, 31 * GB);
    at.bench.clock.advance(HOUR);
    await at.check({ allowMass: true });
    expect(await stored()).toContain('Agent "north" has reached 80% of its limit: 84 GB of 100 GB.');
  });
});

describe('a service that is held for its agent', () => {
  const agency = useBench(startAgency);
  const held = async (): Promise<string[]> =>
    (await agency.bench.store.notices.list({})).flatMap(({ code, message }) => (code === 'hold' ? [message] : []));
  const points = [1, 2].flatMap((nth) => (['before', 'after'] as const).map((when) => [nth, when] as const));

  it.each(points)(
    'is reported once by a check that is killed at change %i, %s the panel made it',
    async (nth, when) => {
      await agency.limit('north', 5);
      await agency.check();
      agency.panel.use(agency.loose, 6 * GB);
      await kill(agency, ({ agents }) => agents.check({ allowMass: true }), change(nth, when));
      const notice = 'svc-1 is held (limit of its agent: agent "north" is over its limit)';
      expect(await held()).toEqual([notice]);
      agency.bench.clock.advance(HOUR);
      await agency.check({ allowMass: true });
      await agency.poll({ allowMass: true });
      expect(agency.enabled()).toEqual([false, false]);
      expect(await held()).toEqual([notice]);
    },
  );

  it.each([1, 2])('is reported once by a suspension that is killed at change %i', async (nth) => {
    await kill(agency, ({ agents }) => agents.suspend('north'), change(nth));
    const notice = 'svc-1 is held (limit of its agent: agent "north" is suspended)';
    expect(await held()).toEqual([notice]);
    agency.bench.clock.advance(HOUR);
    await agency.check({ allowMass: true });
    expect(agency.enabled()).toEqual([false, false]);
    expect(await held()).toEqual([notice]);
  });

  it('is in the report of the suspension', async () => {
    const { notices } = await agency.sluice.agents.suspend('north');
    expect(notices).toEqual([
      { code: 'hold', service: 'svc-1', message: 'svc-1 is held (limit of its agent: agent "north" is suspended)' },
    ]);
  });
});
