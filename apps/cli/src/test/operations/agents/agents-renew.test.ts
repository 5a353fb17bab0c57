import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { CommandReport, RunReport } from '@sluice/engine';
import { GB, HOUR, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';

let at: HiddifyBench;
let svc: string;
beforeEach(async () => {
  at = await startHiddifyBench();
  svc = await at.create(1, { product: 'agency' });
});
afterEach(() => at.close());

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

describe('a service that is changed while its agent keeps its user disabled', () => {
  const OVER = ['agent limit north --gb 4 --yes', 'agent check --all'];
  const SUSPENDED = ['agent suspend north'];
  const WITHIN = ['agent limit north --gb 500', 'agent check --all'];
  const RELEASES = [
    [OVER, WITHIN],
    [OVER, ['agent limit north --gb 500', 'agent restore north']],
    [OVER, ['agent restore north --force']],
    [OVER, ['hold release --all --yes']],
    [SUSPENDED, ['agent unsuspend north', 'agent check --all']],
    [SUSPENDED, ['hold release --all --yes']],
  ];
  const CHANGES = [
    'provision renew svc-2 --until 2027-03-15',
    'provision create svc-2 --adopt',
    'provision change-package svc-2 south',
  ];
  const each = RELEASES.flatMap(([restrict = [], release = []]) =>
    CHANGES.map((change) => ({ restrict, change, release, last: release.join(', ') })),
  );
  const run = async (commands: string[]): Promise<void> => {
    for (const command of commands) {
      at.bench.clock.advance(HOUR);
      await at.sluice(command);
    }
  };

  it.each(each)('is enabled again by $last after $change, for $restrict', async ({ restrict, change, release }) => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const config = at.bench.read('sluice.yaml');
    const moved = `  south: { panel: vpn, quota: { total: 30GB }, hiddify: { agent: ${south}, packageDays: 60, mode: monthly } }`;
    at.bench.write('sluice.yaml', config.replace('  free:', `${moved}\n  free:`));
    const user = at.panel.addUser({ agent: at.north, usageLimit: 15 * GB, currentUsage: 4 * GB });
    await run(restrict);
    expect(at.panel.user(user).enable).toBe(false);
    await at.addService(2, { product: 'agency', values: [`hiddify_user_uuid=${user}`] });
    await run([change, 'poll']);
    expect(at.panel.user(user).enable).toBe(false);
    await run(release);
    expect(at.panel.user(user).enable).toBe(true);
    const open = await at.bench.store(({ evidence }) => evidence.open({ agentsOf: 'vpn' }));
    expect(open.filter(({ target }) => target === user)).toEqual([]);
  });

  it.each(['provision renew svc-1', 'provision change-package svc-1 monthly'])(
    'is enabled again after %s by the agent that held it as a service',
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
    await at.addService(2, { product: 'agency', values: [`hiddify_user_uuid=${user}`] });
    await run(['provision suspend svc-2', 'agent restore north --force']);
    expect(at.panel.user(user).enable).toBe(false);
    await run(['provision unsuspend svc-2']);
    expect(at.panel.user(user).enable).toBe(true);
  });
});
