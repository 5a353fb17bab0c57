import { usageError } from '@sluice/panel-kind';
import { checkLocalDate } from '@sluice/quota-core';
import type { WrittenValue } from './documents.js';

const PRICE = [/^\d{1,9}(\.\d{1,6})?$/, 'a price: write at most 9 digits before the point and 6 after it'] as const;
const PREFIX = [/^\d{0,18}$/, 'a prefix: write its digits, with the country code'] as const;

const FORMS: Readonly<Record<string, readonly [RegExp, string]>> = {
  price_per_minute: PRICE,
  connection_fee: PRICE,
  prefix: PREFIX,
};

/** Fields without which a rate can't be read. */
const NEEDED = ['price_per_minute', 'initial_increment_seconds', 'increment_seconds'];
const DATES = ['valid_from', 'valid_to'];

/**
 * Checks the values of a rate by the names of their fields: a rate with others would fit no call, or could not be read.
 *
 * @throws SluiceError `bad_value` that names the field
 */
export function checkRate(stated: ReadonlyMap<string, WrittenValue>): void {
  for (const [name, value] of stated) {
    if (value === null && NEEDED.includes(name)) {
      throw usageError('bad_value', `${name} of a rate can not be empty`);
    }
    const [form, what] = FORMS[name] ?? [];
    if (typeof value !== 'string') continue;
    if (form?.test(value) === false) throw usageError('bad_value', `${name}: "${value}" is not ${what ?? ''}`);
    if (DATES.includes(name) && !isDate(value)) throw usageError('bad_value', `${name}: "${value}" is not a date`);
  }
  const [from, to] = DATES.map((name) => stated.get(name));
  if (typeof from === 'string' && typeof to === 'string' && to <= from) {
    throw usageError('bad_value', `valid_to: "${to}" is not after valid_from`);
  }
}

function isDate(text: string): boolean {
  try {
    checkLocalDate(text, 'the date');
    return true;
  } catch {
    return false;
  }
}
