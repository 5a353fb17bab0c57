import path from 'node:path';
import type { Command } from 'commander';
import type { Config } from '../config/load.js';
import { loadConfig } from '../load-config.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { regularMinutes, scheduledJobs } from '../schedule/jobs.js';
import { crontab } from '../output/schedule/crontab.js';
import type { SchedulePlan } from '../output/schedule/plan.js';
import { systemdUnits } from '../output/schedule/systemd.js';
import { Terminal } from '../output/terminal.js';
import type { GlobalOptions } from './command.js';
import { storeLocation } from '../open-sluice.js';
import { knownKinds } from '../kinds.js';

/** Options of `schedule show`. */
export interface ScheduleOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  absolute?: boolean;
}

/** `sluice schedule show` */
export function scheduleShow(program: Command, options: ScheduleOptions, deps: Deps): number {
  const config = loadConfig(options.config, deps);
  const { node, script } = deps.program;
  // In the single-file bundle both are the same file.
  const start = options.absolute === true ? [...new Set([node, script])] : ['sluice'];
  const jobs = scheduledJobs(config, deps.owner.host, {
    has: (args) => hasCommand(program, args),
    kinds: knownKinds(deps),
  });
  const minutes = regularMinutes(config.poll.interval);
  const regular = minutes * 60_000 === config.poll.interval;
  const plan: SchedulePlan = {
    jobs: jobs.map((job) => ({ ...job, command: [...start, ...job.args, '--config', config.file] })),
    stateFolder: path.dirname(storeLocation(config)),
    user: deps.env['USER'] ?? deps.env['LOGNAME'] ?? null,
    secrets: secretReferences(config),
    remarks: regular
      ? []
      : [
          `poll.interval does not divide the hour or the day evenly: poll runs every ${minutes} minutes, the nearest shorter interval that does.`,
        ],
  };
  const format = options.format ?? 'crontab';
  const { entries, text } = format === 'crontab' ? crontab(plan) : systemdUnits(plan);
  const terminal = new Terminal(deps, options);
  terminal.document({ format, entries, text });
  if (!terminal.json) deps.stdout.write(text);
  return ExitCode.done;
}

function hasCommand(program: Command, args: string[]): boolean {
  let command: Command | undefined = program;
  for (const arg of args) command = command?.commands.find((child) => child.name() === arg);
  return command !== undefined;
}

/** Lists the names of environment variables and systemd credentials in a config, each once and sorted. */
function secretReferences(config: Config): { env: string[]; credential: string[] } {
  const found = { env: new Set<string>(), credential: new Set<string>() };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') {
      const [, kind, name] = /^\$\{(env|credential):([^}]*)\}$/.exec(value) ?? [];
      if (kind === 'env' || kind === 'credential') found[kind].add((name ?? '').trim());
    } else if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(visit);
    }
  };
  visit(config.panels);
  return { env: [...found.env].sort(), credential: [...found.credential].sort() };
}
