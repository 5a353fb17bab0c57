import { beforeEach, expect } from '@jest/globals';
import { useOpened } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

/** The limit of a user without one, in GB. */
export const MOST = 1_000_000;

/** The ways to lift the limit of a service. */
export const LIFTS = ['a protection', 'a release until a date', 'an unlimited override'] as const;

/** A way to lift the limit of a service. */
export type Lift = (typeof LIFTS)[number];

/** A service of 10 GB and three users of 10 GB each under agent north, whose limit is 50 GB of what is sold; `more` has 40 GB. */
export interface LiftBench {
  at: HiddifyBench;
  users: string[];
  /** Lifts without a run. */
  begin: (how: Lift) => Promise<unknown>;
  lift: (how: Lift) => Promise<void>;
  /** Ends a lift without a run. */
  endLift: (how: Lift) => Promise<void>;
  limit: () => number;
  enabled: () => boolean[];
  all: (state: boolean) => boolean[];
  sold: () => Promise<number>;
}

/** Opens the bench before each test. */
export function useLifts(): LiftBench {
  const [at, start] = useOpened(startHiddifyBench);
  const users: string[] = [];
  beforeEach(async () => {
    await start({ agents: '{ accounting: allocated }' });
    await at.addProduct('more', { gb: 40 });
    users.splice(0, users.length, await at.create(1, { product: 'agency' }));
    for (let count = 0; count < 3; count++) users.push(at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
    await at.limit('north', 50);
  });
  const limit = (): number => at.panel.user(users[0] ?? '').usageLimit / GB;
  const begin = (how: Lift): Promise<unknown> => {
    if (how === 'a protection') return at.sluice.services.set('svc-1', { protected_until: '2026-11-25' });
    if (how === 'a release until a date') return at.sluice.holds.release('svc-1', { until: '2026-11-25' });
    return at.sluice.overrides.set('svc-1', { unlimited: true });
  };
  return {
    ...{ at, users, begin, limit },
    enabled: () => users.map((uuid) => at.panel.user(uuid).enable),
    all: (state) => users.map(() => state),
    sold: async () => ((await at.sluice.agents.show('north')).allocatedBytes ?? 0) / GB,
    async lift(how) {
      await begin(how);
      await at.pollAfter(HOUR);
      expect(limit()).toBe(MOST);
    },
    async endLift(how) {
      at.bench.clock.set(Date.parse('2026-11-25T00:10:00Z'));
      if (how === 'an unlimited override') await at.sluice.overrides.clear('svc-1');
    },
  };
}
