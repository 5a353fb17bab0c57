/** Codes of a {@link TelephonyError}. Codes are stable; messages are not. */
export type TelephonyErrorCode =
  | 'not_a_number'
  | 'too_short'
  | 'too_long'
  | 'number_invalid'
  | 'area_code_unknown'
  | 'area_code_missing'
  | 'area_code_mismatch'
  | 'name_empty'
  | 'username_invalid'
  | 'username_empty_after_reduction'
  | 'order_id_missing'
  | 'period_empty'
  | 'invalid_period'
  | 'invalid_instant'
  | 'no_rate'
  | 'ambiguous_rate'
  | 'invalid_seconds'
  | 'invalid_amount'
  | 'invalid_key';

/** Input that the rules of telephony refuse. The message names the value, cleaned, and what is accepted. */
export class TelephonyError extends Error {
  override readonly name = 'TelephonyError';
  readonly code: TelephonyErrorCode;

  constructor(code: TelephonyErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
