import type { Command, HelpConfiguration } from 'commander';
import { outputWidth, wrapLine } from './terminal/wrap.js';
import { usageText } from './terminal/usage-text.js';
import type { Deps } from './context.js';
import { LazyCommand, type CommandContext, type GlobalOptions } from './commands/command.js';
import { declareAgents, declareRelay } from './commands/declare-agents.js';
import { declareBilling } from './commands/declare-billing.js';
import { declareCalls, declareProfile } from './commands/declare-calls.js';
import { declareRuns } from './commands/declare-runs.js';
import { declarePurchases } from './commands/declare-purchases.js';
import { declareServices } from './commands/declare-services.js';
import { declareServe } from './commands/declare-serve.js';
import { declareSetup } from './commands/declare-setup.js';
import { declareStart } from './commands/declare-start.js';
import { declareTelephony } from './commands/declare-telephony.js';

/** Only the options of the program are global: a command does not accept those of the group above it. */
const HELP: HelpConfiguration = {
  showGlobalOptions: true,
  sortSubcommands: false,
  visibleGlobalOptions: (command) => {
    let program = command.parent;
    while (program?.parent) program = program.parent;
    return program?.options.filter((option) => !option.hidden) ?? [];
  },
};

const EXAMPLES = `
Examples:
  $ sluice demo                      try it on a fake panel
  $ sluice config check              check sluice.yaml
  $ sluice plan                      show what a run would change
  $ sluice poll --quiet              meter and enforce (run it from cron)
  $ sluice explain SERVICE           show why a service is in its state

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 some items failed, 4 something to change (plan),
5 another run holds the lease, 6 stopped by the mass-change brake, 130 and 143 interrupted.`;

/** Breaks the lines of a help text for a terminal; examples stay whole, to be copied. */
function wrapHelp(text: string, width: number): string {
  const rows = text.split('\n');
  return rows.map((row) => (row.startsWith('  $ ') ? row : wrapLine(row, width))).join('\n');
}

/** Builds the command line; actions load their code when they are called. */
export function buildProgram(context: CommandContext): LazyCommand {
  const { deps } = context;
  const program = new LazyCommand('sluice', context);
  program
    .description('Meters traffic, enforces quotas and provisions services on hosting, relay, VPN and telephony panels.')
    .version(deps.version, '-V, --version', 'print the version')
    .option(
      '--config <file>',
      'config file (default: $SLUICE_CONFIG, ./sluice.yaml, the XDG folder, /etc/sluice/sluice.yaml)',
    )
    .option('--json', 'print one JSON document on stdout')
    .option('-q, --quiet', 'print only what was changed or failed')
    .option('-v, --verbose', 'print more: every service, stack traces of errors')
    .option('--no-color', 'print without colours')
    .option('--utc', 'print times as ISO 8601 in UTC instead of short local times')
    .configureHelp(HELP)
    .configureOutput({
      writeOut: (text) => {
        deps.stdout.write(wrapHelp(text, outputWidth(deps.stdout)));
      },
      writeErr: (text) => {
        deps.stderr.write(text);
      },
      outputError: (text, write) => {
        write(`${wrapLine(`sluice: ${usageText(text)}`, outputWidth(deps.stderr))}\n`);
      },
    })
    .showSuggestionAfterError(true)
    .helpCommand(false)
    .exitOverride();
  declareRuns(program);
  declareServices(program);
  declarePurchases(program);
  declareRelay(program);
  declareAgents(program);
  declareTelephony(program);
  declareCalls(program);
  declareProfile(program);
  declareBilling(program);
  declareSetup(program);
  declareServe(program);
  declareStart(program);
  declareVersion(program);
  declareHelp(program);
  return program.addHelpText('after', EXAMPLES);
}

/** Builds the command line with every command declared, for what only reads it. */
export function wholeProgram(version: string): LazyCommand {
  const context = { deps: { version } as Deps, exit: () => undefined, run: () => Promise.resolve(0) };
  return buildProgram(context).expandAll();
}

function declareVersion(program: LazyCommand): void {
  const { deps } = program.context;
  program
    .command('version')
    .description('print the version')
    .examples('sluice version')
    .action((_options: unknown, command: LazyCommand) => {
      const { json } = command.optsWithGlobals<GlobalOptions>();
      deps.stdout.write(
        json === true ? `${JSON.stringify({ version: deps.version }, null, 2)}\n` : `${deps.version}\n`,
      );
    });
}

/** Commander's own help command accepts one word only. */
function declareHelp(program: LazyCommand): void {
  program
    .command('help')
    .argument('[command...]', 'such as hold release')
    .description('show the help of a command')
    .examples('sluice help hold release')
    .action((words: string[]) => {
      let command: Command = program;
      for (const word of words) {
        const found = command.commands.find((each) => each.name() === word);
        if (found === undefined) return program.error(`error: unknown command '${words.join(' ')}'`);
        command = found instanceof LazyCommand ? found.expand() : found;
      }
      command.outputHelp();
    });
}
