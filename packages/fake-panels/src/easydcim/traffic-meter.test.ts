import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TrafficMeter } from './traffic-meter.js';

const now = 1_000_000_000;

describe('a traffic meter', () => {
  it('grows by its rate, in stretches', () => {
    const meter = new TrafficMeter();
    meter.setRate(10_000, 100, 10);
    meter.setRate(20_000, 0, 0);
    meter.setRate(30_000, 200, 20);
    expect(meter.between(0, 40_000, now)).toEqual({ in: 3000, out: 300 });
    expect(meter.between(0, 10_000, now)).toEqual({ in: 0, out: 0 });
    expect(meter.between(15_000, 35_000, now)).toEqual({ in: 1500, out: 150 });
    expect(meter.between(20_000, 30_000, now)).toEqual({ in: 0, out: 0 });
  });

  it('knows nothing of the future', () => {
    const meter = new TrafficMeter();
    meter.setRate(0, 100, 100);
    meter.add(5_000, { in: 7, out: 7 });
    meter.add(5_001, { in: 9, out: 9 });
    expect(meter.between(0, 1e12, 5_000)).toEqual({ in: 507, out: 507 });
    expect(meter.between(6_000, 7_000, 5_000)).toEqual({ in: 0, out: 0 });
  });

  it('keeps amounts at instants, added in any order', () => {
    const meter = new TrafficMeter();
    for (const at of [50, 10, 30, 30, 20]) meter.add(at, { in: at, out: 1 });
    expect(meter.between(0, 100, now)).toEqual({ in: 140, out: 5 });
    expect(meter.between(10, 30, now)).toEqual({ in: 30, out: 2 });
    expect(meter.between(30, 51, now)).toEqual({ in: 110, out: 3 });
  });

  it('forgets what was before an instant', () => {
    const meter = new TrafficMeter();
    meter.setRate(0, 100, 0);
    meter.add(1_000, { in: 5, out: 5 });
    meter.forget(10_000);
    expect(meter.between(0, 12_000, now)).toEqual({ in: 200, out: 0 });
    expect(meter.between(0, 9_000, now)).toEqual({ in: 0, out: 0 });
  });

  it('treats a change before the last one as of the last one', () => {
    const meter = new TrafficMeter();
    meter.setRate(10_000, 100, 0);
    meter.setRate(5_000, 0, 0);
    expect(meter.between(0, 20_000, now)).toEqual({ in: 0, out: 0 });
  });

  it('is exact at 100 Gbit/s for two years', () => {
    const meter = new TrafficMeter();
    meter.setRate(0, 12_500_000_000, 1);
    const until = 2 * 365 * 86_400_000 + 999;
    const whole = 12_500_000_000 * (2 * 365 * 86_400);
    expect(meter.between(0, until - 999, until).in).toBe(whole);
    expect(meter.between(until - 999, until, until).in).toBeGreaterThan(0);
  });

  const change = fc.record({ at: fc.nat(100_000), rate: fc.nat(5_000) });
  const amount = fc.record({ at: fc.nat(100_000), bytes: fc.nat(1_000_000) });

  it('splits any window exactly into parts, and equals a count by hand', () => {
    fc.assert(
      fc.property(
        fc.array(change),
        fc.array(amount),
        fc.tuple(fc.nat(100_000), fc.nat(100_000), fc.nat(100_000)),
        (changes, amounts, cuts) => {
          const meter = new TrafficMeter();
          const sorted = [...changes].sort((a, b) => a.at - b.at);
          for (const { at, rate } of sorted) meter.setRate(at, rate, 0);
          for (const { at, bytes } of amounts) meter.add(at, { in: 0, out: bytes });
          const [from = 0, middle = 0, until = 0] = [...cuts].sort((a, b) => a - b);
          const whole = meter.between(from, until, now);
          const first = meter.between(from, middle, now);
          const second = meter.between(middle, until, now);
          expect(first.in + second.in).toBe(whole.in);
          expect(first.out + second.out).toBe(whole.out);

          const grown = (at: number): number =>
            sorted.reduce((sum, { at: began, rate }, i) => {
              const ended = Math.min(at, sorted[i + 1]?.at ?? at);
              return sum + (rate * Math.max(0, ended - began)) / 1000;
            }, 0);
          expect(Math.abs(whole.in - (grown(until) - grown(from)))).toBeLessThan(1.001);
          const inside = amounts.filter(({ at }) => at >= from && at < until);
          expect(whole.out).toBe(inside.reduce((sum, { bytes }) => sum + bytes, 0));
        },
      ),
    );
  });
});
