import type { FlvxQuotaValues, FlvxUserValues } from '../records.js';
import { FlvxValueError } from '../units.js';

/** The names of the quota values on the wire. */
export function quotaFields(values: Partial<FlvxQuotaValues>): Record<string, number> {
  const fields: Record<string, number> = {};
  if (values.quota !== undefined) fields.flow = values.quota;
  if (values.maxForwards !== undefined) fields.num = values.maxForwards;
  if (values.expiresAt !== undefined) fields.expTime = values.expiresAt;
  if (values.resetDay !== undefined) fields.flowResetTime = values.resetDay;
  for (const [name, value] of Object.entries(fields)) {
    // The panel silently replaces anything else by a default (docs/panels/flvx.md, 1.4).
    if (!Number.isSafeInteger(value)) throw new FlvxValueError(`${name} is no whole number. Give a whole number.`);
  }
  return fields;
}

/** The panel trims names; the login does not (docs/panels/flvx.md, 2.3 and 3.1). */
export function checkUserValues(values: FlvxUserValues): void {
  if (values.name.trim() === '') throw new FlvxValueError('A user needs a name.');
  if (!Number.isSafeInteger(values.status)) throw new FlvxValueError('status is no whole number. Give 0 or 1.');
}

/** A new password that the panel would store as it is. */
export function checkPassword(password: string): void {
  if (password === '' || password.trim() !== password) {
    throw new FlvxValueError('A password may not be empty nor begin or end with a blank: the panel cuts blanks off.');
  }
}
