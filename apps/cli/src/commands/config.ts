import {
  checkConfigFile,
  configReaders,
  type Config,
  type ConfigProblem,
  findConfig,
  formatProblem,
  storePlace,
} from '@sluice/config-file';
import { describedSchema, findLackingFields, readStoredProblems, upgradeChecks } from '@sluice/engine';
import { storePast, withStore } from '@sluice/state-store';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../terminal/terminal.js';
import { withRemedy } from '../remedies.js';
import type { CommandHandler } from './command.js';
import { BILLING, configKinds, knownKinds } from '../kinds.js';

/** `sluice config check` */
export const configCheck: CommandHandler = async (_args, options, deps) => {
  const { file, byFolder } = findConfig(options.config, deps.env, deps.cwd);
  const { config, problems: found } = checkConfigFile(file, configKinds(deps), { byFolder });
  const problems = [...found, ...(config === null ? [] : await furtherProblems(config, deps))];
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
  return ok ? ExitCode.done : ExitCode.usage;
};

/** Lists what the text of the config alone does not show. */
async function furtherProblems(config: Config, deps: Deps): Promise<ConfigProblem[]> {
  const kinds = knownKinds(deps);
  const lacking = await findLackingFields({ config, deps: { kinds, ...configReaders(config, deps.env) } });
  const toProblem = ({ severity, path, message }: (typeof lacking)[number]): ConfigProblem => ({
    ...{ severity, path: path.join('.'), line: null, message },
  });
  return [...lacking.map(toProblem), ...(await storedProblems(config, deps))];
}

/** Lists what does not fit between the config and the stored services, and what became stricter since the store's version. */
async function storedProblems(config: Config, deps: Deps): Promise<ConfigProblem[]> {
  const known = { config, kinds: knownKinds(deps) };
  const found = await readable(async () => {
    const { location } = storePlace(config, deps.env);
    const options = { location, clock: deps.clock, readOnly: true };
    return [
      ...(await readable(() => withStore(options, (store) => readStoredProblems(known, store)))),
      ...(await readable(async () => {
        const now = new Date(deps.clock.now()).toISOString();
        const checks = upgradeChecks({ ...known, billing: BILLING, past: await storePast(location), now });
        return checks.map(({ name, object, message, ...rest }) => ({
          code: '',
          ...rest,
          message: `${name} ${object}: ${message}`,
        }));
      })),
    ];
  });
  return found.map(({ code, message, details }) => ({
    severity: 'warning',
    path: '',
    line: null,
    message: withRemedy({ code, message, details }),
  }));
}

/** Returns nothing where the store can't be read. */
async function readable<T>(read: () => Promise<T[]>): Promise<T[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}

/** `sluice config schema` */
export const configSchema: CommandHandler = (_args, options, deps) => {
  const { kinds, billing, channels } = configKinds(deps);
  new Terminal(deps, { ...options, json: true }).document(describedSchema(kinds, billing, channels));
  return Promise.resolve(ExitCode.done);
};
