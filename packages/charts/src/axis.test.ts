import { describe, expect, it } from '@jest/globals';
import { byteAxis, moneyAxis, plainAxis } from './axis.js';

const GB = 1024 ** 3;
const labels = (figures: number[]): string[] => plainAxis(figures, 5, '').ticks.map((tick) => tick.label);

describe('an axis', () => {
  it('has marks at round figures, from zero to above the highest', () => {
    expect(labels([3, 97])).toEqual(['0', '20', '40', '60', '80', '100']);
    expect(labels([0.3, 1.7])).toEqual(['0.0', '0.5', '1.0', '1.5', '2.0']);
    expect(labels([0.003, 0.0001])).toEqual(['0.0000', '0.0005', '0.0010', '0.0015', '0.0020', '0.0025', '0.0030']);
  });

  it('begins at zero also where the figures lie close together far above it', () => {
    expect(labels([981, 1003])).toEqual(['0', '200', '400', '600', '800', '1000', '1200']);
  });

  it('goes below zero for figures that do', () => {
    expect(plainAxis([-3, 2], 5, '')).toMatchObject({ min: -3, max: 2 });
  });

  it('is there without figures, with nothing but zero, and with one figure only', () => {
    expect(plainAxis([], 5, 'x')).toMatchObject({ min: 0, max: 1, unit: 'x' });
    expect(plainAxis([0], 5, '')).toMatchObject({ min: 0, max: 1 });
    for (const axis of [plainAxis([], 5, ''), byteAxis([0, 0], 5), moneyAxis([0], 5, 'EUR')])
      expect(axis.ticks).toEqual([{ value: 0, label: '0' }]);
    expect(plainAxis([7], 5, '')).toMatchObject({ min: 0, max: 7 });
  });

  it('states bytes in the unit that fits the highest', () => {
    expect(byteAxis([0, 8 * GB], 4)).toEqual({
      min: 0,
      max: 8 * GB,
      unit: 'GB',
      ticks: [0, 2, 4, 6, 8].map((figure) => ({ value: figure * GB, label: String(figure) })),
    });
    expect(byteAxis([900], 4).unit).toBe('B');
    expect(byteAxis([2000 * GB], 4).unit).toBe('TB');
    expect(byteAxis([Number.MAX_SAFE_INTEGER], 4)).toMatchObject({ unit: 'PB', max: 8 * 1024 ** 5 });
  });
});
