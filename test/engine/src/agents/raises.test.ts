import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { GB, HOUR, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';
import type { CommandReport, CommandOptions, RunReport } from '@sluice/engine';

let at: HiddifyBench;
afterEach(() => at.close());

const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';

/** Two services of 10 GB each under an agent; product `more` has 40 GB. */
async function start(accounting: string): Promise<string[]> {
  at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
  await at.addProduct('more', { gb: 40 });
  const users = [await at.create(1, { product: 'agency' }), await at.create(2, { product: 'agency' })];
  // One raise of 30 GB fits, two do not.
  await at.limit('north', accounting === 'consumed' ? 50 : 60);
  return users;
}
const promised = async (): Promise<number> => ((await at.sluice.agents.show('north')).reservedBytes ?? 0) / GB;
const limits = (users: string[]): number[] => users.map((uuid) => at.panel.user(uuid).usageLimit / GB);
const change = (number: number, product: string, by = at.sluice): Promise<CommandReport> =>
  by.provision.changePackage(`svc-${number}`, product);
const codeOf = async (report: Promise<CommandReport>): Promise<string | null> =>
  (await report).service.error?.code ?? null;
const outcomeOf = async (report: Promise<CommandReport | RunReport>): Promise<string> => (await report).run.outcome;

describe.each(['allocated', 'consumed'])('raises under a limit (%s)', (accounting) => {
  it('fit one after the other or not, and as little at the same time', async () => {
    const users = await start(accounting);
    const both = await Promise.all([change(1, 'more'), at.bench.inAnother((by) => change(2, 'more', by))]);
    expect(both.map(({ run }) => run.outcome).sort()).toEqual(['done', 'failed']);
    expect(both.map(({ service }) => service.error?.code ?? null).filter((code) => code !== null)).toEqual([
      'agent_limit',
    ]);
    expect(limits(users).sort()).toEqual([10, 40]);
    // What was refused was not sold: later runs do not try it again.
    const products = await at.sluice.services.list();
    expect(products.services.map(({ product }) => product).sort()).toEqual(['agency', 'more']);
    const polled = await at.pollAfter(HOUR);
    expect(polled.services.map(({ error }) => error?.code ?? null).sort()).toEqual([null, null]);
    expect(limits(users).sort()).toEqual([10, 40]);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
  });

  it('give back what they had promised when the panel refuses', async () => {
    const users = await start(accounting);
    const before = await promised();
    const remove = at.panel.server.inject({ endpoint: PATCH, fault: { kind: 'status', status: 422, body: {} } });
    expect(await outcomeOf(change(1, 'more'))).not.toBe('done');
    remove();
    expect([await promised(), limits(users)]).toEqual([before, [10, 10]]);
    expect(await outcomeOf(change(2, 'more'))).toBe('done');
  });

  it('leave the service its former product where only the repeat of an interrupted change is refused', async () => {
    const users = await start(accounting);
    const remove = at.panel.server.inject({ endpoint: PATCH, fault: { kind: 'status', status: 503 } });
    expect(await outcomeOf(change(1, 'more'))).not.toBe('done');
    remove();
    expect(await outcomeOf(change(2, 'more'))).toBe('done');
    expect(await codeOf(change(1, 'more'))).toBe('agent_limit');
    const { services } = await at.sluice.services.list();
    expect(services.map(({ product }) => product)).toEqual(['agency', 'more']);
    const polled = await at.pollAfter(HOUR);
    expect(polled.services.map(({ error }) => error?.code ?? null)).toEqual([null, null]);
    expect(limits(users)).toEqual([10, 40]);
  });

  it.each(['before', 'after'] as const)(
    'are settled by a look when the answer was lost %s the change',
    async (when) => {
      const users = await start(accounting);
      const before = await promised();
      const removals = [
        at.panel.server.inject({ endpoint: PATCH, when, fault: { kind: 'cut' } }),
        at.panel.server.inject({
          endpoint: 'GET /api/v2/admin/user/{uuid}/',
          skip: 2,
          match: ({ path }) => path.includes(users[0] ?? ''),
          fault: { kind: 'cut' },
        }),
      ];
      expect(await codeOf(change(1, 'more'))).toBe('outcome_unknown');
      for (const remove of removals) remove();
      // Whatever became of it, another one does not fit beside it.
      expect(await codeOf(change(2, 'more'))).toBe('agent_limit');
      at.bench.clock.advance(11 * MINUTE);
      await at.check();
      const isRaised = when === 'after';
      expect(limits(users)).toEqual([isRaised ? 40 : 10, 10]);
      expect(await promised()).toBe(accounting === 'consumed' && isRaised ? before + 30 : before);
    },
  );

  it('count against every agent above, and end when the limit is lowered again', async () => {
    const users = await start(accounting);
    const top = at.panel.addAgent(undefined, { name: 'top' });
    at.panel.moveAgent(at.north, top);
    await at.limit('top', 45);
    expect(await outcomeOf(change(1, 'more'))).toBe(accounting === 'allocated' ? 'failed' : 'done');
    await at.limit('top', 200);
    await at.limit('north', 200);
    await change(1, 'more');
    const before = await promised();
    await change(1, 'agency');
    at.bench.clock.advance(MINUTE);
    await at.check();
    expect(limits(users)).toEqual([10, 10]);
    expect(await promised()).toBe(accounting === 'consumed' ? before - 30 : before);
  });
});

describe('a limit that is lifted under a limited agent', () => {
  const lift = (how?: CommandOptions): Promise<CommandReport> =>
    at.sluice.holds.release('svc-1', { until: '2026-11-25', ...how });

  const expectLifted = async (isServed: () => boolean): Promise<void> => {
    const preview = await lift({ dryRun: true });
    expect([preview.run.outcome, preview.service.error]).toEqual(['done', null]);
    expect(await outcomeOf(lift())).toBe('done');
    for (let poll = 0; poll < 2; poll++) {
      expect([await outcomeOf(at.pollAfter(HOUR)), isServed()]).toEqual(['done', true]);
    }
  };

  it.each(['allocated', 'consumed'])('takes nothing from the budget, and ends as it began (%s)', async (accounting) => {
    const users = await start(accounting);
    const [first = '', second = ''] = users;
    const isServed = (): boolean => at.panel.state.isActive(at.panel.user(first));
    at.panel.use(first, 12 * GB);
    await at.pollAfter(HOUR);
    await at.check();
    const before = await promised();
    expect(isServed()).toBe(false);
    await expectLifted(isServed);
    expect([await promised(), limits([second])]).toEqual([before, [10]]);
    at.bench.clock.set(Date.parse('2026-11-25T00:10:00Z'));
    expect([await outcomeOf(at.poll()), isServed(), limits(users)]).toEqual(['done', false, [10, 10]]);
    await at.sluice.overrides.set('svc-1', { unlimited: true });
    expect([await outcomeOf(at.pollAfter(HOUR)), isServed(), await promised()]).toEqual(['done', true, before]);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
  });
});

describe('a lifted limit where limits count what is sold', () => {
  const LIFTS = {
    'a protection': () => at.sluice.services.set('svc-1', { protected_until: '2026-11-25' }),
    'a release until a date': () => at.sluice.holds.release('svc-1', { until: '2026-11-25' }),
    'an unlimited override': () => at.sluice.overrides.set('svc-1', { unlimited: true }),
  };

  it.each(few(Object.entries(LIFTS), 2))('counts as what was sold: by %s', async (_what, lift) => {
    const [first = '', second = ''] = await start('allocated');
    at.panel.use(first, 10 * GB);
    await lift();
    expect(await outcomeOf(at.pollAfter(HOUR))).toBe('done');
    expect(limits([first])).toEqual([1_000_000]);
    await at.limit('north', 30);
    for (let round = 0; round < 2; round++) {
      expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
      expect(await outcomeOf(at.pollAfter(HOUR))).toBe('done');
    }
    expect((await at.sluice.agents.show('north')).allocatedBytes).toBe(20 * GB);
    // Between its end and the next poll it is still on the panel.
    at.bench.clock.set(Date.parse('2026-11-25T00:10:00Z'));
    await at.sluice.overrides.clear('svc-1');
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect(at.panel.user(second).enable).toBe(true);
    await at.poll();
    expect(limits([first])).toEqual([10]);
  });

  it('is none of a lift that was made while real traffic counted', async () => {
    const [first = ''] = await start('consumed');
    await LIFTS['a protection']();
    await at.pollAfter(HOUR);
    expect(limits([first])).toEqual([1_000_000]);
    await at.bench.edit('accounting: consumed', 'accounting: allocated');
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
  });

  it('moves to another agent with what was sold', async () => {
    await start('allocated');
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await at.addProduct('south', { gb: 20, agent: south });
    await LIFTS['a protection']();
    await at.pollAfter(HOUR);
    await at.check();
    await at.limit('south', 15);
    expect(await codeOf(change(1, 'south'))).toBe('agent_limit');
    await at.limit('south', 25);
    expect(await codeOf(change(1, 'south'))).toBe(null);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect((await at.sluice.agents.show('south')).allocatedBytes).toBe(20 * GB);
  });
});

describe.each(['allocated', 'consumed'])('what is sold while a limit is lifted (%s)', (accounting) => {
  it.each(few(['a protection', 'a release until a date'], 2))('has to fit as ever, with %s', async (lift) => {
    const users = await start(accounting);
    for (const id of ['svc-1', 'svc-2'])
      await (lift === 'a protection'
        ? at.sluice.services.set(id, { protected_until: '2026-11-25' })
        : at.sluice.holds.release(id, { until: '2026-11-25' }));
    await at.pollAfter(HOUR);
    expect(limits(users)).toEqual([1_000_000, 1_000_000]);
    const preview = await at.sluice.provision.changePackage('svc-1', 'more', { dryRun: true });
    expect(preview.service.error).toBe(null);
    expect(await codeOf(change(1, 'more'))).toBe(null);
    expect((await at.sluice.provision.changePackage('svc-2', 'more', { dryRun: true })).service.error?.code).toBe(
      'agent_limit',
    );
    expect(await codeOf(change(2, 'more'))).toBe('agent_limit');
    expect((await at.sluice.services.list()).services.map(({ product }) => product)).toEqual(['more', 'agency']);
    await at.pollAfter(HOUR);
    expect(await codeOf(change(2, 'more'))).toBe('agent_limit');
    at.bench.clock.set(Date.parse('2026-11-25T00:10:00Z'));
    await at.poll();
    expect(limits(users)).toEqual([40, 10]);
    expect((await at.check()).totals).toMatchObject({ exceeded: 0, disabled: 0 });
    expect(await codeOf(change(2, 'more'))).toBe('agent_limit');
  });

  it('is what a protected service is created with', async () => {
    await start(accounting);
    const values = { protected_until: '2026-11-25' };
    const uuid = await at.create(3, { product: 'agency', values });
    expect(limits([uuid])).toEqual([10]);
    await at.pollAfter(HOUR);
    expect(limits([uuid])).toEqual([1_000_000]);
  });
});

describe.each(['allocated', 'consumed'])('a raise of a service that is held for its agent (%s)', (accounting) => {
  it('waits until the agent is below its limit, and does not fail', async () => {
    at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
    const uuid = await at.create(1, { product: 'agency' });
    at.panel.use(uuid, 6 * GB);
    await at.limit('north', 5);
    at.bench.clock.advance(HOUR);
    await at.check();
    expect(at.panel.user(uuid)).toMatchObject({ enable: false, usageLimit: 10 * GB });
    await at.sluice.overrides.set('svc-1', { quota: '50GB' });
    for (let round = 0; round < 2; round++) {
      at.bench.clock.advance(HOUR);
      const planned = await at.sluice.plan();
      expect(planned.services[0]).toMatchObject({ status: 'held', error: null, actions: [] });
      const poll = await at.poll();
      expect([poll.run.outcome, poll.services[0]]).toMatchObject(['done', { status: 'held', error: null }]);
    }
    const { alarms } = await at.sluice.notices.alarms();
    expect(alarms.map(({ code, message }) => `${code} ${message}`)).toEqual([
      'raise_waits svc-1: its quota on the panel stays 10 GB; the raise to 50 GB waits until its agent is below its limit',
    ]);
    await at.limit('north', 90);
    at.bench.clock.advance(HOUR);
    await at.check();
    await at.poll();
    expect(at.panel.user(uuid)).toMatchObject({ enable: true, usageLimit: 50 * GB });
    await at.pollAfter(HOUR);
    expect(await at.sluice.notices.alarms()).toMatchObject({ alarms: [] });
  });
});

describe.each(['allocated', 'consumed'])('what a user counts already (%s)', (accounting) => {
  let uuid: string;
  const later = async (): Promise<void> => {
    at.bench.clock.advance(MINUTE);
    await at.check();
  };

  /** A service of 40 GB under `north`, and that under `top`, as is the agent of the product `south`, for whom just this fits. */
  beforeEach(async () => {
    at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
    const [top, south] = ['top', 'south'].map((name) => at.panel.addAgent(undefined, { name }));
    for (const agent of [at.north, south ?? '']) at.panel.moveAgent(agent, top ?? '');
    await at.addProduct('more', { gb: 40 });
    await at.addProduct('south', { gb: 40, agent: south ?? '' });
    await at.limit('top', 40);
    uuid = await at.create(1, { product: 'more' });
  });

  it.each(few([false, true], 2))('is not counted again by a larger package, after a list: %s', async (isListed) => {
    if (isListed) await later();
    expect(await codeOf(change(1, 'agency'))).toBe(null);
    if (isListed) await later();
    expect([
      await codeOf(change(1, 'more')),
      await codeOf(change(1, 'agency')),
      await codeOf(change(1, 'more')),
    ]).toEqual([null, null, null]);
    await later();
    expect(await at.sluice.agents.show('top')).toMatchObject({
      allocatedBytes: 40 * GB,
      reservedBytes: accounting === 'consumed' ? 40 * GB : 0,
    });
    await at.sluice.overrides.set('svc-1', { quota: '41GB' });
    expect((await at.pollAfter(HOUR)).services[0]?.error?.code).toBe('agent_limit');
  });

  it.each(few([false, true], 2))(
    'is not counted again by a move to an agent below the same one, after a list: %s',
    async (isListed) => {
      if (isListed) await later();
      expect(await codeOf(change(1, 'south'))).toBe(null);
      await later();
      expect(await codeOf(change(1, 'agency'))).toBe(null);
      expect(at.panel.user(uuid).usageLimit).toBe(10 * GB);
    },
  );

  it('includes what was used above the limit', async () => {
    await codeOf(change(1, 'agency'));
    at.panel.use(uuid, 12 * GB);
    await later();
    expect(await codeOf(change(1, 'more'))).toBe(null);
    await later();
    const { usedBytes, reservedBytes } = await at.sluice.agents.show('top');
    expect(usedBytes + (reservedBytes ?? 0)).toBe(40 * GB);
  });
});
