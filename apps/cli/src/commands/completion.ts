import type { Argument, Command, Option } from 'commander';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { completionScript } from '../output/completion/script.js';
import type { CompletionNode, CompletionOption, CompletionValue, Shell } from '../output/completion/shape.js';

/** `sluice completion SHELL`: written out of the program itself, so that it can't fall behind it. */
export function completion(program: Command, shell: Shell, deps: Deps): number {
  deps.stdout.write(completionScript(shell, nodesOf(program)));
  return ExitCode.done;
}

/** Every command of the program, parents first. */
export function nodesOf(program: Command): CompletionNode[] {
  const visit = (command: Command, words: string[], inherited: CompletionOption[]): CompletionNode[] => {
    const help = command.createHelp();
    // Of the program's own options, asking for its version is the only one that no command takes.
    const own = help.visibleOptions(command).map(optionOf);
    const passedOn = [...inherited, ...command.options.filter((option) => !isVersion(option)).map(optionOf)];
    const names = new Set(own.flatMap((option) => option.names));
    const node: CompletionNode = {
      words,
      subcommands: help
        .visibleCommands(command)
        .map((child) => ({ name: child.name(), description: child.description() })),
      options: [...own, ...inherited.filter((option) => !option.names.some((name) => names.has(name)))],
      arguments: command.registeredArguments.map((argument) => ({
        value: valueOf(argument.name(), argument),
        variadic: argument.variadic,
      })),
    };
    return [node, ...command.commands.flatMap((child) => visit(child, [...words, child.name()], passedOn))];
  };
  return visit(program, [], []);
}

function isVersion(option: Option): boolean {
  return option.long === '--version';
}

function optionOf(option: Option): CompletionOption {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    description: option.description,
    value: option.required || option.optional ? valueOf(/[<[]([^>\].]+)/.exec(option.flags)?.[1] ?? '', option) : null,
  };
}

function valueOf(name: string, { argChoices }: Pick<Argument | Option, 'argChoices'>): CompletionValue {
  if (argChoices) return { kind: 'words', words: argChoices };
  if (/file$/i.test(name)) return { kind: 'file' };
  return /folder$/i.test(name) ? { kind: 'folder' } : { kind: 'any' };
}
