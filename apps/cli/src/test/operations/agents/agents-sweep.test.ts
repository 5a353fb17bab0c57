import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail, AgentExplained, CheckReport, HoldEntry } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const user = (agent = at.north, usageLimit = 10 * GB): string => at.panel.addUser({ agent, usageLimit });
const enabled = (...users: string[]): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);
const limit = async (agent: string, gb: number | 'none', more = ''): Promise<void> => {
  const words = gb === 'none' ? '--none' : `--gb ${gb}`;
  const set = await at.sluice(`agent limit ${agent} ${words} --yes ${more}`.trim());
  expect({ exitCode: set.exitCode, error: set.json<{ error?: unknown }>().error }).toEqual({ exitCode: 0 });
};
const show = async (agent = 'north'): Promise<AgentDetail> => {
  at.bench.clock.advance(MINUTE + 1);
  return (await at.sluice(`agent show ${agent}`)).json<AgentDetail>();
};

describe('the sweep', () => {
  it('disables the users of an agent that is over, and gives back exactly those', async () => {
    const [anna, bela, byHand] = [user(), user(), user()];
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const other = user(south);
    at.panel.disable(byHand);
    await limit('north', 5);
    at.panel.use(anna, 5 * GB);
    const over = await at.check();
    expect(over.exitCode).toBe(0);
    const report = over.json<CheckReport>();
    expect(report.totals).toEqual({ agents: 2, exceeded: 1, disabled: 2, restored: 0, failed: 0, skipped: 0 });
    expect(report.agents.find(({ name }) => name === 'north')).toMatchObject({
      uuid: at.north,
      limitBytes: 5 * GB,
      allocatedBytes: 30 * GB,
      usedBytes: 5 * GB,
      remainingBytes: 0,
      exceeded: true,
      users: 3,
      usersDisabledByUs: 2,
      error: null,
    });
    expect(enabled(anna, bela, byHand, other)).toEqual([false, false, false, true]);
    expect(at.changes()).toEqual(['PATCH {"enable":false}', 'PATCH {"enable":false}']);
    const { holds } = (await at.sluice('hold list --panel vpn')).json<{ holds: HoldEntry[] }>();
    expect(holds).toMatchObject([
      { service: null, agent: { uuid: at.north, name: 'north' }, panel: 'vpn', until: null },
    ]);
    const { stdout } = await at.bench.sluice('hold list');
    expect(stdout).toMatch(/^agent north +agent-limit +20 Nov 2026 12:0\d +- +user /m);
    expect((await at.bench.sluice('hold list --panel vpn --status past')).stdout).toContain('Nothing matches');

    expect((await at.check()).json<CheckReport>().totals).toMatchObject({ exceeded: 1, disabled: 0, failed: 0 });
    expect(at.changes()).toHaveLength(2);

    await limit('north', 20);
    const back = await at.check();
    expect(back.json<CheckReport>().totals).toMatchObject({ exceeded: 0, restored: 2 });
    expect(enabled(anna, bela, byHand, other)).toEqual([true, true, false, true]);
    expect(await show()).toMatchObject({ usersDisabledByUs: 0, exceeded: false, heldSince: null });
  });

  it('is two list calls while nothing is to do', async () => {
    user();
    await limit('north', 50);
    await at.check();
    at.panel.server.clearCalls();
    await at.check();
    expect(at.panel.server.calls.map(({ endpoint }) => endpoint)).toEqual([
      'GET /api/v2/admin/admin_user/',
      'GET /api/v2/admin/user/',
    ]);
  });

  it('journals every change before and after', async () => {
    const anna = user();
    await limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    const rows = await at.bench.store((store) => store.actions.list({}));
    expect(rows).toMatchObject([
      { panel: 'vpn', service: null, type: 'disable-user', target: anna, state: 'applied', attempts: 1 },
    ]);
    expect(rows[0]?.calledAt).not.toBeNull();
    expect(rows[0]?.endedAt).not.toBeNull();
    expect(rows[0]?.observed).toMatchObject({ enabled: false });
    const { entries } = (await at.sluice('log list --actions')).json<{ entries: { type: string }[] }>();
    expect(entries.map(({ type }) => type)).toEqual(['disable-user']);
  });

  it('respects observe, and shows what it would do', async () => {
    const anna = user();
    await limit('north', 1);
    at.panel.use(anna, GB);
    await at.sluice('observe vpn');
    const observed = (await at.check()).json<CheckReport>();
    expect(observed.run.observing).toEqual(['vpn']);
    expect(observed.agents.find(({ name }) => name === 'north')).toMatchObject({
      exceeded: true,
      actions: [{ type: 'disable-user', target: anna, state: 'planned' }],
    });
    expect(enabled(anna)).toEqual([true]);
    expect(at.changes()).toEqual([]);
    await at.bench.sluice('enforce vpn --yes');
    await at.check();
    expect(enabled(anna)).toEqual([false]);
  });

  it('changes and stores nothing in a dry run', async () => {
    const anna = user();
    await limit('north', 1);
    at.panel.use(anna, GB);
    const before = await at.bench.store((store) => store.agents.list('vpn'));
    const dry = await at.check('--dry-run --detailed-exitcode');
    expect(dry.exitCode).toBe(4);
    expect(dry.json<CheckReport>().agents[0]?.actions).toEqual([
      { type: 'disable-user', target: anna, name: expect.any(String) as unknown, state: 'planned' },
    ]);
    expect(at.changes()).toEqual([]);
    expect(await at.bench.store((store) => store.agents.list('vpn'))).toEqual(before);
    expect(await at.bench.store((store) => store.runs.list({ command: 'agent check' }))).toEqual([]);
    expect((await at.check('--dry-run')).exitCode).toBe(0);
  });

  it('announces each threshold once, also after another run', async () => {
    const anna = user();
    await limit('north', 10);
    const codes = async (): Promise<string[]> =>
      (await at.check())
        .json<CheckReport>()
        .notices.map(({ message }) => /reached (\d+)%/.exec(message)?.[1] ?? message);
    expect(await codes()).toEqual([]);
    at.panel.use(anna, 8 * GB);
    expect(await codes()).toEqual(['80']);
    expect(await codes()).toEqual([]);
    at.panel.use(anna, 2 * GB);
    expect(await codes()).toEqual(['100']);
    expect(await codes()).toEqual([]);
  });

  it('is left to the run that has the panel', async () => {
    await limit('north', 1);
    await at.bench.store(async (store) => {
      const owner = { host: 'test', pid: 1, processStart: '1' };
      const now = new Date(at.bench.clock.now()).toISOString();
      await store.leases.acquire({ name: 'panel:vpn', owner, run: 'r', now, ttlMs: 3_600_000, isAlive: () => true });
    });
    const checked = await at.check();
    expect([checked.exitCode, checked.json<{ error: { code: string } }>().error.code]).toEqual([5, 'lease_held']);
    expect((await at.check('--dry-run')).exitCode).toBe(0);
  });

  it('explains from the store alone', async () => {
    const anna = user();
    await limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    at.panel.server.clearCalls();
    const told = (await at.sluice('agent explain north')).json<AgentExplained>();
    expect(told).toMatchObject({
      usedBytes: GB,
      binding: at.north,
      rule: 'at-or-over-limit',
      readings: [{ consumedBytes: GB, allocatedBytes: 10 * GB, users: 1 }],
      actions: [{ type: 'disable-user', target: anna, state: 'disabled', usedBytes: GB, limitBytes: GB }],
    });
    expect(at.panel.server.calls).toEqual([]);
  });
});

describe('one agent by name', () => {
  it('is checked alone, without the brake', async () => {
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const [anna, bela] = [user(), user(south)];
    await limit('north', 1);
    await limit('south', 1);
    at.panel.use(anna, GB);
    at.panel.use(bela, GB);
    at.bench.clock.advance(5 * MINUTE);
    const checked = await at.sluice('agent check north');
    expect(checked.exitCode).toBe(0);
    expect(checked.json<AgentDetail & { actions: unknown[] }>()).toMatchObject({
      uuid: at.north,
      exceeded: true,
      accounting: 'consumed',
      ancestors: [{ uuid: null, name: 'Owner', limitBytes: null }],
      actions: [{ type: 'disable-user', target: anna, state: 'applied' }],
    });
    expect(enabled(anna, bela)).toEqual([false, true]);
  });

  it('is named by uuid or unambiguous name', async () => {
    const twin = at.panel.addAgent(undefined, { name: 'twin' });
    at.panel.addAgent(undefined, { name: 'twin' });
    expect((await at.sluice(`agent show ${twin}`)).json<AgentDetail>().uuid).toBe(twin);
    const twice = await at.sluice('agent show twin');
    expect([twice.exitCode, twice.json<{ error: { code: string } }>().error.code]).toEqual([1, 'ambiguous_agent']);
    const none = await at.sluice('agent show noth');
    expect([none.exitCode, none.json<{ error: { code: string } }>().error.code]).toEqual([1, 'unknown_agent']);
    at.panel.addAgent(undefined, { name: 'alpha' });
    const far = (await at.sluice('agent show zzzzzzzz')).json<{ error: { message: string } }>().error.message;
    expect(far).toMatch(/^The panel has no agent with the uuid or name "zzzzzzzz"; known: alpha, north, twin/);
    expect(none.stdout).toContain('north');
  });
});

describe('restore', () => {
  it('gives back what the sweep disabled when the agent is within its limit again, and only by force before', async () => {
    const [anna, bela] = [user(), user()];
    await limit('north', 5);
    at.panel.use(anna, 5 * GB);
    await at.check();
    const refused = await at.sluice('agent restore north');
    expect([refused.exitCode, refused.json<{ error: { code: string } }>().error.code]).toEqual([1, 'agent_limit']);
    expect(enabled(anna, bela)).toEqual([false, false]);
    await limit('north', 50);
    at.panel.enable(bela);
    at.panel.disable(bela);
    at.panel.changeUser(bela, { comment: 'did not pay' });
    const restored = await at.sluice('agent restore north');
    expect(restored.exitCode).toBe(0);
    expect(restored.json<{ actions: unknown; left: unknown }>()).toMatchObject({
      actions: [{ type: 'enable-user', target: anna, state: 'applied' }],
      left: [{ uuid: bela, outcome: 'touched' }],
    });
    expect(enabled(anna, bela)).toEqual([true, false]);
  });

  it('by force gives back at once, and the next sweep disables again', async () => {
    const anna = user();
    await limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    expect((await at.sluice('agent restore north --force --dry-run')).json<{ actions: unknown }>().actions).toEqual([
      { type: 'enable-user', target: anna, name: expect.any(String) as unknown, state: 'planned' },
    ]);
    expect(enabled(anna)).toEqual([false]);
    await at.sluice('agent restore north --force');
    expect(enabled(anna)).toEqual([true]);
    await at.check();
    expect(enabled(anna)).toEqual([false]);
  });
});
