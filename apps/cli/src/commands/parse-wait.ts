import { parseDuration } from '@sluice/panel-kind';
import { usageError } from '@sluice/panel-kind/errors';
import type { LockOptions } from './command.js';

/** Returns `--wait-lock` in milliseconds (default 30 s). */
export function parseWait(options: LockOptions): number {
  if (options.waitLock === undefined) return 30_000;
  try {
    return parseDuration(options.waitLock);
  } catch (error) {
    throw usageError('bad_option', `--wait-lock: ${(error as Error).message}`);
  }
}
