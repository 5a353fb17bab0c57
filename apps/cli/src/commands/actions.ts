import { usageError } from '@sluice/panel-kind/errors';
import { ExitCode } from '../exit-codes.js';
import { Terminal } from '../output/terminal.js';
import type { CommandHandler, GlobalOptions } from './command.js';
import { waitOf } from './shared.js';
import { withSluice } from '../open-sluice.js';

/** Options of `action resolve`. */
export interface ResolveOptions extends GlobalOptions {
  done?: boolean;
  notDone?: boolean;
  waitLock?: string;
}

/** `sluice action resolve ID` */
export const actionResolve: CommandHandler<ResolveOptions> = async ([id = ''], options, deps) => {
  const done = options.done === true;
  if (done === (options.notDone === true)) {
    throw usageError('bad_option', 'Say either --done or --not-done, after looking at the object on the panel');
  }
  return withSluice(deps, options, async (sluice) => {
    const action = await sluice.log.resolve(id, { done, waitMs: waitOf(options) });
    const terminal = new Terminal(deps, options);
    if (terminal.json) terminal.document({ action });
    else {
      const { service, panel, type, target } = action as unknown as Record<string, string | null>;
      terminal.info(`${service ?? panel}: ${type} ${target} counts as ${done ? 'done' : 'not done'}`);
    }
    return ExitCode.done;
  });
};
