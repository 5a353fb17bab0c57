import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { codeOf, DAY, GB } from '../bench/engine-bench.js';
import { startHiddifyBench } from '../bench/hiddify-bench.js';

const at = useBench(() => startHiddifyBench({ agents: '{ period: monthly }' }));

const periods = async (agent = 'north') => (await at.sluice.agents.history(agent)).periods;
const use = (gb: number): void => {
  at.panel.use(at.panel.addUser({ agent: at.north, usageLimit: 100 * GB }), gb * GB);
};
const checkAfter = async (days: number) => {
  at.bench.clock.advance(days * DAY);
  await at.check();
};
const [november, december] = ['2026-11-01T00:00:00.000Z', '2026-12-01T00:00:00.000Z'];

describe('the history of an agent', () => {
  it('is empty before its first limit, and then has the present period', async () => {
    await at.check();
    expect(await periods()).toEqual([]);
    await at.limit('north', 10);
    use(4);
    await at.check();
    expect(await at.sluice.agents.history('north')).toMatchObject({
      ...{ agent: { uuid: at.north, name: 'north' }, panel: 'vpn' },
      periods: [
        { start: november, end: december, ended: false, limitBytes: 10 * GB, usedBytes: 4 * GB, exceeded: false },
      ],
    });
    expect(await codeOf(at.sluice.agents.history('nobody'))).toBe('unknown_agent');
  });

  it('keeps a period as it was last read, with its limit and when that was exceeded', async () => {
    await at.limit('north', 10);
    use(12);
    await at.check();
    const [open] = await periods();
    expect(open).toMatchObject({ usedBytes: 12 * GB, exceeded: true, exceededAt: open?.readAt });
    await checkAfter(10);
    await at.limit('north', 50);
    const [before] = await periods();
    const ended = { ...before, ended: true };
    at.bench.clock.advance(DAY / 2);
    // Whether the next check has run or not.
    const [next, last] = await periods();
    expect([next, last]).toEqual([
      expect.objectContaining({ start: december, usedBytes: null, exceeded: null }),
      ended,
    ]);
    await at.check();
    expect(await periods()).toEqual([
      expect.objectContaining({ start: december, usedBytes: 0, exceeded: false }),
      ended,
    ]);
    expect(ended).toMatchObject({ limitBytes: 50 * GB, usedBytes: 12 * GB, exceeded: true, exceededAt: open?.readAt });
    use(1);
    await checkAfter(1);
    expect((await at.bench.store.agentPeriods.list('vpn', at.north)).length).toBe(1);
  });

  it('says of a period in which nothing ran that nothing is known', async () => {
    await at.limit('north', 10);
    use(2);
    await at.check();
    use(3);
    await checkAfter(90);
    const unread = {
      ended: true,
      limitBytes: 10 * GB,
      usedBytes: null,
      exceeded: null,
      exceededAt: null,
      readAt: null,
    };
    expect(await periods()).toEqual([
      expect.objectContaining({ start: '2027-02-01T00:00:00.000Z', usedBytes: 3 * GB }),
      expect.objectContaining({ ...unread, start: '2027-01-01T00:00:00.000Z' }),
      expect.objectContaining({ ...unread, start: december }),
      expect.objectContaining({ start: november, usedBytes: 2 * GB, exceeded: false }),
    ]);
  });

  it('ends a period with a limit that is set before the next check', async () => {
    await at.limit('north', 10);
    use(2);
    await checkAfter(10);
    at.bench.clock.advance(DAY / 2);
    await at.limit('north', 30);
    expect(await periods()).toMatchObject([
      { start: december, limitBytes: 30 * GB },
      { start: november, limitBytes: 10 * GB, usedBytes: 2 * GB },
    ]);
  });

  it('follows an agent to another uuid', async () => {
    await at.limit('north', 10);
    use(2);
    await checkAfter(15);
    const known = await periods();
    const uuid = crypto.randomUUID();
    await at.bench.store.write((tables) => tables.agents.rename('vpn', { from: at.north, to: uuid }));
    expect(await periods(uuid)).toEqual(known);
  });
});

describe('without periods', () => {
  const none = useBench(startHiddifyBench);

  it('each opening of the limit begins another', async () => {
    await none.limit('north', 10);
    none.panel.use(none.panel.addUser({ agent: none.north, usageLimit: 100 * GB }), 4 * GB);
    await none.check();
    none.bench.clock.advance(DAY);
    await none.check();
    await none.limit('north', 20, { opening: 'zero' });
    await none.check();
    const { periods: listed } = await none.sluice.agents.history('north');
    expect(listed).toMatchObject([
      { end: null, ended: false, limitBytes: 20 * GB, usedBytes: 0 },
      { ended: true, limitBytes: 10 * GB, usedBytes: 4 * GB, exceeded: false },
    ]);
    expect(listed[1]?.end).toBe(listed[0]?.start);
  });
});
