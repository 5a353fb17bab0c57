import path from 'node:path';
import { type Config, secretReferences, storeLocation } from '@sluice/config-file';
import type { Deps } from '../context.js';
import { knownKinds } from '../kinds.js';
import type { SchedulePlan } from '../output/schedule/plan.js';
import { regularMinutes, scheduledJobs } from './jobs.js';

const KEYS = { poll: 'poll.interval', 'agent check': 'schedule.agentCheck', 'call bill': 'schedule.callBill' } as const;

/** Returns the schedule of a config; `absolute` names Node and the command by their paths. */
export function scheduleOf(config: Config, deps: Deps, absolute: boolean): SchedulePlan {
  const { node, script } = deps.program;
  // In the single-file bundle both are the same file.
  const start = absolute ? [...new Set([node, script])] : ['sluice'];
  // The token of the server is of no use to runs.
  const { serve: _serve, ...ofRuns } = config;
  const jobs = scheduledJobs(config, deps.host, knownKinds(deps));
  const irregular = jobs.flatMap(({ command, intervalMs }) =>
    command === 'reconcile' || regularMinutes(intervalMs) * 60_000 === intervalMs ? [] : [{ command, intervalMs }],
  );
  return {
    config: config.file,
    jobs: jobs.map((job) => ({ ...job, invocation: [...start, ...job.args, '--config', config.file] })),
    stateFolder: path.dirname(storeLocation(config)),
    user: deps.env['USER'] ?? deps.env['LOGNAME'] ?? null,
    secrets: secretReferences(ofRuns),
    remarks: irregular.map(({ command, intervalMs }) => {
      const minutes = regularMinutes(intervalMs);
      return `${KEYS[command]} does not divide the hour or the day evenly: ${command} runs every ${minutes} minutes, the nearest shorter interval that does.`;
    }),
  };
}
