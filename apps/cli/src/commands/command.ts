import { printable } from '@sluice/panel-http/printable';
import { usageError } from '@sluice/panel-kind/errors';
import { Command, Option, type ParseOptionsResult } from 'commander';
import type { Deps } from '../context.js';

/** Options that every command has. */
export interface GlobalOptions {
  config?: string;
  json?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  color?: boolean;
  note?: string;
  actor?: string;
  utc?: boolean;
}

/** Options of a command that waits for leases. */
export interface LockOptions extends GlobalOptions {
  waitLock?: string;
}

/** What commands are declared with. */
export interface CommandContext {
  deps: Deps;
  exit: (code: number) => void;
  /** Runs another command line: the demo runs real commands. */
  run: (argv: string[], deps: Deps) => Promise<number>;
}

/** Runs a command with its arguments and options, and returns the exit code. */
export type CommandHandler<Options extends GlobalOptions = GlobalOptions> = (
  args: string[],
  options: Options,
  deps: Deps,
) => Promise<number>;

/** Returns all values of an option that can be repeated. */
export function repeated(value: string, before: string[] = []): string[] {
  return [...before, value];
}

/** A command whose code is loaded when it is called, which keeps the start-up short. */
export class LazyCommand extends Command {
  readonly context: CommandContext;
  /** The examples of the help. */
  exampleLines: readonly string[] = [];
  /** A section of the help between options and examples. */
  section: { heading: string; lines: readonly string[] } | null = null;

  constructor(name: string, context: CommandContext) {
    super(name);
    this.context = context;
  }

  override createCommand(name = ''): LazyCommand {
    return new LazyCommand(name, this.context);
  }

  /** Adds a section to the help; call it before `examples`. */
  explains(heading: string, lines: readonly string[]): this {
    this.section = { heading, lines };
    return this.addHelpText('after', `\n${heading}:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }

  /** Adds examples to the help. */
  examples(...lines: string[]): this {
    this.exampleLines = lines;
    const heading = lines.length === 1 ? 'Example' : 'Examples';
    return this.addHelpText('after', `\n${heading}:\n${lines.map((line) => `  $ ${line}`).join('\n')}`);
  }

  /** Adds an option whose choices are shown in help and completion; the handler refuses other values. */
  choice(flags: string, about: string, words: readonly string[]): this {
    const option = new Option(flags, about);
    option.argChoices = [...words];
    return this.addOption(option);
  }

  /** Adds a group of commands, which are declared once one of them is named: there are many, and a command line names one. */
  group(name: string, about: string, declare: (group: LazyCommand) => void): LazyCommand {
    return this.command(name).description(about).declares(declare);
  }

  /** Adds the panel of a command that works on one panel of this kind. */
  ofPanel(kind: string): this {
    return this.option('--panel <name>', `the ${kind} panel; required if there are several`);
  }

  /** Adds a dry run; `about` says what it leaves alone. */
  dryRun(about = 'change nothing on the panel, and store only the API log'): this {
    return this.option('--dry-run', about);
  }

  /** Adds a dry run, and the exit code of one that finds something to change. */
  previews(about?: string): this {
    return this.dryRun(about).option('--detailed-exitcode', 'with --dry-run: exit 4 if there is something to change');
  }

  /** Adds how long the command waits for another run. */
  waits(on = 'the same object'): this {
    return this.option('--wait-lock <duration>', `how long to wait for another run on ${on} (default: 30s)`);
  }

  /** Adds the options of a command that changes something. */
  changes(): this {
    return this.option('--note <text>', 'why, for the log').option(
      '--actor <name>',
      'who, for the log (default: the login name)',
    );
  }

  /** Refuses options that only the command above has: commander accepts and drops them. */
  #refuseOthersOptions(): void {
    const own = new Set(this.options.map((option) => option.attributeName()));
    const above = this.parent?.parent ? this.parent : null;
    const other = above?.options.find(
      (option) => !own.has(option.attributeName()) && above.getOptionValueSource(option.attributeName()) === 'cli',
    );
    if (other !== undefined) this.error(`error: unknown option '${other.long ?? other.flags}'`);
  }

  /** Declares the subcommands; null where they are declared, or there are none. */
  #declare: ((command: this) => void) | null = null;

  /** Sets what declares the subcommands once the command is named. */
  declares(declare: (command: this) => void): this {
    this.#declare = declare;
    return this;
  }

  /** Declares the subcommands, if they are not declared yet. */
  expand(): this {
    const declare = this.#declare;
    this.#declare = null;
    declare?.(this);
    return this;
  }

  /** Declares the subcommands at every depth, for what describes the whole program. */
  expandAll(): this {
    this.expand();
    for (const child of this.commands) if (child instanceof LazyCommand) child.expandAll();
    return this;
  }

  /** Is the first that commander does with a command that it was given. */
  override parseOptions(args: string[]): ParseOptionsResult {
    this.expand();
    return super.parseOptions(args);
  }

  /** Loads the handler; null for a group of commands. */
  load: (() => Promise<object>) | null = null;

  /** Sets the handler. */
  runs<Options extends GlobalOptions>(load: () => Promise<CommandHandler<Options>>): this {
    this.load = load;
    return this.action(async (...params: unknown[]) => {
      const args = params
        .slice(0, -2)
        .flat()
        .filter((arg) => arg !== undefined);
      this.#refuseOthersOptions();
      const handler = await load();
      const { withRemedy } = await import('../remedies.js');
      const deps = { ...this.context.deps, describe: withRemedy };
      this.context.exit(await handler(args as string[], this.optsWithGlobals(), deps));
    });
  }
}

/** Asks before a destructive command on a terminal, for a yes or for `word`, and requires `--yes` elsewhere. */
export async function confirm(
  deps: Deps,
  options: { yes?: boolean },
  question: string,
  word: string | null = null,
): Promise<void> {
  if (options.yes === true) return;
  if (!deps.ask)
    throw usageError('not_confirmed', `Not confirmed; nothing was changed. Add --yes to answer yes: ${question}`);
  const answer = (
    await deps.ask(`${printable(question)} [${word === null ? 'y/N' : `type ${printable(word)}`}] `)
  ).trim();
  if (word === null ? !/^y(es)?$/i.test(answer) : answer !== word)
    throw usageError('not_confirmed', 'Not confirmed; nothing was changed');
}
