import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CheckReport, CommandReport, RunReport } from '@sluice/engine';
import { GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
let svc: string;
beforeEach(async () => {
  at = await startHiddifyBench();
  svc = await at.create(1, { product: 'agency' });
});
afterEach(() => at.close());

const sweep = async (): Promise<CheckReport> => (await at.check()).json<CheckReport>();
const isServed = (): boolean => at.panel.state.isActive(at.panel.user(svc));
const refusal = (report: RunReport): (string | null)[] => report.services.map(({ error }) => error?.code ?? null);
const stateOf = (): [number, string | null, number] => {
  const { usageLimit, startDate, packageDays } = at.panel.user(svc);
  return [usageLimit / GB, startDate, packageDays];
};

describe('a raise that its agent has no room for', () => {
  beforeEach(async () => {
    await at.sluice('agent limit north --gb 20');
    at.panel.use(svc, 10 * GB);
    at.bench.clock.advance(HOUR);
    await at.poll();
    await at.bench.sluice('override set svc-1 --quota 90GB');
    at.bench.clock.set('2026-12-20T12:00:00Z');
  });

  it('blocks neither the days of a renewal nor the zeroing in a new cycle', async () => {
    const polled = (await at.poll('--allow-mass')).json<RunReport>();
    expect([refusal(polled), at.panel.user(svc).currentUsage]).toEqual([['agent_limit'], 0]);
    const renewed = await at.sluice('provision renew svc-1');
    expect(renewed.json<CommandReport>().service.error?.code).toBe('agent_limit');
    expect([stateOf(), isServed()]).toEqual([[10, '2026-12-15', 31], true]);
    const changes = at.changes().length;
    at.bench.clock.advance(HOUR);
    expect(refusal((await at.sluice('reconcile')).json<RunReport>())).toEqual(['agent_limit']);
    expect(at.changes()).toHaveLength(changes);
    await at.sluice('agent limit north --gb 200');
    at.bench.clock.advance(HOUR);
    expect((await at.sluice('reconcile')).exitCode).toBe(0);
    expect(stateOf()).toEqual([90, '2026-12-15', 31]);
  });

  it('ends a change of package even when the days of the service are written', async () => {
    const config = at.bench.read('sluice.yaml');
    const large = `  large: { panel: vpn, quota: { total: 90GB }, hiddify: { agent: ${at.north}, packageDays: 30, mode: monthly } }`;
    at.bench.write('sluice.yaml', config.replace('  free:', `${large}\n  free:`));
    await at.bench.sluice('override clear svc-1');
    await at.bench.sluice('service set svc-1 next_due_date=2027-01-15');
    const refused = (await at.sluice('provision change-package svc-1 large')).json<CommandReport>();
    expect([refused.service.error?.code, refused.service.product]).toEqual(['agent_limit', 'agency']);
    expect([stateOf(), at.panel.user(svc).mode]).toEqual([[10, '2026-12-15', 31], 'no_reset']);
    expect(await at.bench.store((store) => store.actions.unresolved())).toEqual([]);
  });
});

describe('a service that is renewed while its agent holds it', () => {
  it.each([
    'provision renew svc-1',
    'provision renew svc-1 --until 2027-03-15',
    'provision change-package svc-1 monthly',
  ])('is enabled again by the release after %s', async (command) => {
    await at.sluice('agent limit north --gb 10');
    at.panel.use(svc, 10 * GB);
    await sweep();
    expect(isServed()).toBe(false);
    await at.sluice(command);
    await at.sluice('agent limit north --gb 500');
    await sweep();
    expect(at.panel.user(svc).enable).toBe(true);
  });
});
