import { importKeys } from '@sluice/engine';
import type { Argument, Command, Option } from 'commander';
import type { Deps } from '../context.js';
import { KINDS } from '../kinds.js';
import { LazyCommand } from './command.js';
import type { ListHandler } from './list.js';
import { ExitCode } from '../exit-codes.js';
import { bashCompletion } from '../output/completion/bash.js';
import { fishCompletion } from '../output/completion/fish.js';
import {
  SHELLS,
  STORED_NAMES,
  type CompletionNode,
  type CompletionOption,
  type CompletionValue,
  type Shell,
  type StoredNames,
} from '../output/completion/shape.js';
import { zshCompletion } from '../output/completion/zsh.js';

const WRITERS: Record<Shell, (nodes: CompletionNode[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Options of `sluice completion`. */
export interface CompletionOptions {
  /** What a completion script asks for. */
  complete?: string;
  config?: string;
}

/** `sluice completion SHELL`: generated from the declared commands. */
export async function completion(
  program: Command,
  shell: Shell | undefined,
  options: CompletionOptions,
  deps: Deps,
): Promise<number> {
  if (options.complete !== undefined) {
    const names = STORED_NAMES.find((name) => name === options.complete);
    const { listStored } = await import('./list-stored.js');
    const found = names === undefined ? [] : await listStored(names, options.config, deps);
    deps.stdout.write(found.map((name) => `${name}\n`).join(''));
    return ExitCode.done;
  }
  if (shell === undefined) return program.error(`error: name your shell: ${SHELLS.join(', ')}`);
  await nameColumns(program);
  deps.stdout.write(WRITERS[shell](listNodes(program)));
  return ExitCode.done;
}

/** Offers the columns of each list; their names are known once its handler is loaded. */
async function nameColumns(command: Command): Promise<void> {
  const options = command.options.filter(({ long }) => long === '--sort' || long === '--columns');
  if (options.length > 0 && command instanceof LazyCommand) {
    const { columnNames } = ((await command.load?.()) ?? {}) as Partial<ListHandler>;
    for (const option of options) if (columnNames !== undefined) option.argChoices = [...columnNames];
  }
  for (const child of command.commands) await nameColumns(child);
}

/** Lists every command of the program, parents first. */
export function listNodes(program: Command): CompletionNode[] {
  const visit = (command: Command, words: string[], inherited: CompletionOption[]): CompletionNode[] => {
    const help = command.createHelp();
    // Commands accept all options of the program except --version.
    const own = help.visibleOptions(command).map(toOption);
    const passed =
      command === program ? command.options.filter((option) => !isVersion(option)).map(toOption) : inherited;
    const names = new Set(own.flatMap((option) => option.names));
    const node: CompletionNode = {
      words,
      subcommands: help
        .visibleCommands(command)
        .map((child) => ({ name: child.name(), description: child.summary() || child.description() })),
      options: [...own, ...inherited.filter((option) => !option.names.some((name) => names.has(name)))],
      arguments: command.registeredArguments.map((argument) => ({
        value: toValue(argument.name() === 'pairs' ? 'pair' : argument.name(), argument),
        variadic: argument.variadic,
      })),
    };
    return [node, ...command.commands.flatMap((child) => visit(child, [...words, child.name()], passed))];
  };
  return visit(program, [], []);
}

function isVersion(option: Option): boolean {
  return option.long === '--version';
}

function toOption(option: Option): CompletionOption {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: option.required || option.optional ? toValue(toPlaceholder(option), option) : null,
  };
}

/** Returns what the value of an option is: `service` for `--service <id>`, and `file` for `--svg <file>`. */
function toPlaceholder({ long, flags }: Option): string {
  const name = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';
  return name === 'id' || name === 'name' ? (long ?? '').slice(2) : name;
}

/** Returns the keys of services: `client=`. */
function keyWords(): string[] {
  return importKeys(KINDS)
    .filter((key) => key !== 'id')
    .map((key) => `${key}=`);
}

function toValue(name: string, { argChoices }: Pick<Argument | Option, 'argChoices'>): CompletionValue {
  if (argChoices) return { kind: 'words', words: argChoices };
  if (name === 'pair') return { kind: 'words', words: keyWords() };
  const [, stored] =
    /^(service|panel|product|package|agent|client|invoice|purchase|speed-limit|tunnel-group)s?$/.exec(name) ?? [];
  if (stored !== undefined) return { kind: 'stored', names: `${stored}s` as StoredNames };
  if (/file$/i.test(name)) return { kind: 'file' };
  return /folder$/i.test(name) ? { kind: 'folder' } : { kind: 'any' };
}
