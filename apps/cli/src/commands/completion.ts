import type { Argument, Command, Option } from 'commander';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { bashCompletion } from '../output/completion/bash.js';
import { fishCompletion } from '../output/completion/fish.js';
import type { CompletionNode, CompletionOption, CompletionValue, Shell } from '../output/completion/shape.js';
import { zshCompletion } from '../output/completion/zsh.js';

const WRITERS: Record<Shell, (nodes: CompletionNode[]) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** `sluice completion SHELL`: generated from the declared commands. */
export function completion(program: Command, shell: Shell, deps: Deps): number {
  deps.stdout.write(WRITERS[shell](listNodes(program)));
  return ExitCode.done;
}

/** Lists every command of the program, parents first. */
export function listNodes(program: Command): CompletionNode[] {
  const visit = (command: Command, words: string[], inherited: CompletionOption[]): CompletionNode[] => {
    const help = command.createHelp();
    // Commands accept all options of the program except --version.
    const own = help.visibleOptions(command).map(toOption);
    const passed = [...inherited, ...command.options.filter((option) => !isVersion(option)).map(toOption)];
    const names = new Set(own.flatMap((option) => option.names));
    const node: CompletionNode = {
      words,
      subcommands: help
        .visibleCommands(command)
        .map((child) => ({ name: child.name(), description: child.description() })),
      options: [...own, ...inherited.filter((option) => !option.names.some((name) => names.has(name)))],
      arguments: command.registeredArguments.map((argument) => ({
        value: toValue(argument.name(), argument),
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
    value: option.required || option.optional ? toValue(/[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? '', option) : null,
  };
}

function toValue(name: string, { argChoices }: Pick<Argument | Option, 'argChoices'>): CompletionValue {
  if (argChoices) return { kind: 'words', words: argChoices };
  if (/file$/i.test(name)) return { kind: 'file' };
  return /folder$/i.test(name) ? { kind: 'folder' } : { kind: 'any' };
}
