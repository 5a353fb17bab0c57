import { printable } from '@sluice/panel-http/printable';
import { parseDuration } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import type { Deps } from '../context.js';

/** Milliseconds of `--wait-lock` (default 30 s). */
export function waitOf(options: { waitLock?: string }): number {
  if (options.waitLock === undefined) return 30_000;
  try {
    return parseDuration(options.waitLock);
  } catch (error) {
    throw usageError('bad_option', `--wait-lock: ${(error as Error).message}`);
  }
}

/** What destroys asks on a terminal and demands `--yes` elsewhere: exit 2 without it, nothing called. */
export async function confirm(deps: Deps, options: { yes?: boolean }, question: string): Promise<void> {
  if (options.yes === true) return;
  if (!deps.ask) throw usageError('not_confirmed', `${question} Add --yes to do it; nothing was called`);
  const answer = await deps.ask(`${printable(question)} [y/N] `);
  if (!/^y(es)?$/i.test(answer.trim())) throw usageError('not_confirmed', 'Nothing was called');
}
