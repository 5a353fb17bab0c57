import type { LockOptions } from './command.js';
import { parseWait } from './parse-wait.js';

/** Options of commands that change something on a panel. */
export interface ChangeOptions extends LockOptions {
  panel?: string;
  dryRun?: boolean;
  detailedExitcode?: boolean;
  yes?: boolean;
}

/** Options of a change, as the engine has them. */
export interface ChangeHow {
  panel: string | undefined;
  dryRun: boolean;
  waitMs: number;
}

/** Returns how the engine makes a change. */
export function toHow(options: ChangeOptions): ChangeHow {
  return { panel: options.panel, dryRun: options.dryRun === true, waitMs: parseWait(options) };
}
