import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addBytes,
  BYTES_PER_GB,
  formatBytes,
  formatShare,
  gigabytesToBytes,
  parseSize,
  parseTraffic,
  roundBytes,
  toPercent,
  type QuotaCoreError,
} from './index.js';
import { checkBytes } from './bytes.js';
import { bytes } from './test/arbitraries.js';
import { catchCode } from './test/catch-code.js';

describe('parseSize', () => {
  it.each([
    ['0', 0],
    ['0GB', 0],
    ['1024B', 1024],
    ['1b', 1],
    ['1KB', 1024],
    ['1KiB', 1024],
    ['512mb', 512 * 1024 ** 2],
    ['500 GB', 500 * BYTES_PER_GB],
    ['1.5GiB', 1.5 * BYTES_PER_GB],
    [' 10TB ', 10 * 1024 ** 4],
    ['7.999PB', Math.round(7.999 * 1024 ** 5)],
    ['0.1 GB', 107374182],
    ['9007199254740991B', Number.MAX_SAFE_INTEGER],
  ])('reads %j', (text, expected) => {
    expect(parseSize(text)).toBe(expected);
  });

  it.each([
    '',
    '10',
    '-1GB',
    '1,5GB',
    '1e3GB',
    '1.GB',
    '.5GB',
    'GB',
    '10XB',
    '10 G',
    '1Gb',
    '1 GB GB',
    '1GBit',
    'unlimited',
  ])('refuses %j', (text) => {
    expect(catchCode(() => parseSize(text))).toBe('invalid_size');
  });

  it('refuses what does not fit into an exact number', () => {
    expect(catchCode(() => parseSize('8PB'))).toBe('invalid_size');
    expect(catchCode(() => parseSize('9007199254740992B'))).toBe('invalid_size');
  });

  it('never lets a quota that is not zero become one of zero', () => {
    expect(catchCode(() => parseSize('0.0001KB'))).toBe('invalid_size');
    expect(catchCode(() => gigabytesToBytes('0.0000000001'))).toBe('invalid_size');
  });

  it('reads back every exact size that is printed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1023 }), fc.constantFrom('B', 'KB', 'MB', 'GB', 'TB'), (count, unit) => {
        const size = parseSize(`${count} ${unit}`);
        expect(parseSize(formatBytes(size))).toBe(size);
      }),
    );
  });

  it('names the text and the remedy in its message', () => {
    expect(() => parseSize('10')).toThrow(/"10" is not a size: write a number and a unit/);
  });
});

describe('parseTraffic', () => {
  it.each([
    ['10', 10 * BYTES_PER_GB],
    ['1.5', 1.5 * BYTES_PER_GB],
    ['10GB', 10 * BYTES_PER_GB],
    [' 10 GB ', 10 * BYTES_PER_GB],
    ['1.5TB', 1.5 * 1024 ** 4],
    ['10240mb', 10 * BYTES_PER_GB],
    ['0', 0],
  ])('reads %j', (text, expected) => {
    expect(parseTraffic(text)).toBe(expected);
  });

  it.each(['', '-1', '1,5', '10Gb', 'GB', 'much'])('refuses %j, with examples', (text) => {
    expect(catchCode(() => parseTraffic(text))).toBe('invalid_size');
    expect(() => parseTraffic(text)).toThrow(/is not a size: write a number of GB such as 10, or .* 1\.5TB/);
  });
});

describe('roundBytes', () => {
  it('is read back from what is printed, on the side that it was rounded to, and no further than the last digit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7 * 1024 ** 5 }), fc.constantFrom('down', 'up'), (size, way) => {
        const rounded = roundBytes(size, way);
        expect(parseSize(formatBytes(rounded))).toBe(rounded);
        const off = way === 'down' ? size - rounded : rounded - size;
        expect(off).toBeGreaterThanOrEqual(0);
        expect(off).toBeLessThanOrEqual(size * 0.0100001);
      }),
    );
  });
});

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1 KB'],
    [1536, '1.50 KB'],
    [1023 * 1024 ** 2, '1023 MB'],
    [1.5 * 1024 ** 4, '1.50 TB'],
    [1024 ** 4 + 1, '1.00 TB'],
    [1024 ** 3 - 1, '1.00 GB'],
    [Number.MAX_SAFE_INTEGER - 1, '8.00 PB'],
    [Number.MAX_SAFE_INTEGER, '8 PB or more'],
  ])('prints %d', (figure, expected) => {
    expect(formatBytes(figure)).toBe(expected);
  });

  it.each([-1, 1.5, Number.NaN, Infinity, 2 ** 53])('refuses %d', (figure) => {
    expect(catchCode(() => formatBytes(figure))).toBe('invalid_bytes');
  });

  it('is never wrong by more than half of its last digit, and never shows four digits of a larger unit', () => {
    fc.assert(
      fc.property(bytes, (figure) => {
        const text = formatBytes(figure);
        const [number, unit] = text.split(' ') as [string, string];
        const size = parseSize(`1${unit}`);
        expect(Math.abs(Number(number) * size - figure)).toBeLessThanOrEqual(size * 0.005000001);
        expect(Number(number)).toBeLessThan(1024);
      }),
    );
  });
});

describe('addBytes', () => {
  it('adds up to the largest figure that can be counted', () => {
    const most = Number.MAX_SAFE_INTEGER;
    expect([addBytes(1, 2), addBytes(most - 1, 1), addBytes(most, 1), addBytes(most, most)]).toEqual([
      3,
      most,
      most,
      most,
    ]);
  });
});

describe('checkBytes', () => {
  it('hands back whole numbers from 0', () => {
    expect(checkBytes(0, 'usage')).toBe(0);
    expect(checkBytes(2 ** 53 - 1, 'usage')).toBe(2 ** 53 - 1);
  });

  it.each([[-1], [0.5], ['12'], [null], [undefined], [true], [Number.NaN], [Infinity], [2 ** 53], [[1]], [{}], [10n]])(
    'refuses %p and names the figure',
    (value) => {
      expect(catchCode(() => checkBytes(value, '"out" of service 7'))).toBe('invalid_bytes');
      expect(() => checkBytes(value, '"out" of service 7')).toThrow('"out" of service 7 is ');
    },
  );

  it('cuts long text short in its message', () => {
    expect(() => checkBytes('x'.repeat(5000), 'usage')).toThrow(expect.objectContaining({ code: 'invalid_bytes' }));
    try {
      checkBytes('x'.repeat(5000), 'usage');
    } catch (error) {
      expect((error as QuotaCoreError).message.length).toBeLessThan(200);
    }
  });
});

describe('gigabytesToBytes', () => {
  it.each([
    ['500', 500 * BYTES_PER_GB],
    ['1.5', 1.5 * BYTES_PER_GB],
    [250, 250 * BYTES_PER_GB],
    [0.5, BYTES_PER_GB / 2],
    ['0', 0],
    [' 10 ', 10 * BYTES_PER_GB],
    ['0.1', 107374182],
  ])('turns %p into bytes', (gb, expected) => {
    expect(gigabytesToBytes(gb)).toBe(expected);
  });

  it.each(['', '-1', '1e3', '10GB', '1,5', Number.NaN, Infinity, -1, '99999999999'])('refuses %p', (gb) => {
    expect(catchCode(() => gigabytesToBytes(gb))).toBe('invalid_size');
  });
});

describe('formatShare', () => {
  it.each([
    [0, 5, '0%'],
    [1, 1000, '<1%'],
    [1, 2 ** 53 - 1, '<1%'],
    [996, 1000, '99%'],
    [2 ** 53 - 2, 2 ** 53 - 1, '99%'],
    [0.29, 1, '29%'],
    [1 - 1e-16, 1, '99%'],
    ['0.01', '20.00', '<1%'],
    ['0.00', '20.00', '0%'],
    ['19.99', '20.00', '99%'],
    ['20.53', '20.00', '102%'],
    [829, 1000, '82%'],
    [29, 100, '29%'],
    [104, 100, '104%'],
    [9994, 1000, '999%'],
    [10, 1, 'over 999%'],
    [588_24, 100, 'over 999%'],
    [1, 0, '100%'],
    [0, 0, '100%'],
    ['0', '0.00', '100%'],
    [null, 5, null],
    [5, null, null],
  ])('%p of %p is %s', (used, allowed, share) => {
    expect(formatShare(used, allowed)).toBe(share);
  });

  it('is computed as a number by toPercent', () => {
    expect([toPercent(996, 1000), toPercent('1.00', '500.00'), toPercent(3, null)]).toEqual([99, 0.2, null]);
    expect(catchCode(() => toPercent('1,5', '2'))).toBe('invalid_money');
  });
});
