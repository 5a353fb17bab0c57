import { usageError } from '@sluice/panel-kind/errors';
import { Terminal } from '@sluice/terminal';
import { loadConfig } from '../load-config.js';
import { ExitCode } from '../exit-codes.js';
import { crontab } from '../output/schedule/crontab.js';
import { systemdUnits } from '../output/schedule/systemd.js';
import { scheduleOf } from '../schedule/schedule-of.js';
import { type CommandHandler, confirm, type GlobalOptions } from './command.js';

/** Options of `schedule show`. */
interface ScheduleOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  absolute?: boolean;
}

/** `sluice schedule show` */
export const scheduleShow: CommandHandler<ScheduleOptions> = (_args, options, deps) => {
  const config = loadConfig(options.config, deps);
  const plan = scheduleOf(config, deps, options.absolute === true);
  const format = options.format ?? 'crontab';
  const { entries, text } = format === 'crontab' ? crontab(plan) : systemdUnits(plan);
  const terminal = new Terminal(deps, options);
  terminal.document({ format, entries, text });
  if (!terminal.json) deps.stdout.write(text);
  return Promise.resolve(ExitCode.done);
};

/** Options of `schedule install`. */
interface InstallOptions extends GlobalOptions {
  format?: 'crontab' | 'systemd';
  uninstall?: boolean;
  dryRun?: boolean;
  yes?: boolean;
}

/** `sluice schedule install` */
export const scheduleInstall: CommandHandler<InstallOptions> = async (_args, options, deps) => {
  const { format = 'crontab', uninstall = false, dryRun = false } = options;
  const config = loadConfig(options.config, deps);
  if (deps.program.script === '' && !uninstall)
    throw usageError('bad_option', 'The path of the command is unknown; nothing was changed');
  // A job of cron has neither the folder nor the PATH of this shell.
  const plan = scheduleOf(config, deps, true);
  const installation =
    format === 'crontab'
      ? await (await import('../schedule/install-crontab.js')).planCrontab(plan, deps, uninstall)
      : (await import('../schedule/install-units.js')).planUnits(plan, deps, uninstall);
  const { apply, entries, changes, text, remarks } = installation;
  const terminal = new Terminal(deps, options, config);
  if (!terminal.json && changes.length > 0 && !terminal.quiet) {
    for (const change of changes) terminal.line(`${dryRun ? 'Would change' : 'Changes'} ${change}`);
    if (text !== '') deps.stdout.write(`\n${text}\n`);
  }
  const isChanged = changes.length > 0 && !dryRun;
  if (isChanged) await confirm(deps, options, uninstall ? 'Remove these jobs?' : 'Install these jobs?');
  // Timers that an earlier, failed installation has not started are started now.
  if (isChanged || (format === 'systemd' && !uninstall && !dryRun)) await apply();
  terminal.document({ format, entries, changes, remarks, dryRun });
  for (const remark of remarks) terminal.warn(remark);
  if (changes.length === 0) terminal.info('Nothing to change.');
  else if (isChanged) terminal.info(uninstall ? 'Removed.' : 'Installed.');
  return ExitCode.done;
};
