import { describe, expect, it } from '@jest/globals';
import {
  bytes,
  toBytes,
  epochMs,
  epochSeconds,
  FlvxValueError,
  gigabytes,
  megabits,
  toEpochMs,
  toQuota,
  UNLIMITED_QUOTA,
} from './records.js';

describe('units', () => {
  it('rounds a quota up to whole GB of 2^30 bytes', () => {
    expect(toQuota(bytes(0))).toBe(0);
    expect(toQuota(bytes(1))).toBe(1);
    expect(toQuota(bytes(2 ** 30))).toBe(1);
    expect(toQuota(bytes(2 ** 30 + 1))).toBe(2);
    expect(toBytes(gigabytes(3))).toBe(3 * 2 ** 30);
  });

  it('keeps below what overflows on the panel', () => {
    expect(gigabytes(2 ** 33 - 1)).toBe(8_589_934_591);
    expect(() => gigabytes(2 ** 33)).toThrow(FlvxValueError);
    expect(UNLIMITED_QUOTA).toBe(99_999);
  });

  it.each([0.5, -1, Number.NaN, Number.POSITIVE_INFINITY])('takes no %d', (value) => {
    for (const make of [gigabytes, bytes, epochMs, epochSeconds, megabits]) {
      expect(() => make(value)).toThrow(FlvxValueError);
    }
  });

  it('takes no speed of 0, which is no limit on the nodes', () => {
    expect(() => megabits(0)).toThrow('no limit');
    expect(megabits(1)).toBe(1);
  });

  it('turns the seconds of a token into milliseconds', () => {
    expect(toEpochMs(epochSeconds(1_802_932_811))).toBe(1_802_932_811_000);
  });

  it('does not let units be mixed', () => {
    const quota = gigabytes(1);
    // @ts-expect-error a quota is no number of bytes
    const size: ReturnType<typeof bytes> = quota;
    // @ts-expect-error seconds are no milliseconds
    const instant: ReturnType<typeof epochMs> = epochSeconds(1);
    expect([size, instant]).toEqual([1, 1]);
  });
});
