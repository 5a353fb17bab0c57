import { describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import { during } from '../bench/during.js';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import type { AgentDetail, CheckReport } from '@sluice/engine';

const at = useBench(startHiddifyBench);

const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';
const isChange = ({ endpoint, body }: FakeCall): boolean => endpoint === PATCH && body.includes('enable');

const limit = (gb: number): Promise<AgentDetail> => at.limit('north', gb);
const users = (count: number): string[] =>
  Array.from({ length: count }, () => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
/** So many users of agent north, whose limit of 5 GB the first one uses. */
async function overLimit(count: number): Promise<string[]> {
  const all = users(count);
  await limit(5);
  at.panel.use(all[0] ?? '', 5 * GB);
  return all;
}
const disabled = (uuids: readonly string[]): number => uuids.filter((uuid) => !at.panel.user(uuid).enable).length;
const patches = (): number => at.panel.server.calls.filter(isChange).length;

/** Puts the panel under `observe` while the n-th change is on its way; returns what was called by then. */
async function observeDuring<T>(order: () => Promise<T>, change = 1): Promise<{ report: T; called: number }> {
  let [seen, called] = [0, 0];
  const isNth = (call: FakeCall): boolean => isChange(call) && ++seen === change;
  const report = await during(at.panel.server, isNth, order, async () => {
    // It waits for the change, but not for ever.
    expect((await at.sluice.panels.observe('vpn')).underWay).toBe(1);
    called = patches();
  });
  return { report, called };
}
const check = (): Promise<CheckReport> => at.sluice.agents.check();
/** The report of a check in which the panel is put under `observe` when a call arrives. */
const observeAt = (match: (call: FakeCall) => boolean): Promise<CheckReport> =>
  during(at.panel.server, match, check, () => at.sluice.panels.observe('vpn'));

describe('a sweep whose panel is put under observe meanwhile', () => {
  it('disables nobody any more, and says so', async () => {
    const all = await overLimit(6);
    const { report, called } = await observeDuring(check, 2);
    expect([report.run.outcome, called, patches(), disabled(all)]).toEqual(['done', 2, 2, 2]);
    expect(report.run.observing).toEqual(['vpn']);
    expect(report.totals).toMatchObject({ disabled: 2, failed: 0, skipped: 4 });
    const states = report.agents[0]?.actions.map(({ state }) => state) ?? [];
    expect(states).toEqual(['applied', 'applied', 'unneeded', 'unneeded', 'unneeded', 'unneeded']);
    expect(report.agents[0]).toMatchObject({ usersDisabledByUs: 2, error: null });

    await at.check();
    expect(patches()).toBe(2);
    await at.sluice.panels.enforce('vpn');
    expect((await at.check()).totals).toMatchObject({ disabled: 4, failed: 0 });
    expect(disabled(all)).toBe(6);
    await limit(50);
    expect((await at.check()).totals).toMatchObject({ restored: 6, failed: 0 });
  });

  it('has had its last change when observe returns', async () => {
    const all = await overLimit(3);
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    at.panel.server.inject({ endpoint: PATCH, times: 1, fault: { kind: 'wait', until: () => answered } });
    const arrived = at.panel.server.waitForCall(isChange);
    const run = at.sluice.agents.check();
    await arrived;
    let waits = 0;
    const clock = {
      now: () => at.bench.clock.now(),
      sleep: async () => {
        expect(disabled(all)).toBe(0);
        waits++;
        answer();
        await run;
      },
    };
    const observe = await at.bench.inAnother((by) => by.panels.observe('vpn'), { clock });
    expect(waits).toBe(1);
    expect(observe).not.toHaveProperty('underWay');
    expect([disabled(all), patches()]).toEqual([1, 1]);
  });

  it('gives nobody back any more', async () => {
    const all = await overLimit(4);
    await at.check();
    await limit(50);
    at.panel.server.clearCalls();
    const { report, called } = await observeDuring(check);
    expect([called, patches(), disabled(all)]).toEqual([1, 1, 3]);
    expect(report.totals).toMatchObject({ restored: 1, failed: 0, skipped: 3 });
    await at.sluice.panels.enforce('vpn');
    expect((await at.check()).totals).toMatchObject({ restored: 3, failed: 0 });
  });

  it('begins no hold of a service any more', async () => {
    const services = [await at.create(1, { product: 'agency' }), await at.create(2, { product: 'agency' })];
    const [loose = ''] = await overLimit(1);
    const { report, called } = await observeDuring(check);
    expect([report.run.outcome, called, patches(), disabled([...services, loose])]).toEqual(['done', 1, 1, 1]);
    expect(report.run.observing).toEqual(['vpn']);
    expect(report.totals).toMatchObject({ disabled: 1, failed: 0 });
    expect([...(await at.reasons('svc-1')), ...(await at.reasons('svc-2'))]).toEqual(['agent-limit']);
    expect(report.notices.filter(({ code }) => code === 'hold')).toHaveLength(1);
  });

  it('does not go on with a service whose hold was already written down', async () => {
    const svc = await at.create(1, { product: 'agency' });
    const [loose = ''] = await overLimit(1);
    // The look before the change: the hold is there by then, the call is not made yet.
    const report = await observeAt(({ method, path }) => method === 'GET' && path.includes(svc));
    expect([report.run.outcome, patches(), disabled([svc, loose])]).toEqual(['done', 0, 0]);
    expect(report.run.observing).toEqual(['vpn']);
  });

  it('stops the sweep at the end of reconcile too', async () => {
    const all = await overLimit(4);
    const { report, called } = await observeDuring(() => at.sluice.reconcile());
    expect([called, patches(), disabled(all)]).toEqual([1, 1, 1]);
    expect(report.run.observing).toEqual(['vpn']);
  });

  it('leaves no agent held for whom nothing was begun', async () => {
    const all = await overLimit(2);
    const report = await observeAt(({ endpoint }) => endpoint === 'GET /api/v2/admin/user/');
    expect([report.run.outcome, patches(), disabled(all)]).toEqual(['done', 0, 0]);
    expect(report).toMatchObject({ run: { observing: ['vpn'] }, totals: { disabled: 0, failed: 0 } });
    const { store } = at.bench;
    expect(await store.holds.open({ agentsOf: 'vpn' })).toEqual([]);
    expect(await store.evidence.open({ agentsOf: 'vpn' })).toEqual([]);
    expect(await store.actions.unresolved()).toEqual([]);
  });
});

describe('an order by name about an agent', () => {
  it('is carried out under observe', async () => {
    const svc = await at.create(1, { product: 'agency' });
    const [loose = ''] = await overLimit(1);
    await at.check();
    expect(disabled([svc, loose])).toBe(2);
    await at.sluice.panels.observe('vpn');
    expect((await at.sluice.agents.restore('north', { force: true })).run.outcome).toBe('done');
    expect(disabled([svc, loose])).toBe(0);
    await limit(50);
    await at.createUser('north', 'anna', 1);
  });
});

describe('enforcing one product of a panel', () => {
  it('leaves agents under observe, and says so', async () => {
    const all = await overLimit(2);
    await at.sluice.panels.observe('vpn');
    const plan = await at.sluice.panels.planEnforcing('vpn', { product: 'vpn-50' });
    expect([plan.agents, plan.totals.planned]).toEqual([undefined, 0]);
    await at.sluice.panels.enforce('vpn', { product: 'vpn-50' });
    const { run, agents } = await at.check();
    expect([run.observing, agents]).toMatchObject([['vpn'], [{ exceeded: true }]]);
    const planned = agents[0]?.actions.map(({ type, target, state }) => `${type} ${target} ${state}`);
    expect(planned?.sort()).toEqual(all.map((uuid) => `disable-user ${uuid} planned`).sort());
    expect([at.changes(), disabled(all)]).toEqual([[], 0]);
    const { panels } = await at.sluice.panels.list();
    expect(panels).toMatchObject([{ enforce: { value: 'observe', except: [{ product: 'vpn-50', value: 'on' }] } }]);
    await at.sluice.panels.enforce('vpn');
    await at.check();
    expect(disabled(all)).toBe(2);
  });
});

describe('enforcing a panel again', () => {
  it('first shows what would be done to the users of agents', async () => {
    const all = users(2);
    at.panel.use(all[0] ?? '', 5 * GB);
    await limit(50);
    await at.check();
    await at.sluice.panels.observe('vpn');
    expect((await at.sluice.panels.planEnforcing('vpn')).totals.planned).toBe(0);
    await limit(5);
    const { agents } = await at.sluice.panels.planEnforcing('vpn');
    const planned = all.map(() => ({ type: 'disable-user', state: 'planned' }));
    expect(agents?.flatMap(({ actions }) => actions)).toMatchObject(planned);
    expect(disabled(all)).toBe(0);
  });
});
