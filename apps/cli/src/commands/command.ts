import { Option, type Command } from 'commander';
import type { Deps } from '../context.js';

/** Options that every command has. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
}

/** What commands are declared with. */
export interface CommandContext {
  deps: Deps;
  exit: (code: number) => void;
  /** Runs another command line: the demo plays real commands. */
  run: (argv: string[], deps: Deps) => Promise<number>;
}

/** A command: its words, its options, what it has from outside; gives the exit code. */
export type CommandHandler<Options extends GlobalOptions = GlobalOptions> = (
  args: string[],
  options: Options,
  deps: Deps,
) => Promise<number>;

/** An option with fixed choices, for the help and for completion; whether a word is one of them is the command's to say. */
export function choice(flags: string, description: string, words: readonly string[]): Option {
  const option = new Option(flags, description);
  option.argChoices = [...words];
  return option;
}

/** An action that loads its code only when it is called: the start-up stays short. */
export function lazily<Options extends GlobalOptions>(
  context: CommandContext,
  load: () => Promise<CommandHandler<Options>>,
): (...params: unknown[]) => Promise<void> {
  return async (...params) => {
    const command = params.at(-1) as Command;
    const words = params
      .slice(0, -2)
      .flat()
      .filter((word) => word !== undefined);
    const handler = await load();
    context.exit(await handler(words as string[], command.optsWithGlobals(), context.deps));
  };
}
