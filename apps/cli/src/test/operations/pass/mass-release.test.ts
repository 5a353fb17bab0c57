import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { GB, HOUR, startEasyDcimBench, toIds, type EasyDcimBench } from '../../easydcim-bench.js';

let at: EasyDcimBench;
beforeEach(async () => {
  at = await startEasyDcimBench('poll: { overdue: hold, doubt: { jump: off } }\n');
});
afterEach(() => at.close());

const DUE = 'next_due_date=2027-05-19';
const HELD = [...Array(12).keys()].map((index) => index + 1);
const ALL = [...HELD, 13, 14, 15];
const closed = (): number =>
  HELD.filter(
    (number) =>
      at.panel.port(toIds(number).port(1)).adminState === 'down' ||
      at.panel.order(toIds(number).order).status === 'suspended',
  ).length;

/** Lets an hour pass with traffic, and polls; gives the exit code and how many services are closed. */
async function use(gigabytes: (number: number) => number, words = ''): Promise<[number, number]> {
  for (const number of ALL) at.panel.addTraffic(500 + number, { in: gigabytes(number) * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  return [(await at.poll(words)).exitCode, closed()];
}

const rewrite = (product: string): void => {
  const line = `  ports: { panel: dcim, action: disable-ports, ${product} }`;
  at.bench.write('sluice.yaml', at.bench.read('sluice.yaml').replace(/^ {2}ports: .*$/m, line));
};

/** Adds services of which twelve have these values. */
async function addAll(values: string[]): Promise<void> {
  for (const number of ALL)
    await at.addService(number, {
      ports: [{ id: toIds(number).port(1), name: 'eth0' }],
      values: number <= HELD.length ? values : [DUE],
    });
}

describe('the brake stops the release of twelve services of fifteen', () => {
  it.each([
    ['billing', ['status=suspended', DUE], 'status=active'],
    ['overdue', ['next_due_date=2026-11-19'], DUE],
  ])('whose %s holds began in an earlier cycle', async (_name, held, correct) => {
    await addAll(held);
    expect(await use(() => 1, '--allow-mass')).toEqual([0, 12]);
    at.bench.clock.set('2026-12-21T12:00:00Z');
    expect(await use(() => 1)).toEqual([0, 12]);
    expect((await at.bench.sluice(`service set --where product=ports ${correct}`)).exitCode).toBe(0);
    expect(await use(() => 1)).toEqual([6, 12]);
  });

  it.each([
    ['raised', 'limits: [{ id: fair-use, window: day, allowance: 800GB, action: disable-ports }], '],
    ['removed', ''],
  ])('whose other limit is %s', async (_name, after) => {
    const limits = 'limits: [{ id: fair-use, window: day, allowance: 100GB, action: disable-ports }], ';
    rewrite(`${limits}quota: { total: 900GB }`);
    await addAll([DUE]);
    expect(await use(() => 1)).toEqual([0, 0]);
    expect(await use((number) => (number <= 12 ? 150 : 5), '--allow-mass')).toEqual([0, 12]);
    rewrite(`${after}quota: { total: 900GB }`);
    expect(await use(() => 0)).toEqual([6, 12]);
  });
});
