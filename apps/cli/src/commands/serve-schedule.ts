import { reportUnstartedRun, type Sluice } from '@sluice/engine';
import { pingHeartbeat } from '@sluice/notice-channels';
import { type Schedule, type ScheduledJob, startSchedule } from '@sluice/worker/schedule';
import { Terminal } from '../terminal/terminal.js';
import type { Deps } from '../context.js';
import type { FollowedConfig } from '../follow-config.js';
import { toRemediable, withRemedy } from '../remedies.js';
import type { GlobalOptions } from './command.js';
import { type JobParts, serveJobs } from './serve-jobs.js';

const LOOK_MS = 60_000;

interface ScheduleParts {
  sluice: Sluice;
  followed: FollowedConfig;
  options: GlobalOptions;
}

/** Runs the jobs of the config of now: each change of it begins the schedule again. */
export function followSchedule({ sluice, followed, options }: ScheduleParts, deps: Deps): Stoppable {
  const parts = (): JobParts => {
    const { config } = followed.current({ beforeChange: true });
    // What the jobs print is what cron would mail.
    return { sluice, config, terminal: new Terminal(deps, { ...options, quiet: true }, config) };
  };
  const onError = (job: string, error: unknown): void => {
    parts().terminal.warn(`sluice: ${job}: ${withRemedy(toRemediable(error))}`);
  };
  const { clock, random } = deps;
  // As cron: the local time of the machine.
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  const list = (): ScheduledJob[] => [
    readConfig(followed),
    ...serveJobs(parts, deps).map((job) => reporting(job, followed)),
  ];
  const schedule = startSchedule({ jobs: list(), clock, random, timeZone, onError });
  followed.onChange = () => {
    schedule.change(list());
  };
  return schedule;
}

type Stoppable = Pick<Schedule, 'stop'>;

/** Reads the config between the other jobs, whose times it may change. */
function readConfig(followed: FollowedConfig): ScheduledJob {
  const run: ScheduledJob['run'] = () => {
    followed.current({ beforeChange: true });
    return Promise.resolve('done');
  };
  return { name: 'config', timing: { everyMs: LOOK_MS }, lastStart: () => Promise.resolve(null), run };
}

/** As a command of the schedule that can't begin, a job whose config is refused calls the failure of the heartbeat. */
function reporting(job: ScheduledJob, followed: FollowedConfig): ScheduledJob {
  const run: ScheduledJob['run'] = async () => {
    try {
      return await job.run();
    } catch (error) {
      if ((error as { code?: unknown }).code === 'config_refused') await reportRefused(followed);
      throw error;
    }
  };
  return { ...job, run };
}

/** Calls the heartbeat of the config before: the file of now may be gone, or anybody's. */
async function reportRefused(followed: FollowedConfig): Promise<void> {
  const { config, secret } = followed.current({ beforeChange: false });
  if (config.heartbeat === undefined) return;
  try {
    await reportUnstartedRun(secret(config.heartbeat, 'heartbeat'), pingHeartbeat);
  } catch {
    // What watches the heartbeat reports that it is missing.
  }
}
