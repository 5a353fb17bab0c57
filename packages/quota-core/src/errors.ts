/** Codes of a {@link QuotaCoreError}. Codes are stable; messages are not. */
export type QuotaCoreErrorCode =
  | 'invalid_size'
  | 'invalid_bytes'
  | 'invalid_billing_cycle'
  | 'invalid_date'
  | 'invalid_instant'
  | 'invalid_time_zone'
  | 'invalid_threshold'
  | 'invalid_money'
  | 'invalid_number';

/**
 * Invalid input. The message names the value and what is accepted. An unusable reading is never thrown: it is a value
 * (see `Reading` and `CounterStep`).
 */
export class QuotaCoreError extends Error {
  override readonly name = 'QuotaCoreError';
  readonly code: QuotaCoreErrorCode;

  constructor(code: QuotaCoreErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Persian words have joiners, which are format characters. */
const UNPRINTABLE = /(?:(?![\u200C\u200D])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}])+/gu;

/** Formats a value from outside for a message: short, without control and format characters, on one line, and quoted. */
export function quote(value: unknown): string {
  if (typeof value === 'string') {
    const cleaned = value.slice(0, 200).replace(UNPRINTABLE, ' ');
    return JSON.stringify(cleaned.length > 60 ? `${cleaned.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '')}…` : cleaned);
  }
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) {
    return String(value);
  }
  return `a value of type ${Array.isArray(value) ? 'array' : typeof value}`;
}
