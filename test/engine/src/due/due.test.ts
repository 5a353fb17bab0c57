import { describe, expect, it } from '@jest/globals';
import type { RunOptions, RunReport } from '@sluice/engine';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { codeOf, GB, HOUR, MINUTE } from '../bench/engine-bench.js';

const at = useBench(() =>
  startEasyDcimBench(`poll: { maxOvershoot: 1GB, floor: 1m, ceiling: 6h, doubt: { jump: off } }`, {
    panelMore: ', lineSpeed: 100Mbit/s',
    random: () => 0,
  }),
);

/** What a line of 100 Mbit/s carries in both directions, in bytes per second. */
const RATE = 25_000_000;

const due = (options: RunOptions = {}): Promise<RunReport> => at.poll({ due: true, ...options });
const read = (report: RunReport): string[] => report.services.map(({ id }) => id).sort();

/** Makes a run each minute for a time, and returns the minutes in which something was read. */
async function minutes(count: number): Promise<Record<number, string[]>> {
  const found: Record<number, string[]> = {};
  for (let minute = 1; minute <= count; minute++) {
    at.bench.clock.advance(MINUTE);
    const ids = read(await due());
    if (ids.length > 0) found[minute] = ids;
  }
  return found;
}

describe('a poll of what is due', () => {
  it('reads new services at once, and then not before their line could exceed the limit by more than is tolerated', async () => {
    await at.addService(1);
    await at.addService(2, { product: 'free' });
    const report = await due();
    expect([read(report), report.totals.read]).toEqual([['svc-1', 'svc-2'], 2]);
    const first = Math.ceil(((100 + 1) * GB * 1000) / RATE / MINUTE);
    // Before that, for the report of 80 %; the unlimited one is read at the ceiling.
    expect(await minutes(60)).toEqual({ 58: ['svc-1'] });
    expect(first).toBeGreaterThan(58);
  });

  it('reads new services at once while time goes on', async () => {
    await at.addService(1);
    const { clock } = at.bench;
    const now = clock.now.bind(clock);
    Object.assign(clock, {
      now: () => {
        clock.advance(1);
        return now();
      },
    });
    expect(read(await due())).toEqual(['svc-1']);
  });

  it('reads sooner what is fuller, and holds it within the bound', async () => {
    await at.addService(1);
    await due();
    at.panel.addTraffic(501, { in: 95 * GB, out: 0 });
    // A report of 80 % is as early as by polls of all.
    expect(Object.keys(await minutes(73))).toEqual(['58', '63', '68', '73']);
    at.panel.addTraffic(501, { in: 5 * GB, out: 0 });
    expect(Object.keys(await minutes(5))).toEqual(['5']);
    expect((await at.sluice.services.show('svc-1')).holds).toMatchObject([{ reason: 'quota' }]);
  });

  it('reads at once what was changed, at the right moment, or not at all', async () => {
    await at.addService(1);
    await due();
    at.bench.clock.advance(MINUTE);
    expect(read(await due())).toEqual([]);
    // More traffic makes it due later.
    await at.sluice.overrides.set('svc-1', { quota: '200GB' });
    expect(read(await due())).toEqual([]);
    await at.sluice.overrides.set('svc-1', { quota: '1GB' });
    at.bench.clock.advance(2 * MINUTE);
    expect(read(await due())).toEqual(['svc-1']);
  });

  it('is refused without a figure, and over one service', async () => {
    await at.addService(1);
    expect(await codeOf(due({ service: 'svc-1' }))).toBe('due_of_service');
    await at.bench.edit('maxOvershoot: 1GB, ', '');
    expect(await codeOf(due())).toBe('no_max_overshoot');
  });

  it('reads again at the floor what could not be read', async () => {
    await at.addService(1);
    await due();
    at.bench.clock.advance(6 * HOUR);
    at.panel.server.inject({ match: () => true, fault: { kind: 'status', status: 500 } });
    expect(Object.keys(await minutes(3))).toEqual(['1', '2', '3']);
  });
});
