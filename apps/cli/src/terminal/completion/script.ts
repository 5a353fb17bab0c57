import type { Argument, Command, Option } from 'commander';
import { bashCompletion } from './bash.js';
import { fishCompletion } from './fish.js';
import type { CompletionNode, CompletionOption, CompletionValue } from './shape.js';
import { zshCompletion } from './zsh.js';

/** Shells with a completion script. */
export type Shell = 'bash' | 'zsh' | 'fish';

const WRITERS: Record<Shell, (program: string, nodes: readonly CompletionNode[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Returns the values of an argument, or of an option, by the word that stands for it, such as `service`; null for any value. */
export type FindValue = (word: string, isArgument: boolean) => CompletionValue | null;

/**
 * Returns the completion script of a program for a shell, from its declared commands. Choices, and words that end in `file`
 * or `folder`, are completed; `findValue` adds others.
 */
export function completionScript(shell: Shell, program: Command, findValue: FindValue = () => null): string {
  return WRITERS[shell](program.name(), listNodes(program, findValue));
}

/** Lists every command of a program, parents first. */
export function listNodes(program: Command, findValue: FindValue = () => null): CompletionNode[] {
  const toValue = (word: string, { argChoices }: Argument | Option, isArgument: boolean): CompletionValue =>
    argChoices === undefined
      ? (findValue(word, isArgument) ?? defaultValue(word))
      : { kind: 'words', words: argChoices };
  const toOption = (option: Option): CompletionOption => ({
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: option.required || option.optional ? toValue(toWord(option), option, false) : null,
  });
  // Commands accept all options of the program except --version.
  const inherited = program.options.filter(({ long }) => long !== '--version').map(toOption);
  const visit = (command: Command, words: string[]): CompletionNode[] => {
    const help = command.createHelp();
    const own = help.visibleOptions(command).map(toOption);
    const names = new Set(own.flatMap((option) => option.names));
    const others = inherited.filter((option) => command !== program && !option.names.some((name) => names.has(name)));
    const node: CompletionNode = {
      words,
      subcommands: help
        .visibleCommands(command)
        .map((child) => ({ name: child.name(), description: child.summary() || child.description() })),
      options: [...own, ...others],
      arguments: command.registeredArguments.map((argument) => ({
        value: toValue(argument.name(), argument, true),
        variadic: argument.variadic,
      })),
    };
    return [node, ...command.commands.flatMap((child) => visit(child, [...words, child.name()]))];
  };
  return visit(program, []);
}

/** Returns the word that stands for an option's value: `service` for `--service <id>`, and `file` for `--svg <file>`. */
function toWord({ long, flags }: Option): string {
  const word = /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';
  return word === 'id' || word === 'name' ? (long ?? '').slice(2) : word;
}

function defaultValue(word: string): CompletionValue {
  if (/file$/i.test(word)) return { kind: 'file' };
  return /folder$/i.test(word) ? { kind: 'folder' } : { kind: 'any' };
}
