import { createHash } from 'node:crypto';
import type { HiddifyUser } from '../client/records.js';

/**
 * What a person would change about a user, as a short text to compare: when it differs later, somebody has dealt with the user
 * since. Usage, dates and activity are left out, since the panel moves them by itself.
 */
export function fingerprintOf(user: HiddifyUser): string {
  const { name, comment, limitBytes, packageDays, mode, telegramId } = user;
  const text = JSON.stringify([name, comment ?? '', limitBytes, packageDays, mode, telegramId ?? 0]);
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
