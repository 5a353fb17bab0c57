import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

describe('the brake', () => {
  const agents: { agent: string; user: string }[] = [];
  beforeEach(() => {
    agents.length = 0;
  });

  const limitAll = async (gb: number): Promise<void> => {
    await at.limitAll(agents.map(({ agent }) => ({ agent, limit_gb: String(gb) })));
  };
  const addAgents = async (count: number, gb = 5): Promise<void> => {
    for (let n = 0; n < count; n += 1) {
      const agent = at.panel.addAgent(undefined, { name: `agent-${n}` });
      agents.push({ agent, user: at.panel.addUser({ agent }) });
    }
    await limitAll(gb);
  };
  const disabled = (): number => agents.filter(({ user }) => !at.panel.user(user).enable).length;

  it.each([
    [50, 10, 'done'],
    [50, 11, 'brake'],
    [20, 4, 'done'],
    [20, 5, 'brake'],
    [9, 4, 'done'],
    [9, 5, 'brake'],
    [1, 1, 'done'],
  ])('of %d agents with a limit, %d going over: %s', async (count, going, outcome) => {
    await addAgents(count);
    for (const { user } of agents.slice(0, going)) at.panel.use(user, 6 * GB);
    const checked = await at.check();
    expect(checked.run.outcome).toBe(outcome);
    expect(disabled()).toBe(outcome === 'done' ? going : 0);
    if (outcome === 'done') return;
    expect(checked).toMatchObject({
      error: { code: 'mass_change', details: { changing: going, active: count } },
    });
    expect(checked.agents.flatMap(({ actions }) => actions.map(({ state }) => state))).toEqual(
      Array.from({ length: going }, () => 'planned'),
    );
    expect((await at.check({ dryRun: true })).run.outcome).toBe('done');
    expect((await at.check({ allowMass: true })).run.outcome).toBe('done');
    expect(disabled()).toBe(going);
  });

  it('counts agents that come back, and none that only stay over', async () => {
    await addAgents(20);
    for (const { user } of agents.slice(0, 10)) at.panel.use(user, 6 * GB);
    await at.check({ allowMass: true });
    for (const { user } of agents.slice(0, 10)) at.panel.enable(user);
    expect((await at.check()).run.outcome).toBe('done');
    expect(disabled()).toBe(10);
    await limitAll(100);
    expect((await at.check()).run.outcome).toBe('brake');
    expect(disabled()).toBe(10);
    expect((await at.check({ allowMass: true })).run.outcome).toBe('done');
    expect(disabled()).toBe(0);
  });

  it('over agents is shown beside the one over services', async () => {
    const users = [1, 2, 3].map((number) => at.create(number, { product: 'agency' }));
    for (const uuid of await Promise.all(users)) at.panel.use(uuid, 12 * GB);
    await addAgents(20);
    for (const { user } of agents) at.panel.use(user, 6 * GB);
    expect([(await at.pollAfter(3_600_000)).run.outcome, (await at.check()).run.outcome]).toEqual(['brake', 'brake']);
    const { checks } = await at.sluice.panels.doctor();
    const text = JSON.stringify(checks);
    expect(text).toMatch(/would have changed 3 of 3 services at once/);
    expect(text).toMatch(/would have changed 20 of 20 agents at once/);
    expect(await at.sluice.agents.show('agent-0')).toMatchObject({ exceeded: true });
  });

  it('stops a reconcile before the agents as well', async () => {
    await addAgents(20);
    for (const { user } of agents) at.panel.use(user, 6 * GB);
    at.bench.clock.advance(600_000);
    expect((await at.sluice.reconcile()).run.outcome).toBe('brake');
    expect(disabled()).toBe(0);
    expect((await at.sluice.reconcile({ allowMass: true })).run.outcome).toBe('done');
    expect(disabled()).toBe(20);
  });
});
