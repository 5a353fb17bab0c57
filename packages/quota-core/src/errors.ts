/** Every `code` that a {@link QuotaCoreError} can carry. Codes are stable; messages are not. */
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
 * Thrown by quota-core for input that has no meaning. Its message names the value and what would be accepted,
 * and is fit for an operator to read. A reading that cannot be understood is never thrown: it is a value
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
