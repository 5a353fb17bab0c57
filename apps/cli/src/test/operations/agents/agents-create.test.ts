import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Outcome } from '../../harness.js';
import { GB, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail, CheckReport } from '@sluice/engine';

let at: HiddifyBench;
afterEach(() => at.close());

const create = (n: number): Promise<Outcome> => at.sluice(`agent create-user north --name user-${n} --gb 10`);
const made = (): number[] => at.panel.listUsers(at.north).map(({ usageLimit }) => usageLimit / GB);
const codes = (outcomes: Outcome[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) {
    const { error } = outcome.json<{ error?: { code: string } }>();
    const key = `${outcome.exitCode} ${error?.code ?? 'made'}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
};

const long = process.env['SLUICE_LONG'] === '1';

describe.each(long ? ['consumed', 'allocated', 'panel'] : ['consumed'])(
  'fifty creations at once, counted by %s',
  (accounting) => {
    beforeEach(async () => {
      at = await startHiddifyBench({ agents: `{ accounting: ${accounting} }` });
      await at.sluice('agent limit north --gb 100');
    });

    it('make exactly the ten that fit, each as a command of its own', async () => {
      const outcomes = await Promise.all(Array.from({ length: 50 }, (_, n) => create(n)));
      expect(codes(outcomes)).toEqual({ '0 made': 10, '1 agent_limit': 40 });
      expect(made()).toEqual(Array.from({ length: 10 }, () => 10));
      expect(at.panel.state.users.size).toBe(10);
      const rows = await at.bench.store((store) => store.actions.list({}));
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
      const sweeps = [0, 1].map(() => at.check());
      const counts = codes(await Promise.all(outcomes));
      await Promise.all(sweeps);
      expect((counts['0 made'] ?? 0) + (counts['1 agent_limit'] ?? 0)).toBe(49);
      expect(made().length).toBeLessThanOrEqual(10);
      expect(made().every((gb) => gb === 10)).toBe(true);
      at.bench.clock.advance(11 * MINUTE);
      await at.check();
      const rest = await Promise.all(Array.from({ length: 12 }, (_, n) => create(100 + n)));
      expect(codes(rest)['0 made'] ?? 0).toBe(10 - (counts['0 made'] ?? 0));
      expect(made()).toEqual(Array.from({ length: 10 }, () => 10));
      expect(at.panel.state.users.size).toBe(10);
    });
  },
);

describe('a creation that was killed', () => {
  beforeEach(async () => {
    at = await startHiddifyBench();
    await at.sluice('agent limit north --gb 10');
  });

  const dead = new Set<number>();
  /** A process that is killed while the panel is asked: nothing comes after its request, and it is known to be gone. */
  const killedAtCall = async (name: string, host = 'test'): Promise<void> => {
    const pid = 9000 + dead.size;
    const asked = at.panel.server.waitForCall(({ endpoint }) => endpoint === 'POST /api/v2/admin/user/');
    at.panel.server.inject({ endpoint: 'POST /api/v2/admin/user/', times: 1, fault: { kind: 'hang' } });
    const words = ['agent', 'create-user', 'north', '--name', name, '--gb', '10', '--json'];
    void at.bench.sluice(words, { owner: { host, pid, processStart: 'killed' } });
    await asked;
    dead.add(pid);
  };
  const next = (words: string): Promise<Outcome> =>
    at.bench.sluice([...words.split(' '), '--json'], { isAlive: ({ pid }) => !dead.has(pid) });

  it('while the panel was asked keeps its promise until the panel can be done with it, and no longer', async () => {
    await killedAtCall('lost');
    const soon = await next('agent create-user north --name next --gb 10');
    expect(soon.exitCode).toBe(1);
    at.bench.clock.advance(MINUTE);
    const later = await next('agent create-user north --name next --gb 10');
    expect(later.exitCode).toBe(0);
    expect(made()).toEqual([10]);
  });

  it('on another host is resolved an hour later, when no such command is at work any more', async () => {
    await killedAtCall('lost', 'elsewhere');
    const open = async (): Promise<number> => {
      expect((await next('agent check --all')).exitCode).toBe(0);
      return (await at.bench.store((store) => store.actions.unresolved())).length;
    };
    at.bench.clock.advance(11 * MINUTE);
    expect(await open()).toBe(1);
    at.bench.clock.advance(50 * MINUTE);
    expect(await open()).toBe(0);
  });

  it('inside the panel leaves no orphan of 1000 GB', async () => {
    const { reached, release } = at.panel.holdCreations('inserted');
    void at.bench.sluice(['agent', 'create-user', 'north', '--name', 'half', '--gb', '10', '--json'], {
      owner: { host: 'test', pid: 8000, processStart: 'killed' },
      clock: { now: () => at.bench.clock.now(), sleep: () => new Promise(() => undefined) },
    });
    const uuid = await reached;
    expect(at.panel.user(uuid)).toMatchObject({ usageLimit: 1000 * GB, enable: true });
    dead.add(8000);
    at.panel.changeUser(uuid, {});
    at.bench.clock.advance(11 * MINUTE);
    const swept = await next('agent check --all');
    expect(swept.exitCode).toBe(0);
    expect(at.panel.user(uuid)).toMatchObject({ name: 'half', usageLimit: 10 * GB });
    release();
    expect(at.panel.state.users.size).toBe(1);
    const journal = await at.bench.store((store) => store.actions.unresolved());
    expect(journal).toEqual([]);
  });
});

describe('create-user', () => {
  beforeEach(async () => {
    at = await startHiddifyBench();
  });

  it.each([
    ['--name x --gb nothing', 2],
    ['--name x --gb 0', 2],
    ['--name x --gb 1 --mode yearly', 2],
    ['--name x --gb 1 --days many', 2],
    ['--gb 1', 2],
  ])('refuses %s before anything is called', async (words, exitCode) => {
    expect((await at.sluice(`agent create-user north ${words}`)).exitCode).toBe(exitCode);
    expect(at.panel.server.calls).toEqual([]);
  });

  it('makes nothing in a dry run', async () => {
    await at.sluice('agent limit north --gb 10');
    const dry = await at.sluice('agent create-user north --name x --gb 10 --dry-run');
    expect([dry.exitCode, dry.json()]).toMatchObject([0, { user: { uuid: null, name: 'x' } }]);
    expect((await at.sluice('agent create-user north --name x --gb 11 --dry-run')).exitCode).toBe(1);
    expect(at.changes()).toEqual([]);
  });

  it('counts what the panel’s own form sold meanwhile, and says nothing of it before', async () => {
    at.bench.write(
      'sluice.yaml',
      at.bench.read('sluice.yaml').replace('timeout: 60s', 'timeout: 60s, agents: { accounting: allocated }'),
    );
    await at.sluice('agent limit north --gb 10');
    const { reached, release } = at.panel.holdCreations('inserted');
    const asked = create(1);
    await reached;
    at.panel.addUser({ agent: at.north, name: 'by form', usageLimit: GB });
    release();
    expect(codes([await asked])).toEqual({ '1 agent_limit': 1 });
    expect(at.panel.listUsers(at.north).map(({ name }) => name)).toEqual(['by form']);
    expect((await at.sluice('agent show north')).json<AgentDetail>().reservedBytes).toBe(0);
    const rows = await at.bench.store((store) => store.actions.list({}));
    expect(rows.map(({ type, state }) => `${type} ${state}`)).toEqual(['create-user applied', 'delete-user applied']);
  });

  it('is an order by name: observe does not stop it', async () => {
    await at.sluice('observe vpn');
    expect((await create(1)).exitCode).toBe(0);
    expect((await at.check()).json<CheckReport>().run.observing).toEqual(['vpn']);
  });
});
