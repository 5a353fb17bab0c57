import { expect, it } from '@jest/globals';
import { parseSpeed } from './index.js';

it('reads the speed of a line into bytes per second, and nothing else', () => {
  expect(['8kbit/s', '100Mbit/s', '1 Gbit', '2.5Gbps', '1Tbit/s'].map(parseSpeed)).toEqual([
    1000, 12_500_000, 125_000_000, 312_500_000, 125_000_000_000,
  ]);
  for (const text of ['', '100', '100Mb', '-1Gbit/s', '0Mbit/s', '1GB/s', '1gbit/s'])
    expect(() => parseSpeed(text)).toThrow('is not a speed');
});
