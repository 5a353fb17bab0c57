import { beforeEach, describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(startHiddifyBench);

const limits = async (): Promise<Record<string, number | null>> => {
  at.bench.clock.advance(2 * MINUTE);
  const { agents } = await at.sluice.agents.list();
  return Object.fromEntries(agents.map(({ name, limitBytes }) => [name, limitBytes === null ? null : limitBytes / GB]));
};

describe('the limit of an agent', () => {
  it('is shown as agent show has it', async () => {
    const set = await at.limit('north', 12.5);
    expect(set).toMatchObject({
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
    expect(await at.limit('north', null)).toMatchObject({ limitBytes: null, usedBytes: 0 });
    expect(await limits()).toEqual({ north: null });
  });

  it.each([
    [undefined, 7],
    ['current', 7],
    ['zero', 0],
    [{ bytes: 3 * GB }, 3],
  ] as const)('begins the ledger where the opening %j says: at %d GB', async (opening, used) => {
    at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
    const set = await at.limit('north', 10, { opening });
    expect(set.usedBytes / GB).toBe(used);
  });

  it('is refused where the agent would be over at once and nobody is asked', async () => {
    at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
    await expect(at.sluice.agents.limit('north', { limitBytes: 5 * GB })).rejects.toMatchObject({
      code: 'not_confirmed',
    });
    expect(await limits()).toEqual({ north: null });
    expect(await at.sluice.agents.limit('north', { limitBytes: 9 * GB })).toMatchObject({ limitBytes: 9 * GB });
  });

  it('says before it stores that the agent would be over at once', async () => {
    at.panel.addUser({ agent: at.north, currentUsage: 7 * GB });
    const asked: string[] = [];
    const refuse = (question: string): Promise<void> => {
      asked.push(question);
      return Promise.reject(new Error('no'));
    };
    await expect(at.limit('north', 5, { confirm: refuse })).rejects.toThrow('no');
    expect(asked).toEqual([expect.stringContaining('immediately be over its limit (7 GB of 5 GB)')]);
    expect(await limits()).toEqual({ north: null });
    expect(await at.limit('north', 5, { dryRun: true })).toMatchObject({
      exceeded: true,
    });
    expect(await limits()).toEqual({ north: null });
    await at.limit('north', 5);
    expect(await limits()).toEqual({ north: 5 });
  });
});

describe('an agent that was deleted in the panel', () => {
  it('is shown and explained, and its limit can be removed', async () => {
    await at.limit('north', 9);
    at.panel.deleteAgent(at.north);
    await at.check();
    const { agents } = at.sluice;
    for (const shown of [await at.limit(at.north, null), await agents.show(at.north), await agents.explain(at.north)])
      expect(shown).toMatchObject({ name: 'north', limitBytes: null, rule: 'missing' });
    expect(JSON.stringify(await at.check())).not.toContain('agent_missing');
    expect(await limits()).toEqual({});
  });
});

describe('limits of a list', () => {
  beforeEach(() => {
    at.panel.addAgent(undefined, { name: 'south' });
    at.panel.addAgent(undefined, { name: 'twin' });
    at.panel.addAgent(undefined, { name: 'twin' });
  });

  it('sets many at once; an empty cell is none', async () => {
    await at.limit('south', 9);
    const limited = await at.limitAll([
      { agent: at.north, limit_gb: '500' },
      { agent: 'south', limit_gb: '' },
    ]);
    expect(limited.map(({ name, limitBytes }) => [name, limitBytes])).toEqual([
      ['north', 500 * GB],
      ['south', null],
    ]);
    expect(await limits()).toMatchObject({ north: 500, south: null });
  });

  it('takes all rows or none, and says what is wrong with each', async () => {
    const problem = (line: number): unknown => expect.objectContaining({ line });
    const limit = (agent: string, gb: string) => ({ agent, limit_gb: gb });
    const rows = [limit('north', '500'), limit('nobody', '1'), limit('twin', '1'), limit('north', '2')];
    const details = { problems: expect.arrayContaining([3, 4, 5, 6].map(problem)) as unknown };
    const error = { kind: 'usage', code: 'bad_import', details };
    await expect(at.limitAll([...rows, limit('south', 'much')])).rejects.toMatchObject(error);
    expect(await limits()).toMatchObject({ north: null, south: null });
  });

  it('begins the first limit with the usage that a row states, and changes nothing when it is repeated', async () => {
    const user = at.panel.addUser({ agent: at.north, currentUsage: 3 * GB });
    const rows = [
      { agent: at.north, limit_gb: '500', opening_gb: '120' },
      { agent: 'south', limit_gb: '50', opening_gb: '' },
    ];
    const used = (agents: readonly { name: string; usedBytes: number }[]) =>
      agents.map(({ name, usedBytes }) => [name, usedBytes / GB]);
    expect(used(await at.limitAll(rows))).toEqual([
      ['north', 120],
      ['south', 0],
    ]);
    at.panel.use(user, 7 * GB);
    at.bench.clock.advance(2 * MINUTE);
    expect(used(await at.limitAll(rows))).toEqual([
      ['north', 127],
      ['south', 0],
    ]);
  });

  it('refuses openings of the file beside one for all', async () => {
    const rows = [{ line: 2, values: { agent: 'north', limit_gb: '5', opening_gb: '1' } }];
    const refused = at.sluice.agents.limits({ rows, file: 'limits.csv', opening: 'zero' });
    await expect(refused).rejects.toMatchObject({ code: 'bad_option' });
  });

  it('refuses an opening without a limit, and one that is no figure', async () => {
    for (const [limit_gb, opening_gb] of [
      ['', '5'],
      ['5', 'much'],
    ] as const) {
      const refused = at.limitAll([{ agent: 'north', limit_gb, opening_gb }]);
      await expect(refused).rejects.toMatchObject({ kind: 'usage', code: 'bad_import' });
      await expect(refused).rejects.toThrow('opening_gb');
    }
  });

  it('refuses a column that it does not know', async () => {
    const error = { kind: 'usage', code: 'bad_import' };
    const refused = at.limitAll([{ agent: 'north', limit_tb: '5' }]);
    await expect(refused).rejects.toMatchObject(error);
    await expect(refused).rejects.toThrow('limit_tb');
  });
});
