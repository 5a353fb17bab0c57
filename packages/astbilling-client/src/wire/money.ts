import { Decimal } from 'decimal.js';
import type { Formats } from '../profile/schema.js';
import { scalarText } from './pointer.js';

/** More digits than any amount has: an exponent may not make a text of a million. */
const LONGEST = 40;

/** Returns an amount of the wire as decimal text with every digit that came; null for what is in doubt. */
export function parseMoney(value: unknown, format: Formats['money']): string | null {
  const text = scalarText(value) ?? '';
  switch (format) {
    case 'decimal-string':
      return typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? plain(value) : null;
    case 'decimal-comma-string':
      return typeof value === 'string' && /^-?\d+(,\d+)?$/.test(value) ? plain(value.replace(',', '.')) : null;
    case 'integer-cents':
      return /^-?\d+$/.test(text) ? plain(new Decimal(text).div(100).toFixed(2)) : null;
    case 'number':
      return /^-?\d+(\.\d+)?([eE][+-]?\d{1,3})?$/.test(text) ? plain(text) : null;
  }
}

/** Returns decimal text as the wire writes it. Throws a `RangeError` for what it can't write. */
export function formatMoney(amount: string, format: Formats['money']): string | number {
  if (!/^-?\d{1,30}(\.\d{1,30})?$/.test(amount)) throw new RangeError('write an amount as decimal text');
  switch (format) {
    case 'decimal-string':
      return amount;
    case 'decimal-comma-string':
      return amount.replace('.', ',');
    case 'integer-cents': {
      const cents = new Decimal(amount).mul(100);
      if (!cents.isInteger()) throw new RangeError('the system keeps whole cents only');
      return cents.toNumber();
    }
    case 'number':
      return String(Number(amount)) === amount ? Number(amount) : amount;
  }
}

function plain(text: string): string | null {
  if (text.length > LONGEST) return null;
  const written = /e/i.test(text) ? new Decimal(text).toFixed() : text;
  if (written.length > LONGEST) return null;
  return /^-0*(\.0*)?$/.test(written) ? written.slice(1) : written;
}
