import { describe, expect, it } from '@jest/globals';
import { listDue } from './due.js';
import type { ScheduledJob } from './schedule/run-schedule.js';

const MINUTE = 60_000;
const at = (text: string): number => Date.parse(`2026-11-${text}Z`);

const toInstant = (text: string | null | undefined): number | null => (text == null ? null : at(text));

/** A job whose runs began at these instants, by panel. */
function job(timing: ScheduledJob['timing'], started: Record<string, string | null>): ScheduledJob {
  const panels = Object.keys(started).filter((panel) => panel !== '');
  return {
    name: 'poll',
    timing,
    lastStart: () => Promise.resolve(toInstant(started[''])),
    ...(panels.length > 0 && {
      lastStarts: () => Promise.resolve(new Map(panels.map((panel) => [panel, toInstant(started[panel])]))),
    }),
    run: () => Promise.resolve('done'),
  };
}

const due = async (jobs: ScheduledJob[], now: string, timeZone = 'UTC') =>
  (await listDue(jobs, { now: at(now), timeZone })).map(({ panel }) => panel);

describe('listDue', () => {
  const every = { everyMs: 15 * MINUTE };

  it('lists each panel an interval after its own last run, and one without any at once', async () => {
    const jobs = [job(every, { p1: '20T12:00:05', p2: '20T12:05:00', p3: null })];
    expect(await due(jobs, '20T12:15:00')).toEqual(['p1', 'p3']);
    expect(await due(jobs, '20T12:14:00')).toEqual(['p3']);
  });

  it('lists once what was missed, and a run that is in the future', async () => {
    expect(await due([job(every, { '': '19T12:00:00' })], '20T12:00:00')).toEqual([null]);
    expect(await due([job(every, { '': '20T13:00:00' })], '20T12:00:00')).toEqual([null]);
  });

  it('lists a daily job from its time of day on, in the time zone of the operator', async () => {
    const daily = [job({ at: '04:17' }, { '': '19T12:00:00' })];
    expect(await due(daily, '20T04:16:59')).toEqual([]);
    expect(await due(daily, '20T04:17:00')).toEqual([null]);
    expect(await due(daily, '20T00:46:59', 'Asia/Tehran')).toEqual([]);
    expect(await due(daily, '20T00:47:00', 'Asia/Tehran')).toEqual([null]);
    expect(await due([job({ at: '04:17' }, { '': '20T04:17:01' })], '20T23:00:00')).toEqual([]);
  });
});
