import type { Command, Option } from 'commander';
import { definition, escapeRoff, macro, verbatim } from './roff.js';

/** A command with the examples and the section of its help. */
type Documented = Command & {
  exampleLines?: readonly string[];
  section?: { heading: string; lines: readonly string[] } | null;
};

const EXIT_CODES: [string, string][] = [
  ['0', 'done'],
  ['1', 'failed'],
  ['2', 'wrong usage or config; nothing was called'],
  ['3', 'some items failed, the others are done'],
  ['4', 'there is something to change (plan, --dry-run --detailed-exitcode, compare)'],
  ['5', 'another run holds the lease'],
  ['6', 'stopped by the mass-change brake before any change'],
  ['130, 143', 'interrupted'],
];

const FILES: [string, string][] = [
  ['./sluice.yaml, $XDG_CONFIG_HOME/sluice/sluice.yaml, /etc/sluice/sluice.yaml', 'the config; the first that exists'],
  ['sluice.db', 'the store, beside the config or where its key "state" says'],
  ['sluice.db.holds.json', 'all open holds, from which everything can be released without the store'],
  ['sluice.db-backups', 'backups of the store'],
];

/** Returns the manual: `sluice.1`, and one page for each top-level command, such as `sluice-service.1`. */
export function manPages(program: Command, version: string): Map<string, string> {
  const groups = visibleCommands(program);
  const title = (name: string): string =>
    macro('TH', name.toUpperCase(), '1', '', `sluice ${version}`, 'Sluice manual');
  const pages = new Map([['sluice.1', page([title('sluice'), ...overview(program, groups)])]]);
  for (const group of groups) {
    const name = `sluice-${group.name()}`;
    const others = groups.filter((other) => other !== group).map((other) => `sluice-${other.name()}(1)`);
    pages.set(
      `${name}.1`,
      page([
        title(name),
        macro('SH', 'NAME'),
        escapeRoff(`${name} - ${inShort(group)}`),
        ...commandSections(group, 'SH'),
        macro('SH', 'SEE ALSO'),
        escapeRoff(['sluice(1)', ...others].join(', ')),
      ]),
    );
  }
  return pages;
}

function inShort(command: Command): string {
  return command.summary() || command.description();
}

function page(lines: string[]): string {
  return `${lines.join('\n')}\n`;
}

function overview(program: Command, groups: Command[]): string[] {
  return [
    macro('SH', 'NAME'),
    escapeRoff('sluice - meter traffic, enforce quotas and provision services on hosting panels'),
    macro('SH', 'SYNOPSIS'),
    escapeRoff('sluice [options] <command> [arguments]'),
    macro('SH', 'DESCRIPTION'),
    escapeRoff(program.description()),
    escapeRoff('"sluice COMMAND --help" prints the options of a command, and sluice-COMMAND(1) is its page.'),
    macro('SH', 'COMMANDS'),
    ...groups.flatMap((group) => definition(`sluice-${group.name()}(1)`, inShort(group))),
    macro('SH', 'OPTIONS OF EVERY COMMAND'),
    ...optionEntries(program),
    macro('SH', 'EXIT STATUS'),
    ...EXIT_CODES.flatMap(([code, text]) => definition(code, text)),
    macro('SH', 'ENVIRONMENT'),
    ...definition('SLUICE_CONFIG', 'the config file, where --config is not given'),
    ...definition('NO_COLOR, FORCE_COLOR', 'print without, or with colours'),
    macro('SH', 'FILES'),
    ...FILES.flatMap(([file, text]) => definition(file, text)),
    macro('SH', 'SEE ALSO'),
    escapeRoff(groups.map((group) => `sluice-${group.name()}(1)`).join(', ')),
  ];
}

/** The sections of one command; those of its subcommands follow under headings of their own. */
function commandSections(command: Documented, heading: 'SH' | 'SS'): string[] {
  const part = (name: string): string => (heading === 'SH' ? macro('SH', name) : '.PP');
  const children = visibleCommands(command);
  const callable = children.length === 0 || command.registeredArguments.length > 0;
  const examples = command.exampleLines ?? [];
  const described = command.registeredArguments.filter(({ description }) => description !== '');
  const entries = [
    ...described.flatMap((argument) => definition(argument.name(), argument.description)),
    ...optionEntries(command),
  ];
  return [
    ...(callable && heading === 'SH' ? [part('SYNOPSIS'), escapeRoff(synopsis(command))] : []),
    ...(heading === 'SH' ? [part('DESCRIPTION')] : []),
    escapeRoff(command.description()),
    ...(callable && entries.length > 0 ? [...(heading === 'SH' ? [macro('SH', 'OPTIONS')] : []), ...entries] : []),
    ...(command.section ? [escapeRoff(`${command.section.heading}:`), ...verbatim(command.section.lines)] : []),
    ...(examples.length === 0 ? [] : [part('EXAMPLES'), ...verbatim(examples)]),
    ...(children.length === 0 ? [] : [macro('SH', 'COMMANDS')]),
    ...children.flatMap((child) => [macro('SS', synopsis(child)), ...commandSections(child, 'SS')]),
  ];
}

function synopsis(command: Command): string {
  const words: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) words.unshift(each.name());
  return `${words.join(' ')} ${command.usage()}`.trim();
}

function optionEntries(command: Command): string[] {
  const isHelp = (option: Option): boolean => option.long === '--help';
  const options = command.createHelp().visibleOptions(command);
  return options.filter((option) => !isHelp(option)).flatMap((option) => definition(option.flags, textOf(option)));
}

function textOf({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description} (${argChoices.join(', ')})`;
}

function visibleCommands(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
}
