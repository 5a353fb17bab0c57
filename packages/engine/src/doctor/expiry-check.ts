import { formatLength } from '../clock/clock-guard.js';
import type { Check } from './check.js';

/** Credentials that end within this time are a warning: enough to replace them without hurry. */
const NOTICE_MS = 10 * 86_400_000;

/** Checks when the credentials of a panel end; `now` is the panel's time. */
export function expiryCheck(panel: string, { key, at }: { key: string; at: string }, now: number): Check {
  const left = Date.parse(at) - now;
  const object = `panels.${panel}.${key}`;
  const check = { name: 'credentials', object };
  if (left <= 0) {
    return { ...check, status: 'failed', message: `valid until ${at} and expired now: set a new ${key} in the config` };
  }
  if (left > NOTICE_MS) return { ...check, status: 'ok', message: `valid until ${at}` };
  const message = `valid until ${at}, for ${formatLength(left)} more: set a new ${key} in the config before that`;
  return { ...check, status: 'warning', message };
}
