import { importKeys } from '@sluice/engine';
import { completionScript, type Shell } from '../terminal/completion/script.js';
import type { CompletionValue } from '../terminal/completion/shape.js';
import type { Command } from 'commander';
import type { Deps } from '../context.js';
import { ExitCode } from '../exit-codes.js';
import { KINDS } from '../kinds.js';
import { LazyCommand } from './command.js';
import type { ListHandler } from './list.js';
import { toStoredNames } from './list-stored.js';

/** `sluice completion SHELL`: generated from the declared commands. */
export async function completion(program: LazyCommand, shell: Shell, deps: Deps): Promise<number> {
  await nameColumns(program.expandAll());
  deps.stdout.write(completionScript(shell, program, findValue));
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

/** Returns the values of words that stand for keys of services (`client=`), or for names in the config and the store. */
function findValue(word: string, isArgument: boolean): CompletionValue | null {
  if (word === 'pair' || (isArgument && word === 'pairs')) {
    const keys = importKeys(KINDS).filter((key) => key !== 'id');
    return { kind: 'words', words: keys.map((key) => `${key}=`) };
  }
  const names = toStoredNames(word) ?? toStoredNames(`${word}s`);
  return names === null ? null : { kind: 'stored', names };
}
