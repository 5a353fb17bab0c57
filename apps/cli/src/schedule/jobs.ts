import { createHash } from 'node:crypto';
import type { PanelKind } from '@sluice/panel-kind';
import type { Config } from '../config/load.js';

/** When a job runs, in the machine's local time. */
export type Timing =
  /** Every so many minutes, counted from `offset` minutes past midnight; a divisor of the hour or of the day. */
  { kind: 'every'; minutes: number; offset: number } | { kind: 'daily'; hour: number; minute: number };

/** One command that the machine runs by itself. */
export interface Job {
  name: 'poll' | 'reconcile' | 'agent-check';
  description: string;
  /** Behind `sluice`. */
  words: string[];
  timing: Timing;
}

/** Intervals in minutes that cron can keep over the end of an hour and of a day. */
const REGULAR = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];
/** Early hours, without the one that may be missing or come twice when the clocks change. */
const HOURS = [1, 3, 4, 5];
/** Runs that work on the same panels get this many minutes before the next begins. */
const DISTANCE = 5;

/** The longest regular interval, in minutes, that is no longer than this. */
export function regularMinutes(intervalMs: number): number {
  return REGULAR.findLast((minutes) => minutes * 60_000 <= intervalMs) ?? 1;
}

/**
 * What should run by itself under this config. The daily run's time follows from the host name, so that many
 * installations do not all run at once, and lies between two polls. `has` tells which commands there are.
 */
export function scheduledJobs(
  config: Config,
  host: string,
  { has, kinds }: { has: (words: string[]) => boolean; kinds: readonly PanelKind[] },
): Job[] {
  const hasAgents = Object.values(config.panels).some(({ kind }) =>
    kinds.some((known) => known.kind === kind && known.capabilities.includes('agents')),
  );
  const interval = regularMinutes(config.poll.interval);
  const daily = dailyTime(host, interval);
  const jobs: Job[] = [
    {
      name: 'poll',
      description: 'read usage, decide, enforce',
      words: ['poll', '--quiet'],
      timing: { kind: 'every', minutes: interval, offset: 0 },
    },
    {
      name: 'reconcile',
      description: 'drift, cycle rollover, actions in doubt, retention, backup',
      words: ['reconcile', '--quiet'],
      timing: daily,
    },
  ];
  if (hasAgents && has(['agent', 'check'])) {
    jobs.push({
      name: 'agent-check',
      description: "agents' limits",
      words: ['agent', 'check', '--all', '--quiet'],
      // Beside the polls, which take the same panels.
      timing: { kind: 'every', minutes: 5, offset: 2 },
    });
  }
  return jobs;
}

/** A time of day that stays the same for a host: not at a poll or an agent check, nor shortly before a poll. */
function dailyTime(host: string, interval: number): Extract<Timing, { kind: 'daily' }> {
  const all = Array.from({ length: 60 }, (_, minute) => minute).filter((minute) => minute % 5 === 4);
  const between = all.filter((minute) => minute % interval !== 0 && interval - (minute % interval) >= DISTANCE);
  const minutes = between.length > 0 ? between : all;
  const slot = createHash('sha256').update(host).digest().readUInt32BE() % (HOURS.length * minutes.length);
  return {
    kind: 'daily',
    hour: HOURS[Math.floor(slot / minutes.length)] ?? 3,
    minute: minutes[slot % minutes.length] ?? 4,
  };
}
