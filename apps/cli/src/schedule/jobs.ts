import { createHash } from 'node:crypto';
import type { PanelKind } from '@sluice/panel-kind';
import type { Config } from '../config/load.js';

/** When a job runs, in the machine's local time. */
export type Timing =
  /** Every so many minutes, counted from `offset` minutes past midnight; a divisor of the hour or of the day. */
  { kind: 'every'; minutes: number; offset: number } | { kind: 'daily'; hour: number; minute: number };

/** One scheduled command. */
export interface Job {
  name: 'poll' | 'reconcile' | 'agent-check' | 'call-bill';
  description: string;
  /** Arguments after `sluice`. */
  args: string[];
  timing: Timing;
}

/** Intervals in minutes that divide the hour or the day evenly, as cron needs. */
const REGULAR = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440];
/** Early hours, except 2: it may be missing or repeated when the clocks change. */
const HOURS = [1, 3, 4, 5];
/** Minutes between runs on the same panels. */
const DISTANCE = 5;

/** Returns the longest regular interval, in minutes, that is not longer than this. */
export function regularMinutes(intervalMs: number): number {
  return REGULAR.findLast((minutes) => minutes * 60_000 <= intervalMs) ?? 1;
}

/**
 * Returns the jobs for a config. The time of the daily run depends on the host name, so that many installations do not
 * all run at once, and is between two polls. `has` reports whether a command exists.
 */
export function scheduledJobs(
  config: Config,
  host: string,
  { has, kinds }: { has: (args: string[]) => boolean; kinds: readonly PanelKind[] },
): Job[] {
  const hasPanel = (capability: 'agents' | 'calls'): boolean =>
    Object.values(config.panels).some(({ kind }) =>
      kinds.some((known) => known.kind === kind && known.capabilities.includes(capability)),
    );
  const interval = regularMinutes(config.poll.interval);
  const daily = dailyTime(host, interval);
  const jobs: Job[] = [
    {
      name: 'poll',
      description: 'read usage, decide, enforce',
      args: ['poll', '--quiet'],
      timing: { kind: 'every', minutes: interval, offset: 0 },
    },
    {
      name: 'reconcile',
      description: 'repair drift, roll over cycles, resolve actions in doubt, prune old records, back up the store',
      args: ['reconcile', '--quiet'],
      timing: daily,
    },
  ];
  if (hasPanel('agents') && has(['agent', 'check'])) {
    jobs.push({
      name: 'agent-check',
      description: 'enforce the limits of agents',
      args: ['agent', 'check', '--all', '--quiet'],
      // Between the polls, which work on the same panels.
      timing: { kind: 'every', minutes: 5, offset: 2 },
    });
  }
  if (hasPanel('calls') && has(['call', 'bill'])) {
    jobs.push({
      name: 'call-bill',
      description: 'add calls of closed periods to invoices',
      args: ['call', 'bill', '--quiet'],
      timing: { kind: 'every', minutes: 5, offset: 3 },
    });
  }
  return jobs;
}

/** Returns the host's time of day: not at a poll or an agent check, and not shortly before a poll. */
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
