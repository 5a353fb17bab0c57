import path from 'node:path';
import { findConfigFile } from '@sluice/config-file';
import { shellWords, Terminal } from '@sluice/terminal';
import { readStdinText } from '@sluice/terminal/files';
import { describeTest, type PanelOutcome } from '@sluice/terminal/reports';
import type { Deps } from '../context.js';
import { publicUrl, type ProductChoice } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import type { InitAnswers, OfferedRow, PanelAnswer } from '../init/answers.js';
import { checkCurrency, checkTimeZone, pathInConfig } from '../init/check-answers.js';
import { parsePanelOption } from '../init/panel-option.js';
import { readChoices, testPanels, untested } from '../init/test-panels.js';
import { refuseExisting, refuseUnwritable, writeConfig, type WrittenConfig } from '../init/write-config.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { Interview } from './interview.js';
import { kindTitle, knownKinds } from '../kinds.js';

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
  refuseExisting(file, options.force === true);
  refuseUnwritable(file);
  const terminal = new Terminal(deps, options);
  const outcomes: Outcomes = new Map();
  const answers = await gather(file, { options, deps, terminal, outcomes });
  const untried = answers.panels.filter((panel) => !outcomes.has(panel.name));
  for (const outcome of await tryPanels(file, { options, deps }, { ...answers, panels: untried })) {
    outcomes.set(outcome.name, outcome);
  }
  const panels = answers.panels.flatMap(({ name }) => outcomes.get(name) ?? []);
  const written = writeConfig(file, answers, options.force === true);
  const next = nextCommands(file, { panels, hasProduct: answers.product !== null }, deps);
  terminal.document({ file, panels, next: next.map(({ command }) => command) });
  const tests = panels.map((panel) => ({
    isError: panel.error !== null,
    text: describeTest(terminal, panel, kindTitle(deps, panel.kind)),
  }));
  report(terminal, written, tests, next);
  return panels.some((panel) => panel.ok === false) ? ExitCode.partial : ExitCode.done;
};

/** What was found of each panel, by its name. */
type Outcomes = Map<string, PanelOutcome>;

interface Setting {
  options: InitOptions;
  deps: Deps;
}

/** Tests panels, unless `--no-test` is given. */
async function tryPanels(file: string, { options, deps }: Setting, answers: InitAnswers): Promise<PanelOutcome[]> {
  const named = answers.panels.map(({ name, kind, url }) => ({ name, kind: kind.kind, url: publicUrl(kind, url) }));
  return options.test === false ? untested(named) : testPanels(deps, file, answers, untested(named));
}

/** Collects the answers from the options, and asks for the others on a terminal. */
async function gather(
  file: string,
  { options, deps, terminal, outcomes }: Setting & { terminal: Terminal; outcomes: Outcomes },
): Promise<InitAnswers> {
  const dir = path.dirname(file);
  const place = (answer: string): string => pathInConfig(answer, { cwd: deps.cwd, home: deps.env['HOME'] }, dir);
  const asks = deps.ask !== null && options.panel === undefined && !terminal.json && !terminal.quiet;
  const interview =
    deps.ask !== null && asks
      ? new Interview({
          ask: deps.ask,
          say: (text) => {
            terminal.line(text);
          },
          pathInConfig: place,
          kinds: knownKinds(deps),
        })
      : null;
  const state = options.state === undefined ? './sluice.db' : parseState(options.state, place);
  const zone = machineTimeZone(deps);
  const timeZone =
    options.timeZone === undefined
      ? ((await interview?.timeZone(zone)) ?? zone)
      : checkedOption('--time-zone', options.timeZone, checkTimeZone);
  const currency =
    options.currency === undefined
      ? ((await interview?.currency()) ?? null)
      : checkedOption('--currency', options.currency, checkCurrency);
  const general = { timeZone, state, currency, product: null, kinds: knownKinds(deps) };
  const attempt = async (panel: PanelAnswer): Promise<boolean> => {
    const [outcome] = await tryPanels(file, { options, deps }, { ...general, panels: [panel] });
    if (outcome === undefined) return true;
    outcomes.set(panel.name, outcome);
    if (outcome.ok !== null) terminal.line(`  ${describeTest(terminal, outcome, kindTitle(deps, outcome.kind))}`);
    return outcome.ok !== false;
  };
  const panels = (await interview?.panels(attempt)) ?? (await parsePanels(options.panel ?? [], deps, place));
  const offer = async (panel: PanelAnswer, { list }: ProductChoice): Promise<OfferedRow[]> =>
    outcomes.get(panel.name)?.ok === true
      ? readChoices(deps, file, { ...general, panels: [panel] }, { panel: panel.name, list })
      : [];
  const product = (await interview?.product(panels, offer)) ?? null;
  return { ...general, panels, product };
}

async function parsePanels(specs: string[], deps: Deps, place: (answer: string) => string): Promise<PanelAnswer[]> {
  let isRead = false;
  const stdin = (): Promise<string> => {
    if (isRead)
      throw usageError('bad_option', '--panel: only one secret can be read from standard input; nothing was written');
    isRead = true;
    return readStdinText(deps);
  };
  const panels: PanelAnswer[] = [];
  for (const spec of specs) {
    const panel = await parsePanelOption(spec, { stdin, pathInConfig: place, kinds: knownKinds(deps) });
    if (panels.some(({ name }) => name === panel.name)) {
      throw usageError('bad_option', `--panel: the name "${panel.name}" is used twice; nothing was written`);
    }
    panels.push(panel);
  }
  return panels;
}

function parseState(answer: string, place: (answer: string) => string): string {
  // The address of a database is not a path; the config check refuses unsupported ones.
  return /^\w+:\/\//.test(answer) ? answer : checkedOption('--state', answer, place);
}

function checkedOption<T>(option: string, answer: string, check: (answer: string) => T): T {
  try {
    return check(answer);
  } catch (error) {
    throw usageError('bad_option', `${option}: ${(error as Error).message}; nothing was written`);
  }
}

function machineTimeZone({ env }: Deps): string {
  try {
    return checkTimeZone(env['TZ'] ?? '');
  } catch {
    return Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

interface NextCommand {
  command: string;
  why: string;
}

/** Returns the next commands to run; the first one fixes what is still missing. */
function nextCommands(
  file: string,
  { panels, hasProduct }: { panels: PanelOutcome[]; hasProduct: boolean },
  deps: Deps,
): NextCommand[] {
  const sluice = (words: string, why: string): NextCommand => ({
    command: `sluice ${words}${isFound(file, deps) ? '' : ` --config ${shellWords([file])}`}`,
    why,
  });
  const ready = panels.length > 0 && panels.every((panel) => panel.ok === true);
  return [
    ...(ready
      ? []
      : panels.length > 0
        ? [sluice('panel test', 'repeat until each panel answers')]
        : [sluice('config check', 'after adding your panels to the file')]),
    sluice(
      'service import services.csv',
      hasProduct ? 'import services of the product' : 'import services, after adding their products to the file',
    ),
    ...(ready ? [sluice('doctor --contract', 'check what Sluice reads from the panels')] : []),
    sluice('poll', 'first run: observes and changes nothing'),
  ];
}

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
  next: NextCommand[],
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
