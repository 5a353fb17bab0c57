import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FakeCall } from '@sluice/fake-panels';
import { GB, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { CheckReport } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const PATCH = 'PATCH /api/v2/admin/user/{uuid}/';
const isChange = ({ endpoint, body }: FakeCall): boolean => endpoint === PATCH && body.includes('enable');

const limit = (gb: number): ReturnType<HiddifyBench['sluice']> => at.sluice(`agent limit north --gb ${gb} --yes`);
const users = (count: number): string[] =>
  Array.from({ length: count }, () => at.panel.addUser({ agent: at.north, usageLimit: 10 * GB }));
const disabled = (uuids: readonly string[]): number => uuids.filter((uuid) => !at.panel.user(uuid).enable).length;
const patches = (): number => at.panel.server.calls.filter(isChange).length;
const reasons = async (id: string): Promise<string[]> =>
  (await at.sluice(`service show ${id}`)).json<{ holds: { reason: string }[] }>().holds.map(({ reason }) => reason);

/** Runs `order` and puts the panel under `observe` while the n-th change is on its way; gives what was called by then. */
async function observeDuring(
  order: string,
  change = 1,
): Promise<{ report: CheckReport; exitCode: number; called: number }> {
  at.panel.server.inject({ endpoint: PATCH, fault: { kind: 'latency', ms: 300 } });
  let seen = 0;
  const arrived = at.panel.server.waitForCall((call) => isChange(call) && ++seen === change);
  const run = at.sluice(order);
  await arrived;
  // It waits for the change, but not for ever.
  const observe = await at.bench.sluice('observe vpn --json');
  expect([observe.exitCode, observe.json<{ underWay?: number }>().underWay]).toEqual([0, 1]);
  const called = patches();
  const { exitCode, json } = await run;
  at.panel.server.clearFaults();
  return { report: json<CheckReport>(), exitCode, called };
}

describe('a sweep whose panel is put under observe meanwhile', () => {
  it('disables nobody any more, and says so', async () => {
    const all = users(6);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    const { report, exitCode, called } = await observeDuring('agent check --all', 2);
    expect([exitCode, called, patches(), disabled(all)]).toEqual([0, 2, 2, 2]);
    expect(report.run.observing).toEqual(['vpn']);
    expect(report.totals).toMatchObject({ disabled: 2, failed: 0, skipped: 4 });
    const states = report.agents[0]?.actions.map(({ state }) => state) ?? [];
    expect(states).toEqual(['applied', 'applied', 'unneeded', 'unneeded', 'unneeded', 'unneeded']);
    expect(report.agents[0]).toMatchObject({ usersDisabledByUs: 2, error: null });

    await at.check();
    expect(patches()).toBe(2);
    await at.bench.sluice('enforce vpn --yes');
    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ disabled: 4, failed: 0 });
    expect(disabled(all)).toBe(6);
    await limit(50);
    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ restored: 6, failed: 0 });
  });

  it('has had its last change when observe returns', async () => {
    const all = users(3);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    let answer = (): void => undefined;
    const until = new Promise<void>((resolve) => (answer = resolve));
    at.panel.server.inject({ endpoint: PATCH, times: 1, fault: { kind: 'wait', until: () => until } });
    const arrived = at.panel.server.waitForCall(isChange);
    const run = at.sluice('agent check --all');
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
    const observe = await at.bench.sluice('observe vpn --json', { clock });
    expect([observe.exitCode, waits]).toEqual([0, 1]);
    expect(observe.json()).not.toHaveProperty('underWay');
    expect([disabled(all), patches()]).toEqual([1, 1]);
  });

  it('gives nobody back any more', async () => {
    const all = users(4);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    await at.check();
    await limit(50);
    at.panel.server.clearCalls();
    const { report, called } = await observeDuring('agent check --all');
    expect([called, patches(), disabled(all)]).toEqual([1, 1, 3]);
    expect(report.totals).toMatchObject({ restored: 1, failed: 0, skipped: 3 });
    await at.bench.sluice('enforce vpn --yes');
    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ restored: 3, failed: 0 });
  });

  it('begins no hold of a service any more', async () => {
    const services = [await at.create(1, { product: 'agency' }), await at.create(2, { product: 'agency' })];
    const [loose = ''] = users(1);
    await limit(5);
    at.panel.use(loose, 5 * GB);
    const { report, exitCode, called } = await observeDuring('agent check --all');
    expect([exitCode, called, patches(), disabled([...services, loose])]).toEqual([0, 1, 1, 1]);
    expect(report.run.observing).toEqual(['vpn']);
    expect(report.totals).toMatchObject({ disabled: 1, failed: 0 });
    expect([...(await reasons('svc-1')), ...(await reasons('svc-2'))]).toEqual(['agent-limit']);
    expect(report.notices.filter(({ code }) => code === 'hold')).toHaveLength(1);
  });

  it('does not go on with a service whose hold was already written down', async () => {
    const svc = await at.create(1, { product: 'agency' });
    const [loose = ''] = users(1);
    await limit(5);
    at.panel.use(loose, 5 * GB);
    // The look before the change: the hold is there by then, the call is not made yet.
    at.panel.server.inject({
      endpoint: 'GET /api/v2/admin/user/{uuid}/',
      match: ({ path }) => path.includes(svc),
      fault: { kind: 'latency', ms: 300 },
    });
    const arrived = at.panel.server.waitForCall(({ method, path }) => method === 'GET' && path.includes(svc));
    const run = at.sluice('agent check --all');
    await arrived;
    await at.bench.sluice('observe vpn');
    const { exitCode, json } = await run;
    expect([exitCode, patches(), disabled([svc, loose])]).toEqual([0, 0, 0]);
    expect(json<CheckReport>().run.observing).toEqual(['vpn']);
  });

  it('stops the sweep at the end of reconcile too', async () => {
    const all = users(4);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    const { report, called } = await observeDuring('reconcile');
    expect([called, patches(), disabled(all)]).toEqual([1, 1, 1]);
    expect(report.run.observing).toEqual(['vpn']);
  });

  it('leaves no agent held for whom nothing was begun', async () => {
    const all = users(2);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    at.panel.server.inject({ endpoint: 'GET /api/v2/admin/user/', fault: { kind: 'latency', ms: 300 } });
    const arrived = at.panel.server.waitForCall(({ endpoint }) => endpoint === 'GET /api/v2/admin/user/');
    const run = at.sluice('agent check --all');
    await arrived;
    await at.bench.sluice('observe vpn');
    const { exitCode, json } = await run;
    expect([exitCode, patches(), disabled(all)]).toEqual([0, 0, 0]);
    expect(json<CheckReport>()).toMatchObject({ run: { observing: ['vpn'] }, totals: { disabled: 0, failed: 0 } });
    await at.bench.store(async (store) => {
      expect(await store.holds.open({ agentsOf: 'vpn' })).toEqual([]);
      expect(await store.evidence.open({ agentsOf: 'vpn' })).toEqual([]);
      expect(await store.actions.unresolved()).toEqual([]);
    });
  });
});

describe('an order by name about an agent', () => {
  it('is carried out under observe', async () => {
    const svc = await at.create(1, { product: 'agency' });
    const [loose = ''] = users(1);
    await limit(5);
    at.panel.use(loose, 5 * GB);
    await at.check();
    expect(disabled([svc, loose])).toBe(2);
    await at.bench.sluice('observe vpn');
    expect((await at.sluice('agent restore north --force')).exitCode).toBe(0);
    expect(disabled([svc, loose])).toBe(0);
    await limit(50);
    expect((await at.sluice('agent create-user north --name anna --gb 1')).exitCode).toBe(0);
  });
});

describe('enforcing one product of a panel', () => {
  it('leaves agents under observe, and says so', async () => {
    const all = users(2);
    await limit(5);
    at.panel.use(all[0] ?? '', 5 * GB);
    await at.bench.sluice('observe vpn');
    await at.bench.sluice('enforce vpn --only vpn-50 --yes');
    expect((await at.check()).json<CheckReport>().run.observing).toEqual(['vpn']);
    expect(disabled(all)).toBe(0);
    const { stdout } = await at.bench.sluice('metrics');
    expect(stdout).toContain('sluice_enforce{panel="vpn",product=""} 0');
    expect(stdout).toContain('sluice_enforce{panel="vpn",product="vpn-50"} 1');
    expect((await at.bench.sluice('panel list')).stdout).toContain('observe, except vpn-50: enforced since');
    await at.bench.sluice('enforce vpn --yes');
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
    await at.bench.sluice('observe vpn');
    expect((await at.bench.sluice('enforce vpn')).stdout).toContain('would change nothing.');
    await limit(5);
    const { stdout, exitCode } = await at.bench.sluice('enforce vpn');
    expect([exitCode, disabled(all)]).toEqual([2, 0]);
    expect(stdout).toContain('would make these changes:');
    expect(stdout.match(/disable user .* planned/g)).toHaveLength(2);
  });
});
