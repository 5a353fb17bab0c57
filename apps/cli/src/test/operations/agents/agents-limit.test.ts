import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, MINUTE, startHiddifyBench, type HiddifyBench } from '../../hiddify-bench.js';
import type { AgentDetail } from '@sluice/engine';

let at: HiddifyBench;
beforeEach(async () => {
  at = await startHiddifyBench();
});
afterEach(() => at.close());

const findCode = (outcome: { json: HiddifyBenchJson }): string | undefined =>
  outcome.json<{ error?: { code: string } }>().error?.code;
type HiddifyBenchJson = Awaited<ReturnType<HiddifyBench['sluice']>>['json'];
const limits = async (): Promise<Record<string, number | null>> => {
  at.bench.clock.advance(2 * MINUTE);
  const { agents } = (await at.sluice('agent list')).json<{ agents: AgentDetail[] }>();
  return Object.fromEntries(agents.map(({ name, limitBytes }) => [name, limitBytes === null ? null : limitBytes / GB]));
};

describe('agent limit', () => {
  it('is shown as agent show has it', async () => {
    const set = await at.sluice('agent limit north --gb 12.5');
    expect(set.json<AgentDetail>()).toMatchObject({
      uuid: at.north,
      name: 'north',
      limitBytes: 12.5 * GB,
      accounting: 'consumed',
      period: { start: '2026-11-20T12:00:00.000Z', end: null },
      thresholds: [],
      ancestors: [{ uuid: null, name: 'Owner', limitBytes: null }],
      backend: 'sluice',
    });
    expect(await limits()).toEqual({ north: 12.5 });
    const { stdout } = await at.bench.sluice('agent limit north --none');
    expect(stdout).toBe('north: limit none (was 12.50 GB), 0 B used\n');
    expect(await limits()).toEqual({ north: null });
  });

  it.each([
    ['north'],
    ['north --gb 5 --none'],
    ['north --gb five'],
    ['north --gb -5'],
    ['--gb 5'],
    ['north --gb 5 --opening soon'],
    ['north --from limits.csv'],
    ['--from nowhere.csv'],
  ])('refuses "%s" before anything is called', async (words) => {
    const refused = await at.sluice(`agent limit ${words}`);
    expect(refused.exitCode).toBe(2);
    expect(at.panel.server.calls).toEqual([]);
  });

  it.each([
    ['', 7],
    ['--opening current', 7],
    ['--opening zero', 0],
    ['--opening 3', 3],
  ])('begins the ledger where "%s" says: at %d GB', async (opening, used) => {
    at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
    const set = await at.sluice(`agent limit north --gb 10 ${opening}`.trim());
    expect(set.json<AgentDetail>().usedBytes / GB).toBe(used);
  });

  it('says before it stores that the agent would be over at once', async () => {
    at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
    const refused = await at.sluice('agent limit north --gb 5');
    expect([refused.exitCode, findCode(refused)]).toEqual([2, 'not_confirmed']);
    expect(refused.stdout).toContain('immediately be over its limit (7 GB of 5 GB)');
    expect(await limits()).toEqual({ north: null });
    expect((await at.sluice('agent limit north --gb 5 --dry-run')).json<AgentDetail>()).toMatchObject({
      exceeded: true,
    });
    expect(await limits()).toEqual({ north: null });
    const asked: string[] = [];
    const ask = (question: string): Promise<string> => {
      asked.push(question);
      return Promise.resolve('y');
    };
    expect((await at.bench.sluice('agent limit north --gb 5', { ask })).exitCode).toBe(0);
    expect(asked).toHaveLength(1);
    expect(await limits()).toEqual({ north: 5 });
  });

  it('is kept by agents only', async () => {
    at.panel.addAgent(undefined, { name: 'deputy', mode: 'admin' });
    expect(findCode(await at.sluice('agent limit deputy --gb 5'))).toBe('not_an_agent');
  });
});

describe('an agent that was deleted in the panel', () => {
  it('is shown and explained, and its limit can be removed', async () => {
    await at.sluice('agent limit north --gb 9');
    at.panel.deleteAgent(at.north);
    await at.check();
    for (const words of [`limit ${at.north} --none`, `show ${at.north}`, `explain ${at.north}`]) {
      const shown = await at.sluice(`agent ${words}`);
      expect([words, shown.exitCode]).toEqual([words, 0]);
      expect(shown.json<AgentDetail>()).toMatchObject({ name: 'north', limitBytes: null, rule: 'missing' });
    }
    expect((await at.check()).stdout).not.toContain('agent_missing');
    expect(await limits()).toEqual({});
  });
});

describe('agent limit --from', () => {
  beforeEach(() => {
    at.panel.addAgent(undefined, { name: 'south' });
    at.panel.addAgent(undefined, { name: 'twin' });
    at.panel.addAgent(undefined, { name: 'twin' });
  });

  it('sets many at once; an empty cell is none', async () => {
    await at.sluice('agent limit south --gb 9');
    at.bench.write('limits.csv', `agent,limit_gb\n${at.north},500\nsouth,\n`);
    const set = await at.sluice('agent limit --from limits.csv');
    expect(set.json<{ agents: AgentDetail[] }>().agents.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
      ['north', 500 * GB],
      ['south', null],
    ]);
    expect(await limits()).toMatchObject({ north: 500, south: null });
  });

  it('takes all rows or none, and says what is wrong with each', async () => {
    at.bench.write('limits.csv', 'agent,limit_gb\nnorth,500\nnobody,1\ntwin,1\nnorth,2\nsouth,much\n');
    const refused = await at.sluice('agent limit --from limits.csv');
    expect([refused.exitCode, findCode(refused)]).toEqual([2, 'bad_import']);
    const { details } = refused.json<{ error: { details: { problems: { line: number }[] } } }>().error;
    expect(details.problems.map(({ line }) => line).sort()).toEqual([3, 4, 5, 6]);
    expect(await limits()).toMatchObject({ north: null, south: null });
  });

  it('refuses a column that it does not know', async () => {
    at.bench.write('limits.csv', 'agent,limit_tb\nnorth,5\n');
    const refused = await at.sluice('agent limit --from limits.csv');
    expect([refused.exitCode, findCode(refused)]).toEqual([2, 'bad_import']);
    expect(refused.stdout).toContain('limit_tb');
  });
});
