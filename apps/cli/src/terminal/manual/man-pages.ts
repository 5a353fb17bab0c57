import type { Command, Option } from 'commander';
import { definition, escapeRoff, macro, verbatim } from './roff.js';

/** A command with the examples and the section of its help. */
type Documented = Command & {
  exampleLines?: readonly string[];
  section?: { heading: string; lines: readonly string[] } | null;
};

/** What a manual has besides the declared commands; each list has terms with their meaning. */
export interface ManualParts {
  version: string;
  /** The program in a few words. */
  summary: string;
  exitStatus: readonly (readonly [string, string])[];
  environment: readonly (readonly [string, string])[];
  files: readonly (readonly [string, string])[];
}

/**
 * Returns the manual of a program by file name: `PROGRAM.1`, and one page for each top-level command, `PROGRAM-COMMAND.1`.
 * Commands may have `exampleLines`, and a `section` of their help.
 */
export function manPages(program: Command, parts: ManualParts): Map<string, string> {
  const groups = visibleCommands(program);
  const main = program.name();
  const heading = `${main.charAt(0).toUpperCase()}${main.slice(1)} manual`;
  const title = (name: string): string => macro('TH', name.toUpperCase(), '1', '', `${main} ${parts.version}`, heading);
  const toPage = (group: Command): string => `${main}-${group.name()}`;
  const pages = new Map([[`${main}.1`, page([title(main), ...overview(program, parts, groups.map(toPage))])]]);
  for (const group of groups) {
    const name = toPage(group);
    const others = groups.filter((other) => other !== group).map((other) => `${toPage(other)}(1)`);
    pages.set(
      `${name}.1`,
      page([
        title(name),
        macro('SH', 'NAME'),
        escapeRoff(`${name} - ${inShort(group)}`),
        ...commandSections(group, 'SH'),
        macro('SH', 'SEE ALSO'),
        escapeRoff([`${main}(1)`, ...others].join(', ')),
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

function overview(program: Command, parts: ManualParts, pages: string[]): string[] {
  const main = program.name();
  const entries = (list: ManualParts['files']): string[] => list.flatMap(([term, text]) => definition(term, text));
  return [
    macro('SH', 'NAME'),
    escapeRoff(`${main} - ${parts.summary}`),
    macro('SH', 'SYNOPSIS'),
    escapeRoff(`${main} [options] <command> [arguments]`),
    macro('SH', 'DESCRIPTION'),
    escapeRoff(program.description()),
    escapeRoff(`"${main} COMMAND --help" prints the options of a command, and ${main}-COMMAND(1) is its page.`),
    macro('SH', 'COMMANDS'),
    ...visibleCommands(program).flatMap((group, index) => definition(`${pages[index] ?? ''}(1)`, inShort(group))),
    macro('SH', 'OPTIONS OF EVERY COMMAND'),
    ...optionEntries(program),
    macro('SH', 'EXIT STATUS'),
    ...entries(parts.exitStatus),
    macro('SH', 'ENVIRONMENT'),
    ...entries(parts.environment),
    macro('SH', 'FILES'),
    ...entries(parts.files),
    macro('SH', 'SEE ALSO'),
    escapeRoff(pages.map((name) => `${name}(1)`).join(', ')),
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
  return options.filter((option) => !isHelp(option)).flatMap((option) => definition(option.flags, toText(option)));
}

function toText({ description, argChoices }: Option): string {
  return argChoices === undefined ? description : `${description} (${argChoices.join(', ')})`;
}

function visibleCommands(command: Command): Command[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .filter((child) => child.name() !== 'help');
}
