import type { RunView } from '@sluice/engine';
import type { Clock } from '@sluice/panel-kind';
import { DAILY_MS, type JobTiming, nextDue, previousDue } from './timing.js';

/** One job of a schedule. */
export interface ScheduledJob {
  name: string;
  timing: JobTiming;
  /** Returns the start of its last run as a whole, by any process, in milliseconds since 1970; null before the first. */
  lastStart: () => Promise<number | null>;
  /** Returns the same of each panel that it can be run on by itself; without it, it is run as a whole. */
  lastStarts?: () => Promise<ReadonlyMap<string, number | null>>;
  /** Runs it once, over this panel if one is named. `busy`: another run held the leases, and nothing was done. */
  run: (request?: JobRequest) => Promise<RunView['outcome']>;
}

/** What one run of a job is over, and what ends it. */
export interface JobRequest {
  panel?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Options of `startSchedule`. */
export interface ScheduleOptions {
  jobs: readonly ScheduledJob[];
  clock: Clock;
  /** Jitter, in [0, 1). */
  random: () => number;
  /** IANA zone of times of day. */
  timeZone: string;
  /** Receives what a job throws; the job runs again when it is due. */
  onError?: ((job: string, error: unknown) => void) | undefined;
}

/** A running schedule. */
export interface Schedule extends AsyncDisposable {
  /**
   * Goes on with these jobs in place of those before: each runs when it is due after its last run, at once where one was missed. A run
   * under way ends first, which keeps the job of its name waiting and no other.
   */
  change(jobs: readonly ScheduledJob[]): void;
  /** Starts no more runs, and waits for those under way. */
  stop(): Promise<void>;
}

/** A run that another one kept from its work is repeated after this time. */
const RETRY_MS = 60_000;
/** The clock is read this often, since a machine that sleeps stops timers. */
const GLANCE_MS = 30_000;
/** First runs are spread over this time. */
const JITTER_MS = 30_000;

/**
 * Runs each job when it is due, and never twice at once. What was missed while the machine was off or asleep runs once; a job
 * that fails stops neither itself nor the others.
 */
export function startSchedule(options: ScheduleOptions): Schedule {
  const loops = new Map<string, Promise<void>>();
  let isStopped = false;
  let ending = new AbortController();
  const change = (jobs: readonly ScheduledJob[]): void => {
    if (isStopped) return;
    ending.abort();
    ending = new AbortController();
    for (const job of jobs) loops.set(job.name, runJobAfter(loops.get(job.name), job, options, ending.signal));
  };
  const stop = async () => {
    isStopped = true;
    ending.abort();
    await Promise.all(loops.values());
  };
  change(options.jobs);
  return { change, stop, [Symbol.asyncDispose]: stop };
}

async function runJobAfter(
  before: Promise<void> | undefined,
  job: ScheduledJob,
  options: ScheduleOptions,
  signal: AbortSignal,
): Promise<void> {
  await before;
  await runJob(job, options, signal);
}

async function runJob(job: ScheduledJob, options: ScheduleOptions, signal: AbortSignal): Promise<void> {
  const { clock, timeZone } = options;
  const zoned = { timing: job.timing, timeZone };
  let due = await firstDue(job, options);
  while (await waitUntil(due, zoned, { clock, signal })) {
    const next = nextDue(zoned, Math.max(due, clock.now()), due);
    const outcome = await runOnce(job, options);
    const now = clock.now();
    due = outcome === 'busy' && now + RETRY_MS < next ? now + RETRY_MS : nextDue(zoned, now, due);
  }
}

/** Returns when a job runs for the first time: soon, if a run was missed or there was none. */
async function firstDue(job: ScheduledJob, { clock, random, timeZone, onError }: ScheduleOptions): Promise<number> {
  const { timing } = job;
  const last = await job.lastStart().catch((error: unknown) => {
    onError?.(job.name, error);
    return null;
  });
  const now = clock.now();
  const soon = now + random() * JITTER_MS;
  if ('everyMs' in timing) return last === null || last > now ? soon : Math.max(soon, last + timing.everyMs);
  const zoned = { timing, timeZone };
  return last === null || last < previousDue(zoned, now) ? soon : nextDue(zoned, now, now);
}

/** Waits until an instant; returns false when the schedule is stopped. After the clock was set back, waits one interval at most. */
async function waitUntil(
  due: number,
  zoned: { timing: JobTiming; timeZone: string },
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<boolean> {
  const longest = 'everyMs' in zoned.timing ? zoned.timing.everyMs + JITTER_MS : DAILY_MS;
  let until = due;
  for (;;) {
    if (signal.aborted) return false;
    const now = clock.now();
    if (now >= until) return true;
    if (until - now > longest) until = nextDue(zoned, now, now);
    await clock.sleep(Math.min(until - now, GLANCE_MS), signal);
  }
}

async function runOnce(job: ScheduledJob, { onError }: ScheduleOptions): Promise<RunView['outcome']> {
  try {
    return await job.run();
  } catch (error) {
    if ((error as { kind?: unknown }).kind === 'busy') return 'busy';
    onError?.(job.name, error);
    return 'failed';
  }
}
