import { beforeEach, describe, expect, it } from '@jest/globals';
import type { CheckReport, RestoreReport, RunView, Sluice } from '@sluice/engine';
import { openForEachTest } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = openForEachTest(startHiddifyBench);

const user = (agent = at.north): string => at.panel.addUser({ agent, usageLimit: 10 * GB });
const enabled = (...uuids: string[]): boolean[] => uuids.map((uuid) => at.panel.user(uuid).enable);
const limit = (gb: number, agent = 'north') => at.limit(agent, gb);
const states = ({ actions }: Pick<RestoreReport, 'actions'>): string[][] =>
  actions.map(({ type, target, state }) => [type, target, state]);
/** Makes a call a minute later, which has to end well. */
async function run<T extends object>(call: () => Promise<T>): Promise<T> {
  at.bench.clock.advance(MINUTE);
  const done = await call();
  if ('run' in done) expect((done.run as RunView).outcome).toBe('done');
  return done;
}
const suspend = (...args: Parameters<Sluice['agents']['suspend']>): Promise<RestoreReport> =>
  run(() => at.sluice.agents.suspend(...args));
const unsuspend = (...args: Parameters<Sluice['agents']['unsuspend']>): Promise<RestoreReport> =>
  run(() => at.sluice.agents.unsuspend(...args));
const sweep = (): Promise<CheckReport> => run(() => at.sluice.agents.check());
const openHolds = async (): Promise<string[]> => {
  const { holds } = await at.sluice.holds.list({ open: true });
  return holds
    .map(({ service, agent, reason, evidence }) => `${service ?? agent?.name ?? ''} ${reason} ${evidence.length}`)
    .sort();
};

describe('the services of a suspended agent', () => {
  let svc: string;
  let loose: string;
  beforeEach(async () => {
    svc = await at.create(1, { product: 'agency' });
    loose = user();
  });
  const reasons = (): Promise<string[]> => at.reasons('svc-1');

  it('are held, and no run or command about them gives them back', async () => {
    const held = await suspend('north');
    expect([states(held).length, held.notices]).toMatchObject([
      2,
      [{ code: 'hold', service: 'svc-1', message: expect.stringContaining('agent "north" is suspended') as unknown }],
    ]);
    expect([enabled(svc, loose), await reasons()]).toEqual([[false, false], ['agent-limit']]);
    const explained = await at.sluice.explain('svc-1');
    expect(explained.holds).toMatchObject([{ note: 'agent "north" is suspended' }]);
    const changes = at.changes().length;
    await run(() => at.sluice.provision.suspend('svc-1'));
    await run(() => at.sluice.provision.unsuspend('svc-1'));
    await run(() => at.sluice.holds.add('svc-1'));
    await run(() => at.sluice.holds.release('svc-1'));
    for (const each of ['poll', 'reconcile'] as const) await run(() => at.sluice[each]());
    await sweep();
    expect([at.changes().length, enabled(svc, loose), await reasons()]).toEqual([
      changes,
      [false, false],
      ['agent-limit'],
    ]);
    expect((await run(() => at.sluice.plan())).totals.actions).toBe(0);
    await unsuspend('north');
    expect([enabled(svc, loose), await reasons()]).toEqual([[true, true], []]);
  });

  it('stay held for their own reasons, and for the limit of the agent', async () => {
    await limit(5);
    await run(() => at.sluice.provision.suspend('svc-1'));
    await suspend('north');
    await unsuspend('north');
    expect([enabled(svc, loose), await reasons()]).toEqual([[false, true], ['billing']]);
    await suspend('north');
    await run(() => at.sluice.provision.unsuspend('svc-1'));
    at.panel.use(loose, 5 * GB);
    await sweep();
    expect(await reasons()).toEqual(['agent-limit']);
    await unsuspend('north');
    const held = await at.sluice.holds.list({ service: 'svc-1', open: true });
    expect(held.holds).toMatchObject([{ reason: 'agent-limit', note: 'agent "north"', evidence: [{ target: svc }] }]);
    expect(enabled(svc, loose)).toEqual([false, false]);
    await suspend('north');
    await limit(50);
    await sweep();
    const moved = (await run(() => at.sluice.holds.list({ service: 'svc-1' }))).holds.filter(
      ({ until }) => until === null,
    );
    expect(moved).toMatchObject([{ note: 'agent "north" is suspended', evidence: [{ target: svc }] }]);
    await unsuspend('north');
    expect([enabled(svc, loose), await reasons(), await openHolds()]).toEqual([[true, true], [], []]);
  });

  it('are given back with all else by holds.releaseAll of the reason manual', async () => {
    await suspend('north');
    await run(() => at.sluice.holds.releaseAll({ reason: 'manual' }));
    expect([enabled(svc, loose), await openHolds()]).toEqual([[true, true], []]);
  });
});
