import { describedSchema } from '@sluice/engine';
import { checkConfigFile, findConfigFile, formatProblem } from '../config/load.js';
import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler } from './command.js';
import { kindsOf } from '../kinds.js';

/** `sluice config check` */
export const configCheck: CommandHandler = (_args, options, deps) => {
  const file = findConfigFile(options.config, deps.env, deps.cwd);
  const { problems } = checkConfigFile(file, kindsOf(deps));
  const ok = !problems.some((problem) => problem.severity === 'error');
  const terminal = new Terminal(deps, options);
  if (terminal.json) terminal.document({ ok, problems });
  else {
    for (const problem of problems) {
      const severity = problem.severity === 'error' ? terminal.colors.red('error') : terminal.colors.yellow('warning');
      if (problem.severity === 'error' || !terminal.quiet) terminal.line(`${severity} ${formatProblem(problem)}`);
    }
    if (ok) terminal.info(`${file} is right`);
  }
  return Promise.resolve(ok ? ExitCode.done : ExitCode.usage);
};

/** `sluice config schema` */
export const configSchema: CommandHandler = (_args, options, deps) => {
  new Terminal(deps, options).document(describedSchema(kindsOf(deps)));
  return Promise.resolve(ExitCode.done);
};
