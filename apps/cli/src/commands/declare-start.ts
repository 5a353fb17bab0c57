import { Argument, Option } from 'commander';
import type { Shell } from '../terminal/completion/script.js';
import { type GlobalOptions, type LazyCommand, repeated } from './command.js';

/** Declares `init`, `adopt`, `schedule` and `completion`, which are run once at set-up. */
export function declareStart(program: LazyCommand): void {
  program
    .command('init')
    .argument('[file]', 'default: ./sluice.yaml')
    .description('write a commented config with "enforce: observe"; on a terminal, ask for the panels and test them')
    .option('--force', 'replace an existing file')
    .option(
      '--panel <pairs>',
      'add a panel without asking; repeatable. Keys: name=, kind=, url= and the secret as token-env=, token-file=, token-credential=, token-cmd= or token-stdin= (likewise for password, api-key, key, secret)',
      repeated,
    )
    .option('--time-zone <zone>', 'time zone of billing dates, such as Europe/Berlin')
    .option('--currency <code>', 'currency of packages and bills, such as EUR')
    .option('--state <file>', 'the state file (default: sluice.db beside the config)')
    .option('--no-test', 'do not test the panels')
    .examples(
      'sluice init',
      'sluice init /etc/sluice/sluice.yaml --panel name=dcim,kind=easydcim,url=https://dcim.example.com,token-env=DCIM_TOKEN',
    )
    .runs(async () => (await import('./init.js')).init);
  declareAdopt(program);
  declareSchedule(program);
  declareCompletion(program);
}

function declareAdopt(program: LazyCommand): void {
  const adopt = program
    .command('adopt')
    .argument('[panel]', 'the panel')
    .description(
      'write what a panel, the billing system and an old tool know of its services as files for review; changes nothing',
    )
    .option('--from <source>', 'panel, whmcs, or the tool that managed the panel before: easydcim-bw, flvx, hiddify, …')
    .option('--in <folder>', 'exported tables of the old tool: NAME.csv, or NAME.tsv of "mysql --batch"')
    .option('--out <folder>', 'a new folder for the files (default: adopted-PANEL)')
    .option('--print-queries', 'print the SELECTs that export these tables; with --out, write them into a folder')
    .explains('Files', [
      'services.csv, overrides.csv, preferences.csv, purchases.csv,',
      'agents.csv, holds.csv: rows for "sluice adopt apply"',
      'products.yaml, packages.yaml: what the config is to include',
      'undecided.csv: what is left out, to be decided, or to be checked',
    ])
    .changes()
    .examples('sluice adopt dcim --from panel', 'sluice adopt dcim --from easydcim-bw --in old')
    .runs(async () => (await import('./adopt.js')).adopt);
  adopt
    .command('apply <folder>')
    .description('import the files of such a folder, all rows or none, and include its products in the config')
    .dryRun('store nothing, and show what would be')
    .option('--yes', 'do not ask')
    .waits()
    .changes()
    .examples('sluice adopt apply adopted-dcim --dry-run', 'sluice adopt apply adopted-dcim')
    .runs(async () => (await import('./adopt-apply.js')).adoptApply);
}

const SHELLS = ['bash', 'zsh', 'fish'] satisfies Shell[];

interface CompletionOptions extends GlobalOptions {
  /** What a completion script asks for. */
  complete?: string;
}

function declareCompletion(program: LazyCommand): void {
  const { deps, exit } = program.context;
  program
    .command('completion')
    .addArgument(new Argument('[shell]', 'the shell').choices(SHELLS))
    .addOption(new Option('--complete <names>', 'list names for completion').hideHelp())
    .description('print the completion script for a shell')
    .examples('source <(sluice completion bash)', 'sluice completion fish > ~/.config/fish/completions/sluice.fish')
    .action(async (shell: Shell | undefined, _options: unknown, command: LazyCommand) => {
      const { complete, config } = command.optsWithGlobals<CompletionOptions>();
      if (complete !== undefined) {
        const { listStored } = await import('./list-stored.js');
        const found = await listStored(complete, config, deps);
        deps.stdout.write(found.map((name) => `${name}\n`).join(''));
        return;
      }
      if (shell === undefined) return program.error(`error: name your shell: ${SHELLS.join(', ')}`);
      const { completion } = await import('./completion.js');
      exit(await completion(program, shell, deps));
    });
}

function declareSchedule(program: LazyCommand): void {
  program.group('schedule', 'jobs of cron or systemd', declareJobs).examples('sluice schedule show');
}

function declareJobs(schedule: LazyCommand): void {
  const format = (): Option =>
    new Option('--format <format>', 'the format (default: crontab)').choices(['crontab', 'systemd']);
  schedule
    .command('show')
    .description('print crontab lines or systemd units for poll, reconcile, agent check and call bill')
    .addOption(format())
    .option('--absolute', 'use the absolute paths of node and the command (default: cron has a short PATH)')
    .option('--no-absolute', 'name the command "sluice", which the PATH of the job has to find')
    .option('--serve', 'with systemd, also a unit of the server: dashboard and HTTP API')
    .examples('sluice schedule show', 'sluice schedule show --format systemd')
    .runs(async () => (await import('./schedule.js')).scheduleShow);
  schedule
    .command('install')
    .description(
      'add these jobs to your crontab, or write and start systemd units (of the system as root, else of the user)',
    )
    .addOption(format())
    .option('--serve', 'with systemd, also a unit of the server: dashboard and HTTP API')
    .option('--uninstall', 'remove them')
    .option('--dry-run', 'only print what would be changed')
    .option('--yes', 'do not ask')
    .examples('sluice schedule install --dry-run', 'sudo sluice schedule install --format systemd --yes')
    .runs(async () => (await import('./schedule.js')).scheduleInstall);
}
