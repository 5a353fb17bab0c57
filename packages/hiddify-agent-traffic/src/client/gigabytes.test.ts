import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { gigabytesToBytes } from '@sluice/quota-core';
import { formatGigabytes, toBytes, toGigabytes } from './gigabytes.js';

describe('GB of the panel', () => {
  it('give back the whole bytes that are stored, up to the 1,000,000 GB of the panel', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1_000_000 * 1024 ** 3 }), (bytes) => {
        // What the panel answers is its integer divided by 1024³, as JSON text.
        const shown = JSON.parse(JSON.stringify(toGigabytes(bytes))) as number;
        expect(toBytes(shown)).toBe(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it('are read as the panel rounds them', () => {
    expect(toBytes(7.2999999998137355)).toBe(7_838_315_315);
    expect(toBytes(20.000000000931323)).toBe(20 * 1024 ** 3 + 1);
    expect(toBytes(0)).toBe(0);
  });

  it('are nothing where they are no finite number', () => {
    for (const value of [null, undefined, '7.5', Number.NaN, Infinity, -Infinity, 1e9, true, {}]) {
      expect(toBytes(value)).toBeNull();
    }
  });
});

describe('GB as a decimal number', () => {
  it('are read back as the same bytes', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(gigabytesToBytes(formatGigabytes(bytes))).toBe(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [0, '0'],
    [1, '0.0000000009'],
    [1_610_612_736, '1.5'],
    [7_838_315_315, '7.2999999998'],
    [Number.MAX_SAFE_INTEGER, '8388607.9999999991'],
  ])('are short: %i', (bytes, text) => {
    expect(formatGigabytes(bytes)).toBe(text);
  });
});
