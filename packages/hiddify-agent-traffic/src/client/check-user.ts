import { BYTES_PER_GB, checkLocalDate } from '@sluice/quota-core';
import { AgentTrafficError } from '../errors.js';
import { SELF, type HiddifyUserMode } from './records.js';
import type { HiddifyUserChange, NewHiddifyUser } from './types.js';
import { isCanonicalUuid } from './uuid.js';

const MODES: readonly string[] = ['no_reset', 'monthly', 'weekly', 'daily'] satisfies HiddifyUserMode[];
/** The highest limit; the panel silently reduces anything larger to it. */
export const MOST_BYTES = 1_000_000 * BYTES_PER_GB;
const LONGEST = 512;

/**
 * Rejects what the panel would refuse only after it has committed a half-made row, or would silently change
 * (docs/panels/hiddify.md, 3.3, 3.4 and 4.2).
 *
 * @throws AgentTrafficError `invalid_user`
 */
export function checkNewUser(user: NewHiddifyUser): void {
  if (user.uuid !== undefined) checkUuid(user.uuid, 'uuid');
  if (user.limitBytes <= 0) refuse('limitBytes', 'above 0, because every user on the panel needs a limit');
  checkChange(user);
}

/**
 * Rejects a change for the same reasons.
 *
 * @throws AgentTrafficError `invalid_user`
 */
export function checkChange(change: HiddifyUserChange & { startDate?: string | null | undefined }): void {
  const { name, limitBytes, usedBytes, packageDays, startDate, mode, owner, comment, telegramId } = change;
  if (name !== undefined && (name.trim() === '' || countCharacters(name) > LONGEST)) {
    refuse('name', `1 to ${LONGEST} characters long`);
  }
  if (comment !== undefined && countCharacters(comment) > LONGEST)
    refuse('comment', `at most ${LONGEST} characters long`);
  if (limitBytes !== undefined) checkSize(limitBytes, 'limitBytes');
  if (usedBytes !== undefined) checkSize(usedBytes, 'usedBytes');
  if (packageDays !== undefined && !(Number.isInteger(packageDays) && packageDays >= 0 && packageDays <= 100_000)) {
    refuse('packageDays', 'a whole number of days from 0 to 100,000');
  }
  if (startDate !== undefined && startDate !== null) checkLocalDate(startDate, 'the start date');
  if (mode !== undefined && !MODES.includes(mode)) refuse('mode', `one of ${MODES.join(', ')}`);
  if (owner !== undefined && owner !== SELF) checkUuid(owner, 'owner');
  if (telegramId !== undefined && !(Number.isSafeInteger(telegramId) && telegramId >= 0)) {
    refuse('telegramId', 'a whole number');
  }
}

/** @throws AgentTrafficError `invalid_user` */
export function checkUuid(uuid: string, field: string): void {
  if (!isCanonicalUuid(uuid)) refuse(field, 'a lower-case v4 uuid: the panel silently replaces every other form');
}

function checkSize(bytes: number, field: string): void {
  if (!Number.isSafeInteger(bytes) || bytes < 0 || bytes > MOST_BYTES) {
    refuse(field, 'a whole number of bytes, at most 1,000,000 GB');
  }
}

/** The database counts characters, not UTF-16 units. */
function countCharacters(text: string): number {
  return Array.from(text).length;
}

function refuse(field: string, due: string): never {
  throw new AgentTrafficError('invalid_user', `The user cannot be saved: ${field} has to be ${due}.`, {
    details: { field },
  });
}
