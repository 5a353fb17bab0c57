import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunReport } from '@sluice/engine';
import { few } from '@sluice/fake-panels';
import { useBench } from '../bench/each-test.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);
let svc: string;
beforeEach(async () => {
  svc = await at.create(1, { product: 'agency' });
});

/** A call, by its name. */
interface Step {
  name: string;
  run: () => Promise<unknown>;
}
const step = (name: string, run: () => Promise<unknown>): Step => ({ name, run });

const isServed = (): boolean => at.panel.state.isActive(at.panel.user(svc));
const refusal = (report: RunReport): (string | null)[] => report.services.map(({ error }) => error?.code ?? null);
const stateOf = (): [number, string | null, number] => {
  const { usageLimit, startDate, packageDays } = at.panel.user(svc);
  return [usageLimit / GB, startDate, packageDays];
};

describe('a raise that its agent has no room for', () => {
  beforeEach(async () => {
    await at.limit('north', 20);
    at.panel.use(svc, 10 * GB);
    await at.pollAfter(HOUR);
    await at.sluice.overrides.set('svc-1', { quota: '90GB' });
    at.bench.clock.set('2026-12-20T12:00:00Z');
  });

  it('blocks neither the days of a renewal nor the zeroing in a new cycle', async () => {
    const polled = await at.poll({ allowMass: true });
    expect([refusal(polled), at.panel.user(svc).currentUsage]).toEqual([['agent_limit'], 0]);
    const renewed = await at.sluice.provision.renew('svc-1');
    expect(renewed.service.error?.code).toBe('agent_limit');
    expect([stateOf(), isServed()]).toEqual([[10, '2026-12-15', 31], true]);
    const changes = at.changes().length;
    at.bench.clock.advance(HOUR);
    expect(refusal(await at.sluice.reconcile())).toEqual(['agent_limit']);
    expect(at.changes()).toHaveLength(changes);
    await at.limit('north', 200);
    at.bench.clock.advance(HOUR);
    expect((await at.sluice.reconcile()).run.outcome).toBe('done');
    expect(stateOf()).toEqual([90, '2026-12-15', 31]);
  });

  it('ends a change of package even when the days of the service are written', async () => {
    await at.addProduct('large', { gb: 90, mode: 'monthly' });
    await at.sluice.overrides.clear('svc-1');
    await at.sluice.services.set('svc-1', { next_due_date: '2027-01-15' });
    const refused = await at.sluice.provision.changePackage('svc-1', 'large');
    expect([refused.service.error?.code, refused.service.product]).toEqual(['agent_limit', 'agency']);
    expect([stateOf(), at.panel.user(svc).mode]).toEqual([[10, '2026-12-15', 31], 'no_reset']);
    expect(await at.bench.store.actions.unresolved()).toEqual([]);
  });
});

it('stays held for its quota where its agent refuses the package that would release it', async () => {
  await at.limit('north', 20);
  at.panel.use(svc, 10 * GB);
  await at.pollAfter(HOUR);
  await at.addProduct('large', { gb: 90, mode: 'no_reset' });
  const before = await at.sluice.holds.list({ service: 'svc-1' });
  expect(before.holds).toMatchObject([{ reason: 'quota', until: null }]);
  const { run, service, notices } = await at.sluice.provision.changePackage('svc-1', 'large');
  expect([run.outcome, service.error?.code, service.product, notices]).toEqual(['failed', 'agent_limit', 'agency', []]);
  expect(await at.sluice.holds.list({ service: 'svc-1' })).toEqual(before);
  const polled = await at.pollAfter(HOUR);
  expect([polled.services[0]?.status, polled.services[0]?.actions, polled.notices]).toEqual(['held', [], []]);
});

describe('a service that is changed while its agent keeps its user disabled', () => {
  const limit = (gb: number) => step(`a limit of ${gb} GB`, () => at.limit('north', gb));
  const check = step('a check', () => at.sluice.agents.check());
  const restore = (force: boolean) =>
    step(force ? 'a forced restore' : 'a restore', () => at.sluice.agents.restore('north', { force }));
  const releaseAll = step('holds.releaseAll', () => at.sluice.holds.releaseAll());
  const OVER = [limit(4), check];
  const SUSPENDED = [step('a suspension', () => at.sluice.agents.suspend('north'))];
  const unsuspend = step('its end', () => at.sluice.agents.unsuspend('north'));
  const WITHIN = [limit(500), check];
  const RELEASES = [
    [OVER, WITHIN],
    [OVER, [limit(500), restore(false)]],
    [OVER, [restore(true)]],
    [OVER, [releaseAll]],
    [SUSPENDED, [unsuspend, check]],
    [SUSPENDED, [releaseAll]],
  ];
  const renew = (id: string) => step('a renewal', () => at.sluice.provision.renew(id, { until: '2027-03-15' }));
  const move = (id: string, to: string) => step(`a move to ${to}`, () => at.sluice.provision.changePackage(id, to));
  const adopt = step('an adoption', () => at.sluice.provision.create('svc-2', { adopt: true }));
  const CHANGES = [renew('svc-2'), adopt, move('svc-2', 'south')];
  const words = (steps: Step[]): string => steps.map(({ name }) => name).join(', ');
  const each = RELEASES.flatMap(([restrict = [], release = []]) =>
    CHANGES.map((change) => ({
      restrict,
      change,
      release,
      what: `${words(release)} after ${change.name} after ${words(restrict)}`,
    })),
  );
  const run = async (steps: Step[]): Promise<void> => {
    for (const each of steps) {
      at.bench.clock.advance(HOUR);
      await each.run();
    }
  };

  it.each(few(each, 2))('is enabled again by $what', async ({ restrict, change, release }) => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    await at.addProduct('south', { gb: 30, agent: south, days: 60, mode: 'monthly' });
    const user = at.panel.addUser({ agent: at.north, usageLimit: 15 * GB, currentUsage: 4 * GB });
    await run(restrict);
    expect(at.panel.user(user).enable).toBe(false);
    await at.addService(2, { product: 'agency', values: { hiddify_user_uuid: user } });
    await run([change, step('a poll', () => at.sluice.poll())]);
    expect(at.panel.user(user).enable).toBe(false);
    await run(release);
    expect(at.panel.user(user).enable).toBe(true);
    const open = await at.bench.store.evidence.open({ agentsOf: 'vpn' });
    expect(open.filter(({ target }) => target === user)).toEqual([]);
  });

  it.each([renew('svc-1'), move('svc-1', 'monthly')])(
    'is enabled again after $name by the agent that held it as a service',
    async (change) => {
      at.panel.use(svc, 4 * GB);
      await run([...OVER, change]);
      expect(at.panel.user(svc).enable).toBe(false);
      await run(WITHIN);
      expect(at.panel.user(svc).enable).toBe(true);
    },
  );

  it('stays disabled for a hold of its own', async () => {
    const user = at.panel.addUser({ agent: at.north, usageLimit: 15 * GB, currentUsage: 4 * GB });
    await run(OVER);
    await at.addService(2, { product: 'agency', values: { hiddify_user_uuid: user } });
    await run([step('a suspension', () => at.sluice.provision.suspend('svc-2')), restore(true)]);
    expect(at.panel.user(user).enable).toBe(false);
    await at.sluice.provision.unsuspend('svc-2');
    expect(at.panel.user(user).enable).toBe(true);
  });
});
