import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type BarInput, barStep, type BarStep, usageBars } from './usage-bars.js';

const GB = 1024 ** 3;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-11-01T00:00:00Z');
const iso = (ms: number) => new Date(ms).toISOString();

function input(points: (readonly [hour: number, gb: number | null])[], change: Partial<BarInput> = {}): BarInput {
  const toReading = ([hour, gb]: readonly [number, number | null]) => {
    const bytes = gb === null ? null : gb * GB;
    return { at: iso(START + hour * HOUR), inBytes: bytes, outBytes: null, totalBytes: bytes };
  };
  const window = { start: iso(START), end: iso(START + 2 * DAY) };
  return { window, timeZone: 'UTC', series: points.map(toReading), begins: [], ...change };
}

/** Of each bar: its GB, and how much of it is known. */
const totals = (of: BarInput, step: BarStep) =>
  usageBars(of, step).map(({ totalBytes, known }) => [totalBytes === null ? null : totalBytes / GB, known]);

describe('usage as bars', () => {
  it('spreads the growth between two readings over the days between them', () => {
    const points = [[0, 0], [12, 6], [36, 18], [48, 20]] as const; // prettier-ignore
    expect(totals(input([...points]), 'day')).toEqual([
      [12, 1],
      [8, 1],
    ]);
  });

  it('says what it does not know: no direction that was not read, no time before the first reading', () => {
    const [first, second] = usageBars(input([[12, 5], [18, null], [24, 11]]), 'day'); // prettier-ignore
    expect(first).toMatchObject({ totalBytes: 6 * GB, outBytes: null, known: 0.5 });
    expect(second).toMatchObject({ totalBytes: null, inBytes: null, known: 0 });
    expect(totals(input([]), 'quarter')).toEqual(Array.from({ length: 8 }, () => [null, 0]));
  });

  it('begins a cycle from zero, and leaves out figures that fell', () => {
    const cycle = { begins: [iso(START + DAY)] };
    const points = [[0, 90], [18, 96], [30, 3], [48, 5]] as const; // prettier-ignore
    expect(totals(input([...points], cycle), 'day')).toEqual([
      [6, 0.75],
      [5, 1],
    ]);
    const fallen = [[0, 1], [6, 90], [12, 2], [24, 8]] as const; // prettier-ignore
    expect(totals(input([...fallen]), 'day')[0]).toEqual([95, 0.75]);
    expect(totals(input([[12, 7]], { begins: [iso(START)] }), 'day')[0]).toEqual([7, 0.5]);
  });

  it('has local hours and days, also where the clocks change', () => {
    const window = { start: '2026-10-24T22:00:00.000Z', end: '2026-10-26T23:00:00.000Z' };
    const of = input([], { window, timeZone: 'Europe/Berlin' });
    const hours = (step: BarStep) =>
      usageBars(of, step).map(({ start, end }) => (Date.parse(end) - Date.parse(start)) / HOUR);
    expect(hours('day')).toEqual([25, 24]);
    expect(hours('quarter')).toEqual([6, 6, 6, 7, 6, 6, 6, 6]);
    expect(hours('hour')).toHaveLength(49);
  });

  it('has steps that can be distinguished', () => {
    const steps = [1, 7, 30].map((days) => barStep({ start: iso(START), end: iso(START + days * DAY) }));
    expect(steps).toEqual(['hour', 'quarter', 'day']);
    expect(usageBars(input([], { window: { start: iso(START), end: iso(START) } }), 'day')).toEqual([]);
  });

  it('neither loses nor adds traffic', () => {
    const part = fc.record({ ms: fc.integer({ min: 1, max: 8 * HOUR }), bytes: fc.nat(1e9) });
    const parts = fc.array(part, { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(parts, fc.constantFrom('hour', 'quarter', 'day'), (list, step) => {
        let [at, bytes] = [START, 0];
        const series = [{ at: iso(at), inBytes: 0, outBytes: 0, totalBytes: 0 }];
        for (const each of list) {
          at += each.ms;
          bytes += each.bytes;
          series.push({ at: iso(at), inBytes: bytes, outBytes: 0, totalBytes: bytes });
        }
        const window = { start: iso(START), end: iso(at) };
        const bars = usageBars(input([], { series, window, timeZone: 'Asia/Tehran' }), step);
        const sum = bars.reduce((all, bar) => all + (bar.totalBytes ?? 0), 0);
        expect(Math.abs(sum - bytes)).toBeLessThanOrEqual(bars.length);
        for (const { known } of bars) expect(known).toBeCloseTo(1, 6);
      }),
    );
  });
});
