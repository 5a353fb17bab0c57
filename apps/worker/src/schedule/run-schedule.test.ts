import { afterEach, describe, expect, it } from '@jest/globals';
import { type VirtualClock, virtualClock } from '../test/virtual-clock.js';
import { type Schedule, type ScheduledJob, startSchedule } from './run-schedule.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

let schedule: Schedule | undefined;
afterEach(async () => {
  await schedule?.stop();
  schedule = undefined;
});

/** A schedule of these jobs; each notes the local times of its starts. */
function start(clock: VirtualClock, jobs: readonly Partial<ScheduledJob>[], timeZone = 'UTC') {
  const starts: string[] = [];
  const errors: string[] = [];
  const noting = (job: Partial<ScheduledJob>): ScheduledJob => {
    const { name = 'poll', timing = { everyMs: 15 * MINUTE }, lastStart, run } = job;
    return {
      name,
      timing,
      lastStart: lastStart ?? (() => Promise.resolve(null)),
      run: () => {
        starts.push(`${name} ${new Date(clock.now()).toISOString().slice(8, 16)}`);
        return run?.() ?? Promise.resolve('done');
      },
    };
  };
  const started = startSchedule({
    jobs: jobs.map(noting),
    clock,
    random: () => 0,
    timeZone,
    onError: (job, error) => errors.push(`${job}: ${(error as Error).message}`),
  });
  schedule = started;
  const change = (changed: readonly Partial<ScheduledJob>[]): void => {
    started.change(changed.map(noting));
  };
  return { starts, errors, change };
}

describe('the schedule', () => {
  it('runs a job at once and then at its interval, after a restart only when it is due', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const { starts } = start(clock, [
      {},
      { name: 'agents', lastStart: () => Promise.resolve(clock.now() - 10 * MINUTE) },
    ]);
    await clock.pass(31 * MINUTE);
    expect(starts).toEqual(['poll 20T12:00', 'agents 20T12:05', 'poll 20T12:15', 'agents 20T12:20', 'poll 20T12:30']);
  });

  it('never runs a job twice at once, and skips what passed meanwhile', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const lengths = [40 * MINUTE];
    const { starts } = start(clock, [
      { run: () => clock.sleep(lengths.pop() ?? 0).then(() => 'done') },
      { name: 'agents', timing: { everyMs: 30 * MINUTE } },
    ]);
    await clock.pass(50 * MINUTE);
    expect(starts).toEqual(['poll 20T12:00', 'agents 20T12:00', 'agents 20T12:30', 'poll 20T12:45']);
  });

  it('goes on after a failure, of this job and of the others', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const { starts, errors } = start(clock, [
      { run: () => Promise.reject(new Error('store full')) },
      { name: 'agents', lastStart: () => Promise.reject(new Error('unreadable')) },
    ]);
    await clock.pass(16 * MINUTE);
    expect(starts).toEqual(['poll 20T12:00', 'agents 20T12:00', 'poll 20T12:15', 'agents 20T12:15']);
    expect(errors).toEqual(['agents: unreadable', 'poll: store full', 'poll: store full']);
  });

  it('repeats a run that was busy a minute later', async () => {
    const clock = virtualClock('2026-11-20T04:00:00Z');
    const outcomes = [Object.assign(new Error('held'), { kind: 'busy' }), 'busy', 'done'];
    const { starts, errors } = start(clock, [
      {
        name: 'reconcile',
        timing: { at: '04:17' },
        lastStart: () => Promise.resolve(Date.parse('2026-11-19T04:17:00Z')),
        run: () => {
          const outcome = outcomes.shift() ?? 'done';
          return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome as 'done');
        },
      },
    ]);
    await clock.pass(25 * HOUR);
    expect(starts).toEqual(['20T04:17', '20T04:18', '20T04:19', '21T04:17'].map((at) => `reconcile ${at}`));
    expect(errors).toEqual([]);
  });

  it('runs once what was missed while the machine slept or was off', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const { starts } = start(clock, [
      {},
      {
        name: 'reconcile',
        timing: { at: '04:17' },
        lastStart: () => Promise.resolve(Date.parse('2026-11-18T04:17:00Z')),
      },
    ]);
    await clock.pass(MINUTE);
    expect(starts).toEqual(['poll 20T12:00', 'reconcile 20T12:00']);
    clock.jump(30 * HOUR);
    await clock.pass(MINUTE);
    expect(starts.slice(2).sort()).toEqual(['poll 21T18:01', 'reconcile 21T18:01']);
  });

  it('waits no longer than an interval after the clock was set back', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const { starts } = start(clock, [{}]);
    await clock.pass(MINUTE);
    clock.jump(-48 * HOUR);
    await clock.pass(16 * MINUTE);
    expect(starts).toHaveLength(2);
  });

  it('keeps a local time of day when the clocks change', async () => {
    const clock = virtualClock('2026-10-24T12:00:00Z');
    const { starts } = start(clock, [{ name: 'reconcile', timing: { at: '04:17' } }], 'Europe/Berlin');
    await clock.pass(48 * HOUR);
    // The first one at once, since there was none before.
    expect(starts).toEqual(['reconcile 24T12:00', 'reconcile 25T03:17', 'reconcile 26T03:17']);
  });

  it('waits for the run under way when it is stopped, and starts no other', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    let end: () => void = () => undefined;
    const { starts } = start(clock, [
      {
        run: () =>
          new Promise(
            (resolve) =>
              (end = () => {
                resolve('terminated');
              }),
          ),
      },
    ]);
    await clock.pass(0);
    let isStopped = false;
    const stopped = schedule?.stop().then(() => (isStopped = true));
    await clock.pass(HOUR);
    expect([isStopped, starts.length]).toEqual([false, 1]);
    end();
    await stopped;
    await clock.pass(HOUR);
    expect(starts).toHaveLength(1);
  });

  it('goes on with changed jobs at once; what is under way keeps its own job waiting alone', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const lengths = [40 * MINUTE];
    const sync = { name: 'sync', run: () => clock.sleep(lengths.pop() ?? 0).then(() => 'done' as const) };
    const { starts, change } = start(clock, [{}, sync, { name: 'agents' }]);
    await clock.pass(5 * MINUTE);
    const recent = () => Promise.resolve(Date.parse('2026-11-20T12:00:00Z'));
    change([
      { timing: { everyMs: 10 * MINUTE }, lastStart: recent },
      { ...sync, timing: { everyMs: HOUR }, lastStart: recent },
    ]);
    await clock.pass(70 * MINUTE);
    const polls = ['10', '20', '30', '40', '50'].map((minute) => `poll 20T12:${minute}`);
    const later = ['poll 20T13:00', 'poll 20T13:10', 'sync 20T13:00'];
    expect(starts.toSorted()).toEqual(
      ['agents 20T12:00', 'poll 20T12:00', ...polls, ...later, 'sync 20T12:00'].toSorted(),
    );
  });

  it('runs at once what was missed until the jobs are changed, and nothing once it is stopped', async () => {
    const clock = virtualClock('2026-11-20T12:00:00Z');
    const daily = { name: 'reconcile', timing: { at: '04:17' } };
    const { starts, change } = start(clock, [daily]);
    await clock.pass(18 * HOUR);
    change([{ ...daily, lastStart: () => Promise.resolve(Date.parse('2026-11-20T12:00:00Z')) }]);
    await clock.pass(HOUR);
    expect(starts).toEqual(['reconcile 20T12:00', 'reconcile 21T04:17', 'reconcile 21T06:00']);
    await schedule?.stop();
    change([{}]);
    await clock.pass(HOUR);
    expect(starts).toHaveLength(3);
  });
});
