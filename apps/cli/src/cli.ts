import { printable } from '@sluice/panel-http/printable';
import { Command } from 'commander';
import type { CommandContext } from './commands/command.js';
import { declareAgents } from './commands/declare-agents.js';
import { declareRelay } from './commands/declare-relay.js';
import { declareRuns } from './commands/declare-runs.js';
import { declareServices } from './commands/declare-services.js';
import { declareSetup } from './commands/declare-setup.js';
import { declareStart } from './commands/declare-start.js';

/** The whole command line; actions load their code when they are called. */
export function buildProgram(context: CommandContext): Command {
  const { deps } = context;
  const program = new Command('sluice');
  program
    .description('Meters traffic, enforces quotas and provisions services on EasyDCIM, FLVX and Hiddify panels.')
    .version(deps.version, '--version', 'print the version')
    .option(
      '--config <file>',
      'config file (default: $SLUICE_CONFIG, ./sluice.yaml, the XDG folder, /etc/sluice/sluice.yaml)',
    )
    .option('--json', 'print one JSON document on stdout')
    .option('-q, --quiet', 'print nothing on success')
    .option('-v, --verbose', 'print more: every service, stack traces of errors')
    .option('--no-color', 'print without colours')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({
      writeOut: (text) => {
        deps.stdout.write(text);
      },
      writeErr: (text) => {
        deps.stderr.write(text);
      },
      outputError: (text, write) => {
        // It quotes the command line; the hint alone has a line of its own.
        const [, message = '', hint = ''] = /^(.*?)(\n\(Did you mean [\w ,-]+\?\))?\n?$/s.exec(text) ?? [];
        write(`${printable(message)}${hint}\n`);
      },
    })
    .showSuggestionAfterError(true)
    .exitOverride();
  declareRuns(program, context);
  declareServices(program, context);
  declareRelay(program, context);
  declareAgents(program, context);
  declareSetup(program, context);
  declareStart(program, context);
  program.addHelpText(
    'after',
    `
Examples:
  $ sluice demo                      see the whole story on a fake panel
  $ sluice config check              check sluice.yaml
  $ sluice plan                      what a run would change, and nothing more
  $ sluice poll --quiet              what cron runs every 15 minutes
  $ sluice explain SERVICE           why a service is in its state

Exit codes: 0 done, 1 failed, 2 wrong usage or config, 3 some items failed, 4 something to change (plan),
5 another run holds the lease, 6 stopped by the mass-change brake.`,
  );
  inherit(program);
  return program;
}

/** Subcommands print and fail like the program itself. */
function inherit(command: Command): void {
  for (const child of command.commands) {
    child.copyInheritedSettings(command);
    child.configureHelp({ showGlobalOptions: true, sortSubcommands: false });
    inherit(child);
  }
}
