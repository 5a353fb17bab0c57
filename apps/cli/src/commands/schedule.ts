import path from 'node:path';
import type { Command } from 'commander';
import { loadConfig } from '../config/load.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { regularMinutes, scheduledJobs } from '../schedule/jobs.js';
import { secretReferences } from '../schedule/references.js';
import { crontab } from '../output/schedule/crontab.js';
import type { SchedulePlan } from '../output/schedule/plan.js';
import { systemdUnits } from '../output/schedule/systemd.js';
import { Terminal } from '../output/terminal.js';
import type { GlobalOptions } from './command.js';
import { storeLocation } from '../open-sluice.js';
import { kindsOf } from '../kinds.js';

/** Options of `schedule show`. */
export interface ScheduleOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  absolute?: boolean;
}

/** `sluice schedule show` */
export function scheduleShow(program: Command, options: ScheduleOptions, deps: Deps): number {
  const config = loadConfig(options.config, deps);
  const { node, script } = deps.program;
  const start = options.absolute === true ? [node, script] : ['sluice'];
  const jobs = scheduledJobs(config, deps.owner.host, {
    has: (words) => hasCommand(program, words),
    kinds: kindsOf(deps),
  });
  const minutes = regularMinutes(config.poll.interval);
  const regular = minutes * 60_000 === config.poll.interval;
  const plan: SchedulePlan = {
    jobs: jobs.map((job) => ({ ...job, command: [...start, ...job.words, '--config', config.file] })),
    stateFolder: path.dirname(storeLocation(config)),
    user: deps.env['USER'] ?? deps.env['LOGNAME'] ?? null,
    secrets: secretReferences(config),
    remarks: regular
      ? []
      : [`poll.interval can't be kept by a calendar over the hour: ${minutes} minutes are the next shorter that can.`],
  };
  const format = options.format ?? 'crontab';
  const { entries, text } = format === 'crontab' ? crontab(plan) : systemdUnits(plan);
  const terminal = new Terminal(deps, options);
  if (terminal.json) terminal.document({ format, entries, text });
  else deps.stdout.write(text);
  return ExitCode.done;
}

function hasCommand(program: Command, words: string[]): boolean {
  let command: Command | undefined = program;
  for (const word of words) command = command?.commands.find((child) => child.name() === word);
  return command !== undefined;
}
