import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';
import type { AgentDetail } from '@sluice/engine';

const at = useBench(startHiddifyBench);

const user = (agent = at.north, usageLimit = 10 * GB): string => at.panel.addUser({ agent, usageLimit });
const enabled = (...users: string[]): boolean[] => users.map((uuid) => at.panel.user(uuid).enable);
/** A user of agent north that has used up its limit of 1 GB. */
const overLimit = async (): Promise<string> => {
  const anna = user();
  await at.limit('north', 1);
  at.panel.use(anna, GB);
  return anna;
};
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
    const report = await at.check();
    expect(report.run.outcome).toBe('done');
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
    const anna = await overLimit();
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

  it('is left to the run that has the panel', async () => {
    await at.limit('north', 1);
    await at.bench.takeLease('panel:vpn');
    await expect(at.check()).rejects.toMatchObject({ kind: 'busy', code: 'lease_held' });
    expect((await at.check({ dryRun: true })).run.outcome).toBe('done');
  });
});

describe('one agent by name', () => {
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
