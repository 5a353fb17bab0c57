import { describedSchema } from '@sluice/engine';
import { findConfigFile } from '../config/find-config-file.js';
import { checkConfigFile, formatProblem } from '../config/load.js';
import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler } from './command.js';
import { knownKinds } from '../kinds.js';

/** `sluice config check` */
export const configCheck: CommandHandler = (_args, options, deps) => {
  const file = findConfigFile(options.config, deps.env, deps.cwd);
  const { problems } = checkConfigFile(file, knownKinds(deps));
  const ok = !problems.some((problem) => problem.severity === 'error');
  const terminal = new Terminal(deps, options);
  const { colors } = terminal;
  terminal.document({ ok, problems });
  for (const problem of problems) {
    const isError = problem.severity === 'error';
    const severity = isError ? colors.red('error') : colors.yellow('warning');
    if (isError || !terminal.quiet) terminal.line(`${severity} ${formatProblem(problem)}`);
  }
  if (ok) terminal.info(`${file} is valid`);
  return Promise.resolve(ok ? ExitCode.done : ExitCode.usage);
};

/** `sluice config schema` */
export const configSchema: CommandHandler = (_args, options, deps) => {
  new Terminal(deps, { ...options, json: true }).document(describedSchema(knownKinds(deps)));
  return Promise.resolve(ExitCode.done);
};
