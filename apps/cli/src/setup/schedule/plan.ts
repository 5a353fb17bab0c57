import { type Config, privateFolder, secretReferences } from '@sluice/config-file';
import type { BillingKind } from '@sluice/contract/ports';
import { listCallPanels } from '@sluice/engine';
import { describeUnbilled } from '@sluice/engine/words';
import type { PanelKind } from '@sluice/panel-kind';
import { type Job, regularMinutes, scheduledJobs } from './jobs.js';

/** A job with its whole command line. */
export interface PlannedJob extends Job {
  /** Program and arguments. */
  invocation: string[];
}

/** What crontab lines and systemd units are written from. */
export interface SchedulePlan {
  /** Path of the config. */
  config: string;
  jobs: PlannedJob[];
  /** Program and arguments of the server, and the secrets that it needs; null where it has no unit. */
  server: { invocation: string[]; secrets: SchedulePlan['secrets'] } | null;
  /** Folder of the state file and of private files, which the runs write to. */
  stateFolder: string;
  /** User that runs the commands; null for an unknown one. */
  user: string | null;
  /** Environment variables and systemd credentials that the config names. */
  secrets: { env: string[]; credential: string[] };
  /** Remarks for the operator, one sentence each. */
  remarks: string[];
}

/** One entry of a schedule, for people and documents. */
export interface ScheduleEntry {
  name: string;
  when: string;
  command: string;
}

/** A planned change of the machine's schedule. */
export interface Installation {
  entries: ScheduleEntry[];
  /** What would be changed, for people; empty where all is as it should be. */
  changes: string[];
  /** The lines or units. */
  text: string;
  /** What the operator has to do besides, one sentence each. */
  remarks: string[];
  apply: () => Promise<void>;
}

/** What a schedule is planned from. */
export interface ScheduleRequest {
  config: Config;
  kinds: readonly PanelKind[];
  /** Billing systems besides the ledger; default none. */
  billing?: readonly BillingKind[] | undefined;
  /** Name of the machine: the minutes of its jobs depend on it. */
  host: string;
  /** User that runs the commands; null for an unknown one. */
  user: string | null;
  /** Returns program and arguments of a job. */
  invocation: (job: Pick<Job, 'command' | 'due'>) => string[];
  /** Program and arguments of the server; default: it gets no unit. */
  server?: string[] | undefined;
}

const KEYS = {
  poll: 'poll.interval',
  'agent check': 'schedule.agentCheck',
  'call bill': 'schedule.callBill',
  'service sync': 'schedule.sync',
} as const;

/** Plans the schedule of a config. */
export function planSchedule(request: ScheduleRequest): SchedulePlan {
  const { config, kinds, billing = [], host, user, invocation, server } = request;
  // The token of the server is of no use to runs.
  const { serve: _serve, ...ofRuns } = config;
  const jobs = scheduledJobs(config, host, { kinds, billing });
  return {
    config: config.file,
    jobs: jobs.map((job) => ({ ...job, invocation: invocation(job) })),
    server: server === undefined ? null : { invocation: server, secrets: secretReferences(config) },
    stateFolder: privateFolder(config),
    user,
    secrets: secretReferences(ofRuns),
    remarks: [
      ...jobs.flatMap(({ command, intervalMs, due = false }) => {
        const minutes = regularMinutes(intervalMs);
        if (command === 'reconcile' || minutes * 60_000 === intervalMs) return [];
        const key = due ? 'poll.floor' : KEYS[command];
        if (due && intervalMs < 60_000)
          return `${key} is shorter than a minute: ${command} runs every minute here, and every ${intervalMs / 1000} s only with "sluice serve --with-schedule".`;
        return `${key} does not divide the hour or the day evenly: ${command} runs every ${minutes} minutes, the nearest shorter interval that does.`;
      }),
      ...unbilledRemarks(config, kinds, jobs),
    ],
  };
}

/** Names the panels whose calls no job bills. */
function unbilledRemarks(config: Config, kinds: readonly PanelKind[], jobs: readonly Job[]): string[] {
  const hasJob = jobs.some(({ command }) => command === 'call bill');
  const next = hasJob ? '' : ', and install the schedule again for a job "call bill"';
  return listCallPanels(config, kinds).unbilled.map(
    (panel) => `${describeUnbilled(panel)}. Set panels.${panel}.billFrom to the first day to bill${next}.`,
  );
}
