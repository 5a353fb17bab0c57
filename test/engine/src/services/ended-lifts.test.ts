import { beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { useOpened } from '../bench/each-test.js';
import { codeOf, DAY, GB, HOUR } from '../bench/engine-bench.js';
import { type FlvxBench, startFlvxBench } from '../bench/flvx-bench.js';
import { type HiddifyBench, startHiddifyBench } from '../bench/hiddify-bench.js';
import { shorten } from '../flvx/short-lists.js';
import { hideUser } from '../hiddify/hidden-user.js';

const LIFTS = ['a protection', 'a release until a date', 'an unlimited override'] as const;

type Lift = (typeof LIFTS)[number];

/** A world with `svc-1`, which has an account with a limit. */
interface World {
  at: FlvxBench | HiddifyBench;
  /** The ref that names the account. */
  key: string;
  sold: number;
  most: number;
  /** The limits of the account on the panel, in GB. */
  limits: () => number[];
  setLimits: (gb: number) => void;
  removeAccount: () => void;
  /** Has the panel answer without the account; returns what ends that. */
  hideAccount: () => () => void;
  /** Adds another service that names the account. */
  passOn: () => Promise<unknown>;
}

function onFlvx(): World {
  const [at, start] = useOpened(startFlvxBench);
  let user = 0;
  const rows = (): { flow: number }[] => [at.panel.user(user)!, at.panel.permission(user, at.tunnels.hk)!];
  beforeEach(async () => {
    await start();
    user = await at.create(1);
    at.panel.addForward(user, at.tunnels.hk, { name: 'web' });
  });
  return {
    ...{ at, key: 'flvx_user_id', sold: 100, most: 99_999 },
    limits: () => rows().map(({ flow }) => flow),
    setLimits: (flow) => {
      for (const rows of [at.panel.world.users, at.panel.world.permissions])
        for (const row of rows.values()) if (row.id === user || 'tunnelId' in row) row.flow = flow;
    },
    removeAccount: () => {
      const { world } = at.panel;
      for (const { id } of [...world.forwards.of(user)]) world.forwards.delete(id);
      world.users.delete(user);
    },
    hideAccount: () => shorten(at, 'users', ({ id }) => id === user),
    passOn: () => at.addService(2, { values: { flvx_user_id: String(user) }, allowDuplicateRefs: true }),
  };
}

function onHiddify(): World {
  const [at, start] = useOpened(startHiddifyBench);
  let user = '';
  beforeEach(async () => {
    await start({ agents: '{ accounting: allocated }' });
    user = await at.create(1, { product: 'agency' });
    await at.limit('north', 50);
  });
  return {
    ...{ at, key: 'hiddify_user_uuid', sold: 10, most: 1_000_000 },
    limits: () => [at.panel.user(user).usageLimit / GB],
    setLimits: (gb) => {
      at.panel.changeUser(user, { usageLimit: gb * GB });
    },
    removeAccount: () => {
      at.panel.deleteUser(user);
    },
    hideAccount: () => hideUser(at.panel, user),
    passOn: () =>
      at.addService(2, { product: 'agency', values: { hiddify_user_uuid: user }, allowDuplicateRefs: true }),
  };
}

describe.each([
  ['FLVX', onFlvx],
  ['Hiddify', onHiddify],
] as const)('the limit of a service on %s that ended while it was lifted', (_name, world) => {
  const { at, key, sold, most, ...on } = world();

  async function lift(how: Lift): Promise<void> {
    if (how === 'a protection') await at.sluice.services.set('svc-1', { protected_until: '2026-11-25' });
    else if (how === 'a release until a date') await at.sluice.holds.release('svc-1', { until: '2026-11-25' });
    else await at.sluice.overrides.set('svc-1', { unlimited: true });
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
  }

  async function pollLater() {
    at.bench.clock.advance(HOUR);
    return at.poll();
  }

  /** Ends the service, as a sync does. */
  async function end(status: 'terminated' | 'vanished'): Promise<void> {
    const service = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...service!, status }]);
  }

  it.each(few(LIFTS, 2))('is what was sold again: terminated in %s', async (how) => {
    await lift(how);
    await end('terminated');
    const { notices, run } = await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([sold]));
    expect([run.outcome, notices.map(({ code }) => code)]).toEqual(['done', expect.arrayContaining(['lift_ended'])]);
    // Nothing is left to do, and what a person sets later stays.
    on.setLimits(most);
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
  });

  it('is what was sold again where it vanished, once the lift has ended', async () => {
    await lift('a protection');
    await end('vanished');
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
    at.bench.clock.set(Date.parse('2026-11-25T01:00:00Z'));
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([sold]));
  });

  it('stays lifted under observe, and while the panel is down', async () => {
    await lift('an unlimited override');
    await end('terminated');
    const { panel } = (await at.bench.store.services.get('svc-1'))!;
    await at.sluice.panels.observe(panel);
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
    await at.sluice.panels.enforce(panel);
    const heal = at.panel.server.inject({ fault: { kind: 'cut' } });
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
    heal();
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([sold]));
  });

  it('stays where another service has the account', async () => {
    await lift('a protection');
    await end('terminated');
    await on.passOn();
    await at.sluice.services.set('svc-2', { protected_until: '2026-11-25' });
    await pollLater();
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
  });

  it.each(['terminated', 'vanished'] as const)(
    'is what was sold again after an answer without it: %s',
    async (status) => {
      await lift('an unlimited override');
      await at.sluice.overrides.clear('svc-1');
      await end(status);
      const { panel } = (await at.bench.store.services.get('svc-1'))!;
      for (let times = 0; times < 2; times++) {
        const show = on.hideAccount();
        expect(await pollLater()).toMatchObject({ run: { outcome: 'done' }, notices: [] });
        show();
        await at.sluice.panels.observe(panel);
        await pollLater();
        at.bench.clock.advance(91 * DAY);
        await at.sluice.panels.enforce(panel);
      }
      expect(new Set(on.limits())).toEqual(new Set([most]));
      const { notices } = await pollLater();
      expect([new Set(on.limits()), notices.map(({ code }) => code)]).toEqual([new Set([sold]), ['lift_ended']]);
      expect(await at.bench.store.conditions.list('lifted:')).toEqual([]);
    },
  );

  it('is forgotten where the account stays away', async () => {
    await lift('an unlimited override');
    await end('terminated');
    on.removeAccount();
    const isNoted = async () => (await at.bench.store.conditions.list('lifted:')).length > 0;
    expect((await pollLater()).run.outcome).toBe('done');
    at.bench.clock.advance(80 * DAY);
    expect([(await pollLater()).run.outcome, await isNoted()]).toEqual(['done', true]);
    at.bench.clock.advance(10 * DAY);
    expect([(await pollLater()).run.outcome, await isNoted()]).toEqual(['done', false]);
    expect(await codeOf(at.sluice.services.remove('svc-1'))).toBeNull();
  });

  it.each([
    ['is removed', () => at.sluice.services.remove('svc-1')],
    ['names another account', () => at.sluice.services.set('svc-1', { [key]: '' })],
  ])('prevents nothing once a run has found the account gone: the service %s', async (_what, change) => {
    await lift('an unlimited override');
    const service = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...service!, status: 'terminated', ownRefs: [] }]);
    on.removeAccount();
    expect(await codeOf(change())).toBe('limit_lifted');
    await pollLater();
    expect(await codeOf(change())).toBeNull();
    await pollLater();
    expect(await at.bench.store.conditions.list('lifted:')).toEqual([]);
  });

  it.each(['is in force', 'ended since the last run', 'ended with its service'])(
    'prevents the removal of its service after an answer without the account, where it %s',
    async (when) => {
      await lift('an unlimited override');
      if (when !== 'is in force') await at.sluice.overrides.clear('svc-1');
      const service = await at.bench.store.services.get('svc-1');
      const status = when === 'ended with its service' ? 'terminated' : service!.status;
      await at.bench.store.services.put([{ ...service!, status, ownRefs: [] }]);
      const show = on.hideAccount();
      expect(await codeOf(at.sluice.services.remove('svc-1'))).toBe('limit_lifted');
      show();
      expect(new Set(on.limits())).toEqual(new Set([most]));
      if (when === 'is in force') await at.sluice.overrides.clear('svc-1');
      await pollLater();
      expect(new Set(on.limits())).toEqual(new Set([sold]));
      expect(await codeOf(at.sluice.services.remove('svc-1'))).toBeNull();
    },
  );

  it('prevents the removal of its service where the account is there again since the last run', async () => {
    await lift('an unlimited override');
    const service = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...service!, ownRefs: [] }]);
    const show = on.hideAccount();
    await pollLater();
    show();
    expect(await codeOf(at.sluice.services.remove('svc-1'))).toBe('limit_lifted');
  });

  it('stays while the product is missing, and the service is not removed', async () => {
    await lift('a protection');
    await end('terminated');
    const service = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...service!, product: 'gone' }]);
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([most]));
    expect(await codeOf(at.sluice.services.remove('svc-1'))).toBe('limit_lifted');
    await at.bench.store.services.put([service!]);
    await pollLater();
    expect(new Set(on.limits())).toEqual(new Set([sold]));
    expect(await codeOf(at.sluice.services.remove('svc-1'))).toBeNull();
  });

  it('keeps the account that it names before the run that ends a lift', async () => {
    await lift('an unlimited override');
    await at.sluice.overrides.clear('svc-1');
    const service = await at.bench.store.services.get('svc-1');
    await at.bench.store.services.put([{ ...service!, ownRefs: [] }]);
    const exchange = () => codeOf(at.sluice.services.set('svc-1', { [key]: '' }));
    expect(await exchange()).toBe('limit_lifted');
    await pollLater();
    expect(await exchange()).toBeNull();
  });
});
