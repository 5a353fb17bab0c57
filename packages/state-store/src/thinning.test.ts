import { describe, expect, it } from '@jest/globals';
import { beginWindowCount, stepWindowCount, usageInWindow } from '@sluice/quota-core';
import * as fc from 'fast-check';
import type { CycleRecord, SampleRecord } from './records.js';
import type { StateStore } from './store.js';
import { cycle, decision, notice, purchase, sample, service } from './test/records.js';
import { toRounds, useStore } from './test/use-store.js';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const BEGIN = Date.parse('2026-01-10T00:00:00.000Z');
/** Days begin at half past the hour, as in Tehran. */
const OFFSET = 210 * MINUTE;

const toInstant = (time: number): string => new Date(time).toISOString();
const MIDNIGHTS = Array.from({ length: 80 }, (_, day) => toInstant(BEGIN + day * DAY - OFFSET));

/** What a run finds, so many quarters of an hour after the one before. */
interface Found {
  after: number;
  grown: number;
  /** What happens with it. */
  what: 'nothing' | 'decision' | 'purchase' | 'notice' | 'fall' | 'cycle' | 'again';
}

const found: fc.Arbitrary<Found> = fc.record({
  after: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 8 }) }, fc.integer({ min: 50, max: 300 })),
  grown: fc.integer({ min: 0, max: 3 }),
  what: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom('nothing' as const, 'again' as const) },
    fc.constantFrom('decision' as const, 'purchase' as const, 'notice' as const, 'fall' as const, 'cycle' as const),
  ),
});

/** The last but one is read exactly at a bound, with more than the one before. */
const READ_AT_A_BOUND = [6, 51, 2, 2, 1, 2, 6, 1, 7, 1, 2, 1, 1].map((after, index): Found => ({
  ...{ after, grown: index === 11 ? 1 : 0, what: index > 0 && index < 8 && index !== 4 ? 'decision' : 'nothing' },
}));

/** A service's life: its readings, and those that something follows from. */
interface Life {
  readings: SampleRecord[];
  behind: Set<string>;
  /** Instants of what happened between readings. */
  events: string[];
  now: number;
  cycles: number;
}

async function live(store: StateStore, id: string, steps: readonly Found[]): Promise<Life> {
  const life: Life = { readings: [], behind: new Set(), events: [], now: BEGIN, cycles: 0 };
  let total = 0;
  await store.services.put([service(id)]);
  for (const [index, { after, grown, what }] of steps.entries()) {
    life.now += after * 15 * MINUTE;
    const at = toInstant(life.now);
    if (what === 'cycle') life.cycles += 1;
    const before = life.readings.at(-1);
    total = what === 'cycle' || what === 'fall' ? 0 : what === 'again' ? total : total + grown;
    const figures = { inBytes: total, outBytes: 0, totalBytes: total };
    const reading = sample(id, at, { ...figures, cycle: `${id}-${life.cycles}` });
    if (what === 'cycle' || before === undefined) {
      if (before !== undefined) life.behind.add(before.at);
      life.behind.add(at);
    }
    life.readings.push(reading);
    await store.samples.add([reading]);
    if (what === 'decision') {
      life.behind.add(at);
      await store.decisions.record([decision(id, { run: `run-${index}`, at, readAt: at, rule: `rule-${index}` })]);
    }
    const event = toInstant(life.now + 7 * MINUTE);
    if (what === 'purchase') await store.purchases.add(purchase(`${id}-p${index}`, { service: id, at: event }));
    if (what === 'notice') await store.notices.add([notice(`${id}-n${index}`, { service: id, at: event })]);
    if (what === 'purchase' || what === 'notice') life.events.push(event);
  }
  const spans = Array.from({ length: life.cycles + 1 }, (_, number) => {
    const own = life.readings.filter((reading) => reading.cycle === `${id}-${number}`);
    const [start, end] = [own[0]?.at ?? toInstant(BEGIN), own.at(-1)?.at ?? toInstant(BEGIN)];
    return cycle(`${id}-${number}`, { service: id, start, end, closedAt: number < life.cycles ? end : null });
  });
  await store.cycles.put(spans);
  return life;
}

/** The figures in force at an instant. */
function inForce(readings: readonly SampleRecord[], at: string): unknown {
  const last = readings.findLast((reading) => reading.at <= at);
  return last && [last.cycle, last.totalBytes];
}

/** What a window counts that begins at an instant. */
function countFrom(readings: readonly SampleRecord[], start: string, cycles: readonly CycleRecord[]): unknown {
  const first = readings.findLastIndex((reading) => reading.at <= start);
  const [base, ...later] = readings.slice(Math.max(0, first)).map(({ at, cycle: id, ...usage }) => {
    const own = cycles.find((each) => each.id === id);
    const { inBytes, outBytes, totalBytes } = usage;
    return { at, cycle: id, cycleStart: own?.start ?? '', cycleEnd: own?.end ?? '', inBytes, outBytes, totalBytes };
  });
  return base === undefined ? null : usageInWindow(later.reduce(stepWindowCount, beginWindowCount(start, base)));
}

describe('thinning by age', () => {
  const at = useStore();
  let round = 0;

  it('never changes what follows from readings', async () => {
    const steps = fc.array(found, { minLength: 5, maxLength: 60 });
    const days = fc.constantFrom(null, 0, 3);
    await fc.assert(
      fc.asyncProperty(steps, days, async (taken, samplesDays) => {
        round += 1;
        const id = `svc-${round}`;
        const life = await live(at.store, id, taken);
        const all = life.readings;
        const decisions = await Promise.all(all.map((reading) => at.store.decisions.at(id, reading.at)));
        // Twice, as it goes on every day.
        for (const later of [9, 45]) {
          const now = toInstant(life.now + later * DAY);
          await at.store.maintenance.prune({ now, apiLogDays: 30, samplesDays, bounds: MIDNIGHTS });
        }
        const left = await at.store.samples.list({ service: id });
        const kept = new Set(left.map((reading) => reading.at));
        expect([...life.behind].filter((instant) => !kept.has(instant))).toEqual([]);
        for (const event of life.events) expect(inForce(left, event)).toEqual(inForce(all, event));
        for (const { at: instant } of left) expect(inForce(left, instant)).toEqual(inForce(all, instant));
        const cycles = await at.store.cycles.ofService(id);
        for (const start of MIDNIGHTS)
          expect([start, countFrom(left, start, cycles)]).toEqual([start, countFrom(all, start, cycles)]);
        const totals = (readings: readonly SampleRecord[]): unknown =>
          cycles.map((each) => readings.findLast((reading) => reading.cycle === each.id)?.totalBytes);
        expect(totals(left)).toEqual(totals(all));
        expect(await Promise.all(all.map((reading) => at.store.decisions.at(id, reading.at)))).toEqual(decisions);
        const rest = left.length;
        const open = `${id}-${life.cycles}`;
        if (samplesDays === null)
          expect(left.filter((reading) => reading.cycle === open)).toHaveLength(
            all.filter((reading) => reading.cycle === open).length,
          );
        const again = await at.store.maintenance.prune({
          ...{ now: toInstant(life.now + 45 * DAY), apiLogDays: 30, samplesDays },
          bounds: MIDNIGHTS,
        });
        expect([again.samples, (await at.store.samples.list({ service: id })).length]).toEqual([0, rest]);
      }),
      { numRuns: toRounds(process.env['SLUICE_LONG'] === '1' ? 300 : 20), examples: [[READ_AT_A_BOUND, 0]] },
    );
  });

  it('keeps both sides of a fall, and the last reading of a cycle in the hour in which the next one begins', async () => {
    const figures: [number, string, number][] = [
      ...[5, 9, 2, 3, 4].map((total, index): [number, string, number] => [index * 10, 'c-1', total]),
      ...[7, 8].map((total, index): [number, string, number] => [60 + index * 10, 'c-1', total]),
      ...[0, 1, 2].map((total, index): [number, string, number] => [80 + index * 10, 'c-2', total]),
    ];
    const readings = figures.map(([minutes, name, total]) =>
      sample('svc-1', toInstant(BEGIN + minutes * MINUTE), {
        cycle: name,
        inBytes: total,
        outBytes: 0,
        totalBytes: total,
      }),
    );
    await at.store.samples.add(readings);
    await at.store.cycles.put(['c-1', 'c-2'].map((id) => cycle(id, { closedAt: toInstant(BEGIN + DAY) })));
    await at.store.maintenance.prune({ now: toInstant(BEGIN + 60 * DAY), apiLogDays: 30, samplesDays: null });
    const left = await at.store.samples.list({ service: 'svc-1' });
    expect(left.map(({ totalBytes }) => totalBytes)).toEqual([5, 9, 2, 8, 0, 2]);
  });

  it('reduces a reading of each quarter of an hour to an hour, then a day', async () => {
    const readings = Array.from({ length: 96 * 60 }, (_, index) => {
      const total = { inBytes: index, outBytes: 0, totalBytes: index };
      return sample('svc-1', toInstant(BEGIN + index * 15 * MINUTE), {
        cycle: index < 96 * 50 ? 'c-1' : 'c-2',
        ...total,
      });
    });
    await at.store.samples.add(readings);
    await at.store.cycles.put([cycle('c-1', { closedAt: toInstant(BEGIN + 50 * DAY) }), cycle('c-2')]);
    const begun: number[] = [];
    const now = toInstant(BEGIN + 60 * DAY);
    const beforeThinning = async (): Promise<void> => {
      begun.push((await at.store.samples.list({ service: 'svc-1' })).length);
    };
    await at.store.maintenance.prune({ now, apiLogDays: 30, samplesDays: null, beforeThinning });
    expect(begun).toEqual([readings.length]);
    const left = await at.store.samples.list({ service: 'svc-1' });
    const of = (name: string): number => left.filter((reading) => reading.cycle === name).length;
    // 32 days, 18 days of hours, the first and last of the cycle; and all of the open one.
    expect([of('c-1'), of('c-2')]).toEqual([32 + 18 * 24 + 1, 96 * 10]);
    await at.store.maintenance.prune({ now, apiLogDays: 30, samplesDays: null, beforeThinning });
    expect(begun).toHaveLength(1);
  });
});
