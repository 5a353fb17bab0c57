import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { codeOf, GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench, type HiddifyBench } from '../bench/hiddify-bench.js';
import type { SluiceOptions } from '@sluice/engine';

let at: HiddifyBench;
afterEach(() => at.close());

/** Creates a user of 10 GB as a process of its own; returns what became of it. */
const create = async (n: number): Promise<string> =>
  (await codeOf(at.bench.inAnother((by) => at.createUser('north', `user-${n}`, 10, { by })))) ?? 'made';
const createHere = async (n: number): Promise<string> =>
  (await codeOf(at.createUser('north', `user-${n}`, 10))) ?? 'made';
const made = (): number[] => at.panel.listUsers(at.north).map(({ usageLimit }) => usageLimit / GB);
const count = (codes: string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const code of codes) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
};

describe.each(few(['consumed', 'allocated', 'panel'], 2))('fifty creations at once, counted by %s', (accounting) => {
  beforeEach(async () => {
    at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
    await at.limit('north', 100);
  });

  it.each([
    ['each as a process of its own', create],
    ['all in one process', createHere],
  ])('make exactly the ten that fit, %s', async (_processes, creation) => {
    const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => creation(n)));
    expect(count(outcomes)).toEqual({ made: 10, agent_limit: 40 });
    expect(made()).toEqual(Array.from({ length: 10 }, () => 10));
    expect(at.panel.state.users.size).toBe(10);
    const rows = await at.bench.store.actions.list({});
    expect(rows.map(({ type, state }) => `${type} ${state}`)).toEqual(
      Array.from({ length: 10 }, () => 'create-user applied'),
    );
  });

  it('keep to it when the panel is slow, fails now and then, and is swept meanwhile', async () => {
    at.panel.server.inject({
      endpoint: 'POST /api/v2/admin/user/',
      skip: 2,
      times: 2,
      when: 'after',
      fault: { kind: 'cut' },
    });
    at.panel.server.inject({
      endpoint: 'POST /api/v2/admin/user/',
      skip: 3,
      times: 1,
      fault: { kind: 'status', status: 500 },
    });
    const outcomes = Array.from({ length: 50 }, (_, n) => create(n));
    const sweeps = [0, 1].map(() => codeOf(at.check()));
    const counts = count(await Promise.all(outcomes));
    await Promise.all(sweeps);
    expect((counts['made'] ?? 0) + (counts['agent_limit'] ?? 0)).toBe(49);
    expect(made().length).toBeLessThanOrEqual(10);
    expect(made().every((gb) => gb === 10)).toBe(true);
    at.bench.clock.advance(11 * MINUTE);
    await at.check();
    const rest = await Promise.all(Array.from({ length: 12 }, (_, n) => create(100 + n)));
    expect(count(rest)['made'] ?? 0).toBe(10 - (counts['made'] ?? 0));
    expect(made()).toEqual(Array.from({ length: 10 }, () => 10));
    expect(at.panel.state.users.size).toBe(10);
  });
});

describe('a creation that was killed', () => {
  beforeEach(async () => {
    at = await startHiddifyBench();
    await at.limit('north', 10);
  });

  /** Starts a creation in a process that is killed once `asked` resolves: nothing comes after its request. */
  const kill = async (name: string, asked: Promise<unknown>, parts: Partial<SluiceOptions> = {}): Promise<void> => {
    const owner = { host: 'test', pid: 9000, processStart: 'killed' };
    void codeOf(at.bench.inAnother((by) => at.createUser('north', name, 10, { by }), { owner, ...parts }));
    await asked;
    await at.bench.restart({ isAlive: ({ processStart }) => processStart !== 'killed' });
  };
  const killedAtCall = async (name: string, host = 'test'): Promise<void> => {
    const asked = at.panel.server.waitForCall(({ endpoint }) => endpoint === 'POST /api/v2/admin/user/');
    at.panel.server.inject({ endpoint: 'POST /api/v2/admin/user/', times: 1, fault: { kind: 'hang' } });
    await kill(name, asked, { owner: { host, pid: 9000, processStart: 'killed' } });
  };

  it('while the panel was asked keeps its promise until the panel can be done with it, and no longer', async () => {
    await killedAtCall('lost');
    await expect(at.createUser('north', 'next', 10)).rejects.toMatchObject({ code: 'agent_limit' });
    at.bench.clock.advance(MINUTE);
    await at.createUser('north', 'next', 10);
    expect(made()).toEqual([10]);
  });

  it('on another host is resolved an hour later, when no such command is at work any more', async () => {
    await killedAtCall('lost', 'elsewhere');
    const open = async (): Promise<number> => {
      expect((await at.sluice.agents.check()).run.outcome).toBe('done');
      return (await at.bench.store.actions.unresolved()).length;
    };
    at.bench.clock.advance(11 * MINUTE);
    expect(await open()).toBe(1);
    at.bench.clock.advance(50 * MINUTE);
    expect(await open()).toBe(0);
  });

  it('inside the panel leaves no orphan of 1000 GB', async () => {
    const { reached, release } = at.panel.holdCreations('inserted');
    await kill('half', reached, {
      clock: { now: () => at.bench.clock.now(), sleep: () => new Promise(() => undefined) },
    });
    const uuid = await reached;
    expect(at.panel.user(uuid)).toMatchObject({ usageLimit: 1000 * GB, enable: true });
    at.panel.changeUser(uuid, {});
    at.bench.clock.advance(11 * MINUTE);
    const swept = await at.sluice.agents.check();
    expect(swept.run.outcome).toBe('done');
    expect(at.panel.user(uuid)).toMatchObject({ name: 'half', usageLimit: 10 * GB });
    release();
    expect(at.panel.state.users.size).toBe(1);
    const journal = await at.bench.store.actions.unresolved();
    expect(journal).toEqual([]);
  });
});

describe('create-user', () => {
  beforeEach(async () => {
    at = await startHiddifyBench();
  });

  it('makes nothing in a dry run', async () => {
    await at.limit('north', 10);
    const dry = await at.createUser('north', 'x', 10, { dryRun: true });
    expect(dry).toMatchObject({ user: { uuid: null, name: 'x' } });
    await expect(at.createUser('north', 'x', 11, { dryRun: true })).rejects.toMatchObject({ code: 'agent_limit' });
    expect(at.changes()).toEqual([]);
  });

  it('counts what the panel’s own form sold meanwhile, and says nothing of it before', async () => {
    await at.bench.edit('timeout: 60s', 'timeout: 60s, agents: { accounting: allocated }');
    await at.limit('north', 10);
    const { reached, release } = at.panel.holdCreations('inserted');
    const asked = create(1);
    await reached;
    at.panel.addUser({ agent: at.north, name: 'by form', usageLimit: GB });
    release();
    expect(count([await asked])).toEqual({ agent_limit: 1 });
    expect(at.panel.listUsers(at.north).map(({ name }) => name)).toEqual(['by form']);
    expect((await at.sluice.agents.show('north')).reservedBytes).toBe(0);
    const rows = await at.bench.store.actions.list({});
    expect(rows.map(({ type, state }) => `${type} ${state}`)).toEqual(['create-user applied', 'delete-user applied']);
  });

  it('is an order by name: observe does not stop it', async () => {
    await at.sluice.panels.observe('vpn');
    expect(await create(1)).toBe('made');
    expect((await at.check()).run.observing).toEqual(['vpn']);
  });
});
