import { describe, expect, it } from '@jest/globals';
import { few } from '@sluice/fake-panels';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, HOUR } from '../bench/engine-bench.js';
import { useBench } from '../bench/each-test.js';
import { openWorld } from '../calls/world.js';
import { call } from '../calls/telephony-panel.js';
import { addServices } from './polls.js';

const PRODUCTS = `  daily: { panel: dcim, quota: unlimited, limits: [{ id: daily, window: day, allowance: 25GB, action: disable-ports }] }`;
const ALL = 12;
const NEXT_DAY = '2026-11-21T00:03:00Z';

const at = useBench(() => startEasyDcimBench(PRODUCTS));

/** Has services held one after another by their limit of a day, until shortly before it ends. */
async function holdAtEvening(held: number): Promise<void> {
  const numbers = await addServices(at, ALL, 'daily');
  at.bench.clock.set('2026-11-20T01:00:00Z');
  await at.poll();
  for (let last = 1; last <= held; last++) {
    for (const number of numbers) at.panel.addTraffic(500 + number, { in: (number === last ? 30 : 1) * GB, out: 0 });
    at.bench.clock.set(`2026-11-20T${String(last + 1).padStart(2, '0')}:00:00Z`);
    expect((await at.poll()).run.outcome).toBe('done');
  }
  at.bench.clock.set('2026-11-20T23:58:00Z');
  const evening = await at.poll();
  expect([evening.run.outcome, evening.totals.held]).toEqual(['done', held]);
}

describe('holds of a day that end with it', () => {
  it.each(
    few(
      [
        ['some', 5],
        ['all', ALL],
      ] as const,
      2,
    ),
  )('are no mass change, where %s services have one', async (_some, held) => {
    await holdAtEvening(held);
    at.bench.clock.set(NEXT_DAY);
    const next = await at.poll();
    expect([next.run.outcome, next.totals.held, next.error?.code]).toEqual(['done', 0, undefined]);
  });

  it('stay where the panel answers zero for everybody', async () => {
    await holdAtEvening(5);
    for (let number = 1; number <= ALL; number++) at.panel.resetTraffic(500 + number);
    at.bench.clock.set(NEXT_DAY);
    expect((await at.poll()).totals.held).toBe(5);
  });
});

describe('holds that end by a change of the config', () => {
  it.each(
    few(
      [
        ['another window', 'window: day', 'window: month', '2026-11-21T00:03:00Z'],
        ['another time zone to the east', 'timeZone: UTC', 'timeZone: Asia/Tokyo', '2026-11-20T23:59:00Z'],
        ['another time zone to the west', 'timeZone: UTC', 'timeZone: America/New_York', '2026-11-21T00:03:00Z'],
      ] as const,
      2,
    ),
  )('are a mass change: %s', async (_what, from, to, instant) => {
    await holdAtEvening(5);
    await at.bench.edit(from, to);
    await at.bench.edit('allowance: 25GB', 'allowance: 500GB');
    at.bench.clock.set(instant);
    const next = await at.poll();
    expect([next.run.outcome, next.totals.held]).toEqual(['brake', 5]);
  });

  it('are a mass change: months instead of quarters', async () => {
    at.bench.clock.set('2026-11-05T12:00:00Z');
    const values = { billing_cycle: 'quarterly', next_due_date: '2027-01-15' };
    for (let number = 1; number <= ALL; number++) {
      await at.addService(number, { values });
      const gigabytes = number <= 6 ? 150 : 5;
      at.panel.addTraffic(500 + number, { in: gigabytes * GB, out: 0, at: Date.parse('2026-11-01T12:00:00Z') });
    }
    expect((await at.poll({ allowMass: true })).totals.held).toBe(6);
    at.bench.clock.set('2026-11-20T12:00:00Z');
    await at.bench.edit('  ports: { panel: dcim,', '  ports: { panel: dcim, quotaPeriod: month,');
    for (let number = 1; number <= ALL; number++) at.panel.addTraffic(500 + number, { in: GB, out: 0 });
    const next = await at.pollAfter(HOUR);
    expect([next.run.outcome, next.totals]).toEqual(['brake', expect.objectContaining({ held: 6, wouldRelease: 6 })]);
  });
});

it('holds of a day in money that end with it are no mass change, without any traffic', async () => {
  const limits = [{ id: 'spend', window: 'day', allowance: '20.00', action: 'suspend' }];
  const world = await openWorld('ledger', { limits });
  try {
    await world.bench.edit('"timeZone"', '"poll":{"brake":{"share":"50%","atLeast":1}},"timeZone"');
    world.exchange.calls = [call('2026-11-05T08:00:00Z', '21.00')];
    expect((await world.sluice.poll()).run.outcome).toBe('brake');
    expect((await world.sluice.poll({ allowMass: true })).totals.held).toBe(1);
    world.clock.set(Date.parse('2026-11-06T00:03:00Z'));
    const next = await world.sluice.poll();
    expect([next.run.outcome, next.totals.held]).toEqual(['done', 0]);
  } finally {
    await world.close();
  }
});
