import { type Config, isStoreOnServer } from '@sluice/config-file';
import { usageError } from '@sluice/panel-kind/errors';
import { openStore } from '@sluice/state-store';
import { crontab } from '../setup/schedule/crontab.js';
import type { Job } from '../setup/schedule/jobs.js';
import { planCrontab } from '../setup/schedule/install-crontab.js';
import { planSchedule, type SchedulePlan } from '../setup/schedule/plan.js';
import { planUnits, unitTarget } from '../setup/schedule/install-units.js';
import { listSchedules } from '../setup/schedule/elsewhere.js';
import { systemdUnits } from '../setup/schedule/systemd.js';
import { systemPrograms } from '../setup/schedule/programs.js';
import { Terminal } from '../terminal/terminal.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { BILLING, knownKinds } from '../kinds.js';
import { loadConfig } from '../load-config.js';
import { startSluice } from '../open-sluice.js';
import { type CommandHandler, confirm, type GlobalOptions } from './command.js';

const ARGS: Record<Job['command'], readonly string[]> = {
  poll: ['poll'],
  reconcile: ['reconcile'],
  'agent check': ['agent', 'check', '--all'],
  'call bill': ['call', 'bill'],
  'service sync': ['service', 'sync'],
};

/** Plans the jobs of a config; `absolute` names Node and the command by their paths. */
function planJobs(
  config: Config,
  deps: Deps,
  { absolute, serve }: { absolute: boolean; serve: boolean },
): SchedulePlan {
  const { node, script } = deps.program;
  // In the single-file bundle both are the same file.
  const start = absolute && script !== '' ? [...new Set([node, script])] : ['sluice'];
  return planSchedule({
    config,
    kinds: knownKinds(deps),
    billing: BILLING,
    host: deps.host,
    user: deps.env['USER'] ?? deps.env['LOGNAME'] ?? null,
    invocation: ({ command, due = false }) => [
      ...start,
      ...ARGS[command],
      ...(due ? ['--due'] : []),
      '--quiet',
      '--config',
      config.file,
    ],
    server: serve ? [...start, 'serve', '--quiet', '--config', config.file] : undefined,
  });
}

/** Options of `schedule show`. */
interface ScheduleOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  absolute?: boolean;
  serve?: boolean;
}

/** Refuses a server among the jobs of cron. */
function checkServer({ format, serve }: Pick<ScheduleOptions, 'format' | 'serve'>): void {
  if (serve === true && format !== 'systemd')
    throw usageError('bad_option', 'cron starts no server: use --serve with --format systemd');
}

/** `sluice schedule show` */
export const scheduleShow: CommandHandler<ScheduleOptions> = async (_args, options, deps) => {
  checkServer(options);
  const how = { absolute: options.absolute !== false, serve: options.serve === true };
  const config = loadConfig(options.config, deps);
  const plan = planJobs(config, deps, how);
  const { format = 'crontab' } = options;
  const { entries, text } = format === 'crontab' ? crontab(plan) : systemdUnits(plan);
  const terminal = new Terminal(deps, options);
  terminal.document({ format, entries, text });
  if (!terminal.json) deps.stdout.write(text);
  if (await isRunByWorkers(config, deps)) terminal.warn(`sluice: warning: ${BY_WORKERS}`);
  return ExitCode.done;
};

const BY_WORKERS =
  'Workers run this schedule on the store ("sluice queue show"): install these jobs only where no worker is to run. Whichever comes second finds nothing to do, or the panels in use';

/** Returns whether workers begin jobs on the store; false where it does not answer. Opens no store: the lines need none. */
async function isRunByWorkers(config: Config, deps: Deps): Promise<boolean> {
  if (!isStoreOnServer(config)) return false;
  const sluice = await startSluice(config, await openStore({ location: ':memory:', clock: deps.clock }), deps);
  try {
    return (await sluice.queue()).state === 'working';
  } finally {
    await sluice.close();
  }
}

/** Options of `schedule install`. */
interface InstallOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  uninstall?: boolean;
  serve?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

/** `sluice schedule install` */
export const scheduleInstall: CommandHandler<InstallOptions> = async (_args, options, deps) => {
  const { format = 'crontab', uninstall = false, dryRun = false, serve = false } = options;
  checkServer(options);
  const config = loadConfig(options.config, deps);
  if (deps.program.script === '' && !uninstall)
    throw usageError(
      'bad_option',
      'The path of the command is unknown; nothing was changed. "sluice schedule show --no-absolute" prints the jobs',
    );
  // A job of cron has neither the folder nor the PATH of this shell.
  const plan = planJobs(config, deps, { absolute: true, serve });
  const machine = { programs: systemPrograms(deps.env, deps.cwd), elsewhere: listSchedules(deps.env) };
  const { apply, entries, changes, text, remarks } =
    format === 'crontab'
      ? await planCrontab(plan, machine, uninstall)
      : await planUnits(plan, unitTarget(deps.env, deps.isRoot === true), machine, uninstall);
  const terminal = new Terminal(deps, options, config);
  const besides = !uninstall && (await isRunByWorkers(config, deps)) ? [BY_WORKERS] : [];
  for (const remark of besides) terminal.warn(`sluice: warning: ${remark}`);
  if (!terminal.json && changes.length > 0 && !terminal.quiet) {
    for (const change of changes) terminal.line(`${dryRun ? 'Would change' : 'Changes'} ${change}`);
    if (text !== '') deps.stdout.write(`\n${text}\n`);
  }
  const isChanged = changes.length > 0 && !dryRun;
  if (isChanged) await confirm(deps, options, uninstall ? 'Remove these jobs?' : 'Install these jobs?');
  // Timers that an earlier, failed installation has not started are started now.
  if (isChanged || (format === 'systemd' && !uninstall && !dryRun)) await apply();
  terminal.document({ format, entries, changes, remarks: [...besides, ...remarks], dryRun });
  for (const remark of remarks) terminal.warn(remark);
  if (changes.length === 0) terminal.info('Nothing to change.');
  else if (isChanged) terminal.info(uninstall ? 'Removed.' : 'Installed.');
  return ExitCode.done;
};
