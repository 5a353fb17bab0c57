import { expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { GB, MINUTE } from '../bench/engine-bench.js';
import { isAnythingDue } from './next-due.js';

/** Minutes that are simulated, with a run in each. */
const MINUTES = process.env['SLUICE_LONG'] === '1' ? 30 * 24 * 60 : 240;
/** One of so many runs is made although nothing is due. */
const EMPTY_RUNS = process.env['SLUICE_LONG'] === '1' ? 10 : 1;
/** What a line of 100 Mbit/s carries in both directions, in bytes per minute. */
const PER_MINUTE = 25_000_000 * 60;
const QUOTA = 100 * GB;
/** `maxOvershoot`, and what the line carries in the floor. */
const BOUND = GB + PER_MINUTE;

const at = useBench(() =>
  startEasyDcimBench('poll: { maxOvershoot: 1GB, doubt: { jump: off } }', {
    panelMore: ', lineSpeed: 100Mbit/s',
    random: () => 0.5,
  }),
);

/** The share of the line that a service uses in a minute: a burst, nothing, a steady share, quiet nights, and a service that comes later. */
function toShare(number: number, minute: number): number {
  if (number === 1) return minute > 70 ? 1 : 0.01;
  if (number === 2) return 0;
  if (number === 3) return 0.02;
  if (number === 4) return minute % 1440 < 720 ? 0.05 : 0;
  return minute > 100 && minute % 60 < 20 ? 1 : 0;
}

it('makes at most a fifth of the calls of a poll of all with the same bound, and holds each service within it', async () => {
  for (const number of [1, 2, 3, 4]) await at.addService(number);
  const used = new Map<number, number>();
  const held = new Map<number, number>();
  let [calls, serviceMinutes] = [0, 0];
  for (let minute = 0; minute < MINUTES; minute++) {
    if (minute === 30) await at.addService(5);
    // A run with nothing due makes no call: of the long form, only each tenth of these is made.
    const isRun = minute === 0 || minute === 30 || minute % EMPTY_RUNS === 0 || (await isAnythingDue(at.bench, 'dcim'));
    const report = isRun ? await at.poll({ due: true }) : null;
    calls += report?.totals.read ?? 0;
    for (const { id, holds } of report?.services ?? []) {
      const number = Number(id.slice(4));
      if (holds.length > 0 && !held.has(number)) held.set(number, (used.get(number) ?? 0) - QUOTA);
    }
    for (const number of minute < 30 ? [1, 2, 3, 4] : [1, 2, 3, 4, 5]) {
      serviceMinutes++;
      if (held.has(number)) continue;
      const bytes = Math.round(toShare(number, minute) * PER_MINUTE);
      used.set(number, (used.get(number) ?? 0) + bytes);
      if (bytes > 0) at.panel.addTraffic(500 + number, { in: Math.floor(bytes / 2), out: Math.ceil(bytes / 2) });
    }
    at.bench.clock.advance(MINUTE);
  }
  expect(held.has(1)).toBe(true);
  expect([...held.values()].filter((over) => over > BOUND)).toEqual([]);
  expect([...used].filter(([number, bytes]) => !held.has(number) && bytes > QUOTA + BOUND)).toEqual([]);
  const fixed = (serviceMinutes * MINUTE) / ((BOUND / PER_MINUTE) * MINUTE);
  expect(calls).toBeLessThan(fixed / 5);
  expect((await at.sluice.standing()).exceeded).toEqual([]);
}, 3_600_000);
