import path from 'node:path';
import { findConfigFile } from '@sluice/config-file';
import { usageError } from '@sluice/panel-kind/errors';
import { type Check, checkCurrency, checkTimeZone, pathInConfig } from '../setup/check-answers.js';
import { collectAnswers, type GivenAnswers } from '../setup/collect-answers.js';
import { Interview } from '../setup/interview.js';
import { parsePanels } from '../setup/panel-pairs.js';
import { refuseExisting, refuseUnwritable, writeConfig, type WrittenConfig } from '../setup/write-config.js';
import { openStore } from '@sluice/state-store';
import { shellWords } from '../terminal/words.js';
import { Terminal } from '../terminal/terminal.js';
import { readStdinText } from '../terminal/files/read-input.js';
import { describeTest, type PanelOutcome } from '../terminal/reports/panel-test.js';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { configKinds, kindTitle } from '../kinds.js';
import { startSluice } from '../open-sluice.js';
import type { CommandHandler, GlobalOptions } from './command.js';

/** Options of `init`. */
export interface InitOptions extends GlobalOptions {
  force?: boolean;
  panel?: string[];
  timeZone?: string;
  currency?: string;
  state?: string;
  test?: boolean;
}

/** `sluice init [FILE]` */
export const init: CommandHandler<InitOptions> = async ([name], options, deps) => {
  const file = path.resolve(deps.cwd, name ?? options.config ?? 'sluice.yaml');
  const { force = false } = options;
  refuseExisting(file, force);
  refuseUnwritable(file);
  const terminal = new Terminal(deps, options);
  const known = configKinds(deps);
  const place = (answer: string): string =>
    pathInConfig(answer, { cwd: deps.cwd, home: deps.env['HOME'] }, path.dirname(file));
  const describe = (test: PanelOutcome): string => describeTest(terminal, test, kindTitle(deps, test.kind));
  const given = await parseOptions(options, deps, place);
  const asks = options.panel === undefined && !terminal.json && !terminal.quiet;
  const say = (text: string): void => {
    terminal.line(text);
  };
  const { answers, tests } = await collectAnswers({
    file,
    known,
    given,
    interview:
      deps.ask === null || !asks
        ? null
        : new Interview({ ask: deps.ask, say, pathInConfig: place, kinds: known.kinds }),
    env: deps.env,
    open:
      options.test === false
        ? null
        : async (config) => startSluice(config, await openStore({ location: ':memory:', clock: deps.clock }), deps),
    onTest: (test) => {
      say(`  ${describe(test)}`);
    },
  });
  const written = writeConfig(file, answers, force);
  const next = nextCommands(file, { tests, hasProduct: answers.product !== null }, deps);
  terminal.document({ file, panels: tests, next: next.map(({ command }) => command) });
  const lines = tests.map((test) => ({ isError: test.error !== null, text: describe(test) }));
  report(terminal, written, lines, next);
  if (asks && deps.ask !== null) await offerAdoption(file, tests, { ...deps, ask: deps.ask });
  return tests.some(({ ok }) => ok === false) ? ExitCode.partial : ExitCode.done;
};

/** Offers to write what the panels that answer have as files for review. */
async function offerAdoption(
  file: string,
  tests: readonly PanelOutcome[],
  deps: Deps & { ask: NonNullable<Deps['ask']> },
): Promise<void> {
  for (const { name, ok } of tests) {
    if (ok !== true) continue;
    const question = `Write what ${name} has now into files for review (not where WHMCS or another tool knows more of it)? [y/N] `;
    if (!/^y(es)?$/i.test((await deps.ask(question)).trim())) continue;
    const { adopt } = await import('./adopt.js');
    await adopt([name], { config: file, from: 'panel' }, deps);
  }
}

async function parseOptions(options: InitOptions, deps: Deps, place: Check<string>): Promise<GivenAnswers> {
  const { timeZone, currency, state, panel = [] } = options;
  return {
    // The address of a database is not a path; the config check refuses one that can't be used.
    state: state === undefined || /^\w+:\/\//.test(state) ? (state ?? './sluice.db') : checked('--state', state, place),
    timeZone: timeZone === undefined ? null : checked('--time-zone', timeZone, checkTimeZone),
    currency: currency === undefined ? null : checked('--currency', currency, checkCurrency),
    panels: await parsePanels(panel, {
      option: '--panel',
      stdin: () => readStdinText(deps),
      pathInConfig: place,
      kinds: configKinds(deps).kinds,
    }),
  };
}

function checked<T>(option: string, answer: string, check: Check<T>): T {
  try {
    return check(answer);
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}; nothing was written`);
  }
}

interface NextCommand {
  command: string;
  why: string;
}

/** Returns the next commands to run; the first one fixes what is still missing. */
function nextCommands(
  file: string,
  { tests, hasProduct }: { tests: readonly PanelOutcome[]; hasProduct: boolean },
  deps: Deps,
): NextCommand[] {
  const option = isFound(file, deps) ? '' : ` --config ${shellWords([file])}`;
  const sluice = (words: string, why: string): NextCommand => ({ command: `sluice ${words}${option}`, why });
  const ready = tests.length > 0 && tests.every(({ ok }) => ok === true);
  return [
    ...(ready
      ? []
      : tests.length > 0
        ? [sluice('panel test', 'repeat until each panel answers')]
        : [sluice('config check', 'after adding your panels to the file')]),
    ...tests.filter(({ ok }) => ok === true).map(({ name }) => adopts(sluice, name)),
    ...(ready
      ? []
      : [
          sluice(
            'service import services.csv',
            hasProduct ? 'import services of the product' : 'import services, after adding their products to the file',
          ),
        ]),
    ...(ready ? [sluice('doctor --contract', 'check what Sluice reads from the panels')] : []),
    sluice('poll', 'first run: observes and changes nothing'),
  ];
}

const adopts = (sluice: (words: string, why: string) => NextCommand, panel: string): NextCommand =>
  sluice(
    `adopt ${shellWords([panel])} --from panel`,
    'write what it has as files for review, or what WHMCS or another tool knows (adopt --help)',
  );

/** Returns whether commands find the file without `--config`. */
function isFound(file: string, deps: Deps): boolean {
  try {
    return findConfigFile(undefined, deps.env, deps.cwd) === file;
  } catch {
    return false;
  }
}

function report(
  terminal: Terminal,
  written: WrittenConfig,
  tests: readonly { isError: boolean; text: string }[],
  next: readonly NextCommand[],
): void {
  terminal.info(
    `${written.file} was written (mode 0600). It contains "enforce: observe": Sluice changes nothing on the panels.`,
  );
  for (const { panel, key, file } of written.secrets) {
    terminal.info(`The ${key} of ${panel} is in ${file} (mode 0600).`);
  }
  for (const { isError, text } of tests) {
    if (isError) terminal.line(text);
    else terminal.info(text);
  }
  terminal.info('');
  terminal.info('Next:');
  const width = Math.max(...next.map(({ command }) => command.length));
  for (const { command, why } of next) {
    terminal.info(`  ${command.padEnd(width)}  ${terminal.colors.dim(why)}`);
  }
}
