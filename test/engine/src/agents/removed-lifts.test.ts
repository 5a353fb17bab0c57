import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, GB, HOUR } from '../bench/engine-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';

interface Adopted extends HiddifyBench {
  user: string;
  /** The users of the agent, that of the service first. */
  users: string[];
}

/** Starts with the agent north, whose limit counts what is sold: two users of 10 GB, one of which `svc-1` has taken over. */
async function startAdopted(): Promise<Adopted> {
  const at = await startHiddifyBench({ agents: '{ accounting: allocated }' });
  const user = at.panel.addUser({ agent: at.north, usageLimit: 10 * GB, packageDays: 60 });
  const other = at.panel.addUser({ agent: at.north, usageLimit: 10 * GB, packageDays: 60 });
  await at.addService(1, { product: 'agency', values: { hiddify_user_uuid: user } });
  await at.limit('north', 50);
  await at.poll();
  return Object.assign(at, { user, users: [user, other] });
}

const at = useBench(startAdopted);

const LIFTS: [string, begin: () => Promise<unknown>, end: () => Promise<unknown>][] = [
  [
    'a protection',
    () => at.sluice.services.set('svc-1', { protected_until: '2026-11-25' }),
    () => at.sluice.services.set('svc-1', { protected_until: '' }),
  ],
  [
    'a release until a date',
    () => at.sluice.holds.release('svc-1', { until: '2026-11-25' }),
    () => at.sluice.holds.release('svc-1', { until: null }),
  ],
  [
    'an unlimited override',
    () => at.sluice.overrides.set('svc-1', { unlimited: true }),
    () => at.sluice.overrides.clear('svc-1'),
  ],
];

const limitOf = (): number => at.panel.user(at.user).usageLimit / GB;
const remove = (): Promise<string | null> => codeOf(at.sluice.services.remove('svc-1'));

async function lift(begin: () => Promise<unknown>): Promise<void> {
  await begin();
  await at.pollAfter(HOUR);
  expect(limitOf()).toBeGreaterThan(10);
}

describe('a service whose limit is lifted on the panel', () => {
  it.each(LIFTS)('is removed only once %s has ended there', async (_name, begin, end) => {
    await lift(begin);
    expect(await remove()).toBe('limit_lifted');
    await end();
    await at.pollAfter(HOUR);
    expect(await remove()).toBeNull();
    await at.check();
    expect([limitOf(), at.users.map((uuid) => at.panel.user(uuid).enable)]).toEqual([10, [true, true]]);
  });

  it('is not removed before the run that lowers its limit', async () => {
    const [, begin, end] = LIFTS[0]!;
    await lift(begin);
    await end();
    expect(await remove()).toBe('limit_lifted');
  });

  it('is removed where a person has set the limit on the panel', async () => {
    await lift(LIFTS[0]![1]);
    at.panel.changeUser(at.user, { usageLimit: 10 * GB });
    expect(await remove()).toBeNull();
  });

  it('is removed once a run has found its user gone', async () => {
    await lift(LIFTS[0]![1]);
    at.panel.deleteUser(at.user);
    expect(await remove()).toBe('limit_lifted');
    await at.pollAfter(HOUR);
    await at.sluice.services.remove('svc-1');
    expect(await at.bench.store.services.get('svc-1')).toBeNull();
  });

  it('is not removed while the panel does not answer', async () => {
    await lift(LIFTS[0]![1]);
    at.panel.server.inject({ fault: { kind: 'cut' } });
    expect(await remove()).toBe('limit_lifted');
    await LIFTS[0]![2]();
    expect(await remove()).toBe('limit_lifted');
  });
});

describe('a service whose limit is not lifted', () => {
  it('is removed while the panel does not answer', async () => {
    at.panel.server.inject({ fault: { kind: 'cut' } });
    expect(await remove()).toBeNull();
  });

  it.each(['agency', 'free'])('is removed (%s)', async (product) => {
    await at.limit('north', null);
    await at.sluice.services.set('svc-1', { product });
    await at.pollAfter(HOUR);
    expect(await remove()).toBeNull();
  });
});
