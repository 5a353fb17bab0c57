import type { Check } from '@sluice/engine';
import type { Context } from './options.js';

/** Returns what is wrong with the config that the server follows: its file is refused, or only a restart applies a part of it. */
export function configChecks({ current }: Pick<Context, 'current'>): Check[] {
  if (current === undefined) return [];
  const { refused, needRestart } = current({ beforeChange: false });
  const check = { name: 'config', object: 'serve', section: 'config' };
  if (refused !== null) return [{ ...check, status: 'failed', code: refused.code, message: refused.message }];
  if (needRestart.length === 0) return [];
  const message = `Of the config, this takes effect after a restart of the server: ${needRestart.join(', ')}`;
  return [{ ...check, status: 'warning', code: 'restart_needed', message }];
}
