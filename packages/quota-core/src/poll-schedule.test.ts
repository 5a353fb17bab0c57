import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { pollSchedule } from './index.js';
import { AT, bytes } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

const MINUTE = 60_000;
const input = {
  now: AT,
  remainingBytes: 600_000,
  maxBytesPerSecond: 1000,
  toleranceBytes: 0,
  floorMs: MINUTE,
  ceilingMs: 60 * MINUTE,
};
const minutes = (change: Partial<Parameters<typeof pollSchedule>[0]>): number =>
  (Date.parse(pollSchedule({ ...input, ...change })) - Date.parse(AT)) / MINUTE;

describe('pollSchedule', () => {
  it('is when the line could have used up what remains', () => {
    expect(minutes({})).toBe(10);
    expect(minutes({ toleranceBytes: 300_000 })).toBe(15);
    expect(pollSchedule(input)).toBe('2026-03-10T12:10:00.000Z');
  });

  it('stays between the floor and the ceiling', () => {
    expect(minutes({ remainingBytes: 0 })).toBe(1);
    expect(minutes({ remainingBytes: 1e12 })).toBe(60);
    expect(minutes({ remainingBytes: 0, maxBytesPerSecond: 0 })).toBe(60);
  });

  it('is the ceiling where nothing can be overshot', () => {
    expect(minutes({ remainingBytes: null })).toBe(60);
    expect(minutes({ maxBytesPerSecond: 0 })).toBe(60);
  });

  it('is the floor where the rate is not known', () => {
    expect(minutes({ maxBytesPerSecond: null })).toBe(1);
  });

  it('refuses figures without meaning', () => {
    expect(catchCode(() => minutes({ floorMs: 2, ceilingMs: 1 }))).toBe('invalid_number');
    expect(catchCode(() => minutes({ floorMs: -1 }))).toBe('invalid_number');
    expect(catchCode(() => minutes({ ceilingMs: Infinity }))).toBe('invalid_number');
    expect(catchCode(() => minutes({ maxBytesPerSecond: -1 }))).toBe('invalid_number');
    expect(catchCode(() => minutes({ remainingBytes: -1 }))).toBe('invalid_bytes');
    expect(catchCode(() => minutes({ now: '2026-03-10' }))).toBe('invalid_instant');
    expect(() => minutes({ now: '2026-03-10' })).toThrow('now is "2026-03-10"');
  });

  it('never lets more than the tolerance be overshot later than the floor', () => {
    const rate = fc.integer({ min: 1, max: 12_500_000_000 });
    fc.assert(
      fc.property(bytes, rate, bytes, (remainingBytes, maxBytesPerSecond, toleranceBytes) => {
        const waited = minutes({ remainingBytes, maxBytesPerSecond, toleranceBytes }) * MINUTE;
        expect(waited).toBeGreaterThanOrEqual(input.floorMs);
        expect(waited).toBeLessThanOrEqual(input.ceilingMs);
        if (waited === input.floorMs) return;
        expect((waited / 1000) * maxBytesPerSecond).toBeLessThanOrEqual((remainingBytes + toleranceBytes) * 1.000001);
      }),
    );
  });
});
