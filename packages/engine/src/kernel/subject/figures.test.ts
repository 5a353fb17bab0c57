import { expect, it } from '@jest/globals';
import type { CycleRecord } from '@sluice/state-store';
import { findHighest, withAccepted, withHighest } from './figures.js';

const toCycle = (totalBytes: number, peakTotalBytes: number | null, counter: unknown = null): CycleRecord => ({
  ...{ id: 'cyc-1', service: 'svc-1', start: '', end: '', openedAt: '', closedAt: null, readAt: '', counter },
  ...{ inBytes: null, outBytes: null, totalBytes, allowance: null, thresholds: [] },
  ...{ peakInBytes: null, peakOutBytes: null, peakTotalBytes },
});
const peaks = (peakTotalBytes: number) => ({ peakInBytes: null, peakOutBytes: null, peakTotalBytes });
const accepted = withAccepted(toCycle(1, 50, { portSpeeds: {} }), {
  ...{ at: '2026-11-20T12:00:00.000Z', inBytes: null, outBytes: null, totalBytes: 1 },
});

it('readings are compared with the figures that were accepted, and holds from before with the peaks', () => {
  expect(findHighest(accepted).totalBytes).toBe(1);
  expect(findHighest(accepted, { since: '2026-11-20T13:00:00.000Z' }).totalBytes).toBe(1);
  expect(findHighest(accepted, { since: '2026-11-20T11:00:00.000Z' }).totalBytes).toBe(50);
});

it('they rise with later readings, and end once these reach the peaks', () => {
  const counter = withHighest({ ...accepted, totalBytes: 20 }, peaks(50));
  expect(findHighest(toCycle(20, 50, counter)).totalBytes).toBe(20);
  expect(findHighest(toCycle(15, 50, withHighest(toCycle(15, 50, counter), peaks(50)))).totalBytes).toBe(20);
  expect(withHighest(toCycle(60, 50, counter), peaks(60))).toEqual({ portSpeeds: {} });
});

it('they begin again where the peaks do, as in another cycle', () => {
  const next = toCycle(3, null, accepted.counter);
  expect(findHighest(next).totalBytes).toBeNull();
  expect(withHighest(next, peaks(3))).toEqual({ portSpeeds: {} });
});

it('a counter is stored as it is', () => {
  const counter = { lastIn: 1, lastOut: 0, usedIn: 1, usedOut: 0, at: '2026-11-20T12:00:00.000Z' };
  const cycle = toCycle(1, 50, counter);
  expect(withAccepted(cycle, { at: counter.at, inBytes: 1, outBytes: 0, totalBytes: 1 })).toBe(cycle);
});
