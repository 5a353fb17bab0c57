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

/** Formats a value for a message: short, on one line, and quoted. */
export function quote(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null || value === undefined) {
    return String(value);
  }
  return `a value of type ${Array.isArray(value) ? 'array' : typeof value}`;
}
