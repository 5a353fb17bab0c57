import { expect, it } from '@jest/globals';
import {
  beginWindowCount,
  type CycleReading,
  rebaseWindowCount,
  stepWindowCount,
  usageInWindow,
  type UsageBytes,
} from './index.js';

const at = (hour: number, totalBytes: number, cycle = 'c1'): CycleReading => ({
  ...{ cycle, cycleStart: '2026-03-01T00:00:00.000Z', cycleEnd: '2026-04-01T00:00:00.000Z' },
  ...{ at: new Date(Date.UTC(2026, 2, 10, hour)).toISOString(), inBytes: null, outBytes: null, totalBytes },
});
const total = (totalBytes: number | null): UsageBytes => ({ inBytes: null, outBytes: null, totalBytes });
const counted = [at(2, 760), at(3, 10)].reduce(stepWindowCount, beginWindowCount(at(0, 700).at, at(0, 700)));

it.each([
  ['what was shown before the fall', total(60), 75],
  ['what is known of it', total(null), 15],
])('a window whose figures fell for good counts on from %s', (_what, shown, used) => {
  const rebased = rebaseWindowCount(counted, at(4, 10), { most: shown, highest: total(760) });
  expect(usageInWindow(stepWindowCount(rebased, at(5, 25)))?.totalBytes).toBe(used);
});

it('a reading of another cycle begins nothing again', () => {
  expect(rebaseWindowCount(counted, at(4, 10, 'c2'), { most: total(60), highest: total(760) })).toEqual(counted);
});

it('what comes back at once of the figures before the fall is not counted again', () => {
  const rebased = rebaseWindowCount(counted, at(4, 10), { most: total(60), highest: total(760) });
  const back = stepWindowCount(rebased, at(5, 760));
  expect([back, stepWindowCount(back, at(6, 765))].map((count) => usageInWindow(count)?.totalBytes)).toEqual([60, 65]);
});
