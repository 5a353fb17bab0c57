import { createHash } from 'node:crypto';
import type { Config } from '@sluice/config-file';
import { scheduledCommands, type ScheduledCommand, type ScheduledKinds } from '@sluice/engine';

/** When a job runs, in the machine's local time. */
export type Timing =
  /** Every so many minutes, counted from `offset` minutes past midnight; a divisor of the hour or of the day. */
  { kind: 'every'; minutes: number; offset: number } | { kind: 'daily'; hour: number; minute: number };

/** One scheduled command. */
export interface Job {
  /** A name for files, such as `agent-check`. */
  name: string;
  /** Its name in the log. */
  command: ScheduledCommand['command'];
  description: string;
  /** Whether it is a poll of what is due only. */
  due?: boolean;
  /** Interval by the config in milliseconds; `timing` has the nearest one that a calendar has. */
  intervalMs: number;
  timing: Timing;
}

/** Intervals in minutes that divide the hour or the day evenly, as cron needs. */
const REGULAR = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];
/** Early hours, except 2: it may be missing or repeated when the clocks change. */
const HOURS = [1, 3, 4, 5];
/** Minutes between runs on the same panels. */
const DISTANCE = 5;

/** What is run, and the minutes between a poll and the run: all of them work on the same panels. */
const JOBS: Record<Job['command'], { description: string; after: number }> = {
  poll: { description: 'read usage, decide, enforce', after: 0 },
  reconcile: {
    description: 'repair drift, roll over cycles, resolve actions in doubt, prune old records, back up the store',
    after: 4,
  },
  'agent check': { description: 'enforce the limits of agents', after: 2 },
  'call bill': { description: 'add calls of closed periods to invoices', after: 3 },
  'service sync': { description: 'store what the billing system changed, before the next poll', after: 11 },
};

/** Returns the longest regular interval, in minutes, that is not longer than this. */
export function regularMinutes(intervalMs: number): number {
  return REGULAR.findLast((minutes) => minutes * 60_000 <= intervalMs) ?? 1;
}

/**
 * Returns the jobs for a config. Their minutes depend on the name of the host, so that many installations do not all run at
 * once; the daily run is between two polls.
 */
export function scheduledJobs(config: Config, host: string, known: ScheduledKinds): Job[] {
  const { offset, daily } = placeRuns(config, host);
  return scheduledCommands(config, known).map(({ command, intervalMs, due = false }) => {
    const { after, description } = JOBS[command];
    const minutes = regularMinutes(intervalMs);
    const timing: Timing =
      command === 'reconcile'
        ? { kind: 'daily', ...daily }
        : { kind: 'every', minutes, offset: (offset + after) % Math.min(minutes, 60) };
    return { name: command.replace(' ', '-'), command, description, intervalMs, timing, ...(due && { due }) };
  });
}

/** Returns the first minute of polls, and the time of the daily run. */
function placeRuns(
  { poll, schedule }: Config,
  host: string,
): { offset: number; daily: { hour: number; minute: number } } {
  const span = Math.min(regularMinutes(poll.maxOvershoot === undefined ? poll.interval : poll.floor), 60);
  const number = createHash('sha256').update(host).digest().readUInt32BE();
  if (schedule.reconcile !== undefined) {
    const [hour = 0, minute = 0] = schedule.reconcile.split(':').map(Number);
    const offset = pick(upTo(span), (each) => isBetween(minute, each, span), number);
    return { offset, daily: { hour, minute } };
  }
  const offset = number % span;
  const slot = Math.floor(number / span);
  const minute = pick(upTo(60), (each) => isBetween(each, offset, span), Math.floor(slot / HOURS.length));
  return { offset, daily: { hour: HOURS[slot % HOURS.length] ?? 3, minute } };
}

const upTo = (end: number): number[] => Array.from({ length: end }, (_, each) => each);

/** Returns one of the numbers that fit; of all where none does. */
function pick(numbers: readonly number[], fits: (each: number) => boolean, slot: number): number {
  const fitting = numbers.filter(fits);
  const chosen = fitting.length > 0 ? fitting : numbers;
  return chosen[slot % chosen.length] ?? 0;
}

/** Whether a minute of the hour is that of no other run, and not shortly before a poll. */
function isBetween(minute: number, offset: number, span: number): boolean {
  const past = minute - offset + 60;
  const left = span - (past % span);
  const isOwn = past % DISTANCE === JOBS.reconcile.after;
  return isOwn && (span <= DISTANCE || left >= DISTANCE) && (past % span !== 0 || span === 1);
}
