import { describe, expect, it } from '@jest/globals';
import { openForEachTest } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import type { AgentDetail } from '@sluice/engine';

const at = openForEachTest(startHiddifyBench);

const user = (agent = at.north, usageLimit = 10 * GB): string => at.panel.addUser({ agent, usageLimit });
const enabled = (...users: string[]): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);
const show = async (agent = 'north'): Promise<AgentDetail> => {
  at.bench.clock.advance(MINUTE + 1);
  return await at.sluice.agents.show(agent);
};

describe('the sweep', () => {
  it('disables the users of an agent that is over, and gives back exactly those', async () => {
    const [anna, bela, byHand] = [user(), user(), user()];
    const south = at.panel.addAgent(undefined, { name: 'south' });
    const other = user(south);
    at.panel.disable(byHand);
    await at.limit('north', 5);
    at.panel.use(anna, 5 * GB);
    const over = await at.check();
    expect(over.run.outcome).toBe('done');
    const report = over;
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
    const { holds } = await at.sluice.holds.list();
    expect(holds).toMatchObject([
      { service: null, agent: { uuid: at.north, name: 'north' }, panel: 'vpn', until: null },
    ]);

    expect((await at.check()).totals).toMatchObject({ exceeded: 1, disabled: 0, failed: 0 });
    expect(at.changes()).toHaveLength(2);

    await at.limit('north', 20);
    const back = await at.check();
    expect(back.totals).toMatchObject({ exceeded: 0, restored: 2 });
    expect(enabled(anna, bela, byHand, other)).toEqual([true, true, false, true]);
    expect(await show()).toMatchObject({ usersDisabledByUs: 0, exceeded: false, heldSince: null });
  });

  it('journals every change before and after', async () => {
    const anna = user();
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    const rows = await at.bench.store.actions.list({});
    expect(rows).toMatchObject([
      { panel: 'vpn', service: null, type: 'disable-user', target: anna, state: 'applied', attempts: 1 },
    ]);
    expect(rows[0]?.calledAt).not.toBeNull();
    expect(rows[0]?.endedAt).not.toBeNull();
    expect(rows[0]?.observed).toMatchObject({ enabled: false });
    const { entries } = await at.sluice.log.list({ kinds: ['action'] });
    expect(entries.map(({ type }) => type)).toEqual(['disable-user']);
  });

  it('respects observe, and shows what it would do', async () => {
    const anna = user();
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    await at.sluice.panels.observe('vpn');
    const observed = await at.check();
    expect(observed.run.observing).toEqual(['vpn']);
    expect(observed.agents.find(({ name }) => name === 'north')).toMatchObject({
      exceeded: true,
      actions: [{ type: 'disable-user', target: anna, state: 'planned' }],
    });
    expect(enabled(anna)).toEqual([true]);
    expect(at.changes()).toEqual([]);
    await at.sluice.panels.enforce('vpn');
    await at.check();
    expect(enabled(anna)).toEqual([false]);
  });

  it('changes and stores nothing in a dry run', async () => {
    const anna = user();
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    const before = await at.bench.store.agents.list('vpn');
    const dry = await at.check({ dryRun: true });
    expect(dry.run).toMatchObject({ outcome: 'done', changes: true });
    expect(dry.agents[0]?.actions).toEqual([
      { type: 'disable-user', target: anna, name: expect.any(String) as unknown, state: 'planned' },
    ]);
    expect(at.changes()).toEqual([]);
    expect(await at.bench.store.agents.list('vpn')).toEqual(before);
    expect(await at.bench.store.runs.list({ command: 'agent check' })).toEqual([]);
  });

  it('announces each threshold once, also after another run', async () => {
    const anna = user();
    await at.limit('north', 10);
    const codes = async (): Promise<string[]> =>
      (await at.check()).notices.map(({ message }) => /reached (\d+)%/.exec(message)?.[1] ?? message);
    expect(await codes()).toEqual([]);
    at.panel.use(anna, 8 * GB);
    expect(await codes()).toEqual(['80']);
    expect(await codes()).toEqual([]);
    at.panel.use(anna, 2 * GB);
    expect(await codes()).toEqual(['100']);
    expect(await codes()).toEqual([]);
  });

  it('is left to the run that has the panel', async () => {
    await at.limit('north', 1);
    await at.bench.takeLease('panel:vpn');
    await expect(at.check()).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
    expect((await at.check({ dryRun: true })).run.outcome).toBe('done');
  });

  it('explains from the store alone', async () => {
    const anna = user();
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    at.panel.server.clearCalls();
    const told = await at.sluice.agents.explain('north');
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
    await at.limit('north', 1);
    await at.limit('south', 1);
    at.panel.use(anna, GB);
    at.panel.use(bela, GB);
    at.bench.clock.advance(5 * MINUTE);
    const checked = await at.sluice.agents.check({ agent: 'north' });
    expect(checked.run.outcome).toBe('done');
    expect(checked.agents).toMatchObject([
      {
        uuid: at.north,
        exceeded: true,
        accounting: 'consumed',
        ancestors: [{ uuid: null, name: 'Owner', limitBytes: null }],
        actions: [{ type: 'disable-user', target: anna, state: 'applied' }],
      },
    ]);
    expect(enabled(anna, bela)).toEqual([false, true]);
  });

  it('is named by uuid or unambiguous name', async () => {
    const twin = at.panel.addAgent(undefined, { name: 'twin' });
    at.panel.addAgent(undefined, { name: 'twin' });
    expect((await at.sluice.agents.show(twin)).uuid).toBe(twin);
    await expect(at.sluice.agents.show('twin')).rejects.toMatchObject({ code: 'ambiguous_agent' });
    const message = expect.stringContaining('north') as unknown;
    await expect(at.sluice.agents.show('noth')).rejects.toMatchObject({ code: 'unknown_agent', message });
    at.panel.addAgent(undefined, { name: 'alpha' });
    const known = /^The panel has no agent with the uuid or name "zzzzzzzz"; known: alpha, north, twin/;
    await expect(at.sluice.agents.show('zzzzzzzz')).rejects.toThrow(known);
  });
});

describe('restore', () => {
  it('gives back what the sweep disabled when the agent is within its limit again, and only by force before', async () => {
    const [anna, bela] = [user(), user()];
    await at.limit('north', 5);
    at.panel.use(anna, 5 * GB);
    await at.check();
    await expect(at.sluice.agents.restore('north')).rejects.toMatchObject({ code: 'agent_limit' });
    expect(enabled(anna, bela)).toEqual([false, false]);
    await at.limit('north', 50);
    at.panel.enable(bela);
    at.panel.disable(bela);
    at.panel.changeUser(bela, { comment: 'did not pay' });
    const restored = await at.sluice.agents.restore('north');
    expect(restored.run.outcome).toBe('done');
    expect(restored).toMatchObject({
      actions: [{ type: 'enable-user', target: anna, state: 'applied' }],
      left: [{ uuid: bela, outcome: 'touched' }],
    });
    expect(enabled(anna, bela)).toEqual([true, false]);
  });

  it('by force gives back at once, and the next sweep disables again', async () => {
    const anna = user();
    await at.limit('north', 1);
    at.panel.use(anna, GB);
    await at.check();
    expect((await at.sluice.agents.restore('north', { dryRun: true, force: true })).actions).toEqual([
      { type: 'enable-user', target: anna, name: expect.any(String) as unknown, state: 'planned' },
    ]);
    expect(enabled(anna)).toEqual([false]);
    await at.sluice.agents.restore('north', { force: true });
    expect(enabled(anna)).toEqual([true]);
    await at.check();
    expect(enabled(anna)).toEqual([false]);
  });
});
