import { describe, expect, it } from '@jest/globals';
import { useBench } from '../bench/each-test.js';
import { startEasyDcimBench } from '../bench/easydcim-bench.js';
import { DAY, GB, MINUTE } from '../bench/engine-bench.js';
import { isAnythingDue } from './next-due.js';

/** What a line of 10 Mbit/s carries in both directions, in bytes per minute. */
const PER_MINUTE = 2_500_000 * 60;
/** `maxOvershoot`, and what the line carries in the floor. */
const BOUND = GB + PER_MINUTE;

/** Simulated from Sunday noon: over the end of a week, and the one of a day. */
const MINUTES = 36 * 60 + 60;

const limits = (day: string, week: string): string =>
  `limits: [{ id: daily, window: day, allowance: ${day}, action: disable-ports }, { id: weekly, window: week, allowance: ${week}, action: disable-ports }]`;
const MORE = `  wide: { panel: dcim, quota: 10TB, ${limits('500GB', '3TB')} }
  fair: { panel: dcim, quota: 120GB, ${limits('20GB', '50GB')} }
poll: { maxOvershoot: 1GB, ceiling: 6d, doubt: { jump: off } }`;

const at = useBench(() => startEasyDcimBench(MORE, { panelMore: ', lineSpeed: 10Mbit/s', random: () => 0 }));

interface Planned {
  reason: string;
  dueAt: string;
  about: unknown;
}

/** When a service is read next, after a run at this instant. */
async function plannedAt(instant: string, service = 'svc-1'): Promise<Planned> {
  at.bench.clock.set(Date.parse(instant));
  await at.poll({ due: true });
  const [row] = await at.bench.store.nextReadings.list({ panel: 'dcim', services: [service] });
  return { reason: row!.reason, dueAt: row!.dueAt, about: (row!.details as { about?: unknown }).about };
}

describe('limits of a day and of a week', () => {
  it('are read at the end of each of their windows, and a floor before', async () => {
    await at.addService(1, { product: 'wide' });
    const found: Planned[] = [await plannedAt('2026-11-20T12:00:00Z')];
    while (found.length < 8) found.push(await plannedAt(found.at(-1)!.dueAt));
    const moment = (dueAt: string, about: string): Planned => ({
      reason: 'moment',
      dueAt: `2026-11-${dueAt}.000Z`,
      about,
    });
    // 23 November is a Monday.
    expect(found).toEqual([
      moment('20T23:59:00', 'before-day-end'),
      moment('21T00:00:00', 'day-end'),
      moment('21T23:59:00', 'before-day-end'),
      moment('22T00:00:00', 'day-end'),
      moment('22T23:59:00', 'before-day-end'),
      moment('23T00:00:00', 'day-end'),
      moment('23T23:59:00', 'before-day-end'),
      moment('24T00:00:00', 'day-end'),
    ]);
  });

  it('bound the next reading by the smallest of what is left of them and of the quota', async () => {
    await at.addService(1, { product: 'fair' });
    const waitMs = (left: number): number => Math.floor(((left + 1) * GB * 60_000) / PER_MINUTE);
    const expected = (instant: string, left: number, about: string): Planned => ({
      ...{ reason: 'limit', about },
      dueAt: new Date(Date.parse(instant) + waitMs(left)).toISOString(),
    });
    const use = (gigabytes: number): void => {
      at.panel.addTraffic(501, { in: gigabytes * GB, out: 0 });
    };
    const first = '2026-11-20T12:00:00.000Z';
    expect(await plannedAt(first)).toEqual(expected(first, 20, 'daily'));
    // On Saturday 18 of 20 GB are left of the day, and 32 of the week.
    use(18);
    await plannedAt('2026-11-20T23:59:00.000Z');
    const second = '2026-11-21T01:00:00.000Z';
    use(2);
    expect(await plannedAt(second)).toEqual(expected(second, 18, 'daily'));
    use(16);
    await plannedAt('2026-11-21T23:59:00.000Z');
    const third = '2026-11-22T01:00:00.000Z';
    use(1);
    expect(await plannedAt(third)).toEqual(expected(third, 13, 'weekly'));
    // The week is new, and 4 of the quota are left: that it is used up is reported, before it may be exceeded by the tolerance.
    at.bench.clock.set(Date.parse('2026-11-23T00:00:00.000Z'));
    await at.sluice.overrides.set('svc-1', { quota: '41GB' });
    const fourth = '2026-11-23T01:00:00.000Z';
    const dueAt = new Date(Date.parse(fourth) + waitMs(3)).toISOString();
    expect(await plannedAt(fourth)).toEqual({ reason: 'report', about: null, dueAt });
  });

  it('are exceeded by nobody by more than the bound, while lines are used in full', async () => {
    at.bench.clock.set(Date.parse('2026-11-22T12:00:00Z'));
    for (const number of [1, 2, 3]) await at.addService(number, { product: 'fair' });
    const used = new Map<string, number>();
    const worst = new Map<string, number>();
    const allowed: Readonly<Record<string, number>> = { day: 20 * GB, week: 50 * GB, cycle: 120 * GB };
    const share = (number: number, minute: number): number =>
      number === 1 ? 1 : number === 2 ? (minute % 360 < 40 ? 1 : 0.02) : minute % 1440 > 1300 ? 1 : 0;
    let held = new Set<number>();
    let [holds, runs] = [0, 0];
    for (let minute = 0; minute < MINUTES; minute++) {
      if (minute === 0 || (await isAnythingDue(at.bench, 'dcim'))) {
        runs++;
        const { services } = await at.poll({ due: true });
        for (const { id, holds: open } of services) {
          const number = Number(id.slice(4));
          if (open.length > 0 && !held.has(number)) holds++;
          held = open.length > 0 ? held.add(number) : new Set([...held].filter((other) => other !== number));
        }
      }
      const now = at.bench.clock.now();
      const monday = Date.parse('2026-11-16T00:00:00Z');
      const windows = { day: Math.floor(now / DAY), week: Math.floor((now - monday) / (7 * DAY)), cycle: 0 };
      for (const number of [1, 2, 3]) {
        const bytes = held.has(number) ? 0 : Math.round(share(number, minute) * PER_MINUTE);
        if (bytes > 0) at.panel.addTraffic(500 + number, { in: bytes, out: 0 });
        for (const [window, index] of Object.entries(windows)) {
          const key = `${number}:${window}:${index}`;
          used.set(key, (used.get(key) ?? 0) + bytes);
          worst.set(window, Math.max(worst.get(window) ?? 0, used.get(key)! - allowed[window]!));
        }
      }
      at.bench.clock.advance(MINUTE);
    }
    // The minute before the end of a window counts in the next one.
    for (const over of worst.values()) expect(over).toBeLessThanOrEqual(BOUND + PER_MINUTE);
    expect(holds).toBeGreaterThanOrEqual(3);
    expect(runs).toBeLessThan(MINUTES / 5);
    expect((await at.sluice.standing()).exceeded).toEqual([]);
  }, 600_000);
});
