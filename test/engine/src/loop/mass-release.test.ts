import { describe, expect, it } from '@jest/globals';
import type { RunOptions } from '@sluice/engine';
import { startEasyDcimBench, toIds } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';

const at = useBench(() => startEasyDcimBench('poll: { overdue: hold, doubt: { jump: off } }\n'));

const DUE = { next_due_date: '2027-05-19' };
const HELD = [...Array(12).keys()].map((index) => index + 1);
const ALL = [...HELD, 13, 14, 15];
const closed = (): number =>
  HELD.filter(
    (number) =>
      at.panel.port(toIds(number).port(1)).adminState === 'down' ||
      at.panel.order(toIds(number).order).status === 'suspended',
  ).length;

/** Lets an hour pass with traffic, and polls; returns its outcome and how many services are closed. */
async function use(gigabytes: (number: number) => number, options?: RunOptions): Promise<[string, number]> {
  for (const number of ALL) at.panel.addTraffic(500 + number, { in: gigabytes(number) * GB, out: 0 });
  at.bench.clock.advance(HOUR);
  return [(await at.poll(options)).run.outcome, closed()];
}

const rewrite = async (product: string): Promise<void> => {
  const line = `  ports: { panel: dcim, action: disable-ports, ${product} }`;
  await at.bench.edit(/^ {2}ports: .*$/m, line);
};

/** Adds services of which twelve have these values. */
async function addAll(values: Record<string, string>): Promise<void> {
  for (const number of ALL)
    await at.addService(number, {
      ports: [{ id: toIds(number).port(1), name: 'eth0' }],
      values: number <= HELD.length ? values : DUE,
    });
}

describe('the brake stops the release of twelve services of fifteen', () => {
  it.each([
    ['billing', { status: 'suspended', ...DUE }, { status: 'active' }],
    ['overdue', { next_due_date: '2026-11-19' }, DUE],
  ])('whose %s holds began in an earlier cycle', async (_name, held, correct) => {
    await addAll(held);
    expect(await use(() => 1, { allowMass: true })).toEqual(['done', 12]);
    at.bench.clock.set('2026-12-21T12:00:00Z');
    expect(await use(() => 1)).toEqual(['done', 12]);
    await at.sluice.services.setWhere([['product', 'ports']], correct);
    expect(await use(() => 1)).toEqual(['brake', 12]);
  });

  it.each([
    ['raised', 'limits: [{ id: fair-use, window: day, allowance: 800GB, action: disable-ports }], '],
    ['removed', ''],
  ])('whose other limit is %s', async (_name, after) => {
    const limits = 'limits: [{ id: fair-use, window: day, allowance: 100GB, action: disable-ports }], ';
    await rewrite(`${limits}quota: { total: 900GB }`);
    await addAll(DUE);
    expect(await use(() => 1)).toEqual(['done', 0]);
    expect(await use((number) => (number <= 12 ? 150 : 5), { allowMass: true })).toEqual(['done', 12]);
    await rewrite(`${after}quota: { total: 900GB }`);
    expect(await use(() => 0)).toEqual(['brake', 12]);
  });
});
