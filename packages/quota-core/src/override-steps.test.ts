import { expect, it } from '@jest/globals';
import { overrideSteps } from './override-steps.js';

const day = (n: number): string => new Date(Date.UTC(2026, 10, n)).toISOString();
const span = (since: number, until: number | null, quotaBytes: number | null, unlimited = false) => ({
  ...{ since: day(since), until: until === null ? null : day(until), quotaBytes, unlimited },
});
const paid = [
  { at: day(4), bytes: 10 },
  { at: day(12), bytes: 20 },
];
const steps = (allowedBytes: number, ...overrides: ReturnType<typeof span>[]) =>
  overrideSteps({ start: day(1), allowedBytes, paid }, overrides).map(({ at, bytes }) => [at, bytes]);

it('an override that is older than the time changes nothing in it', () => {
  const whole = [
    [day(1), 100],
    [day(4), 110],
    [day(12), 130],
  ];
  expect(steps(130)).toEqual(whole);
  expect(steps(130, span(-9, null, 100))).toEqual(whole);
  // One of the mode alone says nothing of the quota.
  expect(steps(130, span(5, null, null))).toEqual(whole);
});

it('what was allowed before an override is not known, unless another one stated it', () => {
  expect(steps(530, span(8, null, 500))).toEqual([
    [day(8), 510],
    [day(12), 530],
  ]);
  expect(steps(530, span(-2, 8, 200), span(8, null, 500))).toEqual([
    [day(1), 200],
    [day(4), 210],
    [day(8), 510],
    [day(12), 530],
  ]);
  expect(steps(530, span(-2, 8, null, true), span(8, null, 500))[0]).toEqual([day(8), 510]);
});

it('an override that ended is known back to its begin', () => {
  expect(steps(130, span(3, 8, 300))).toEqual([
    [day(3), 300],
    [day(4), 310],
    [day(8), 110],
    [day(12), 130],
  ]);
  // Between both nothing stated the quota.
  expect(steps(130, span(2, 3, 300), span(6, 8, 300))[0]).toEqual([day(6), 310]);
});
