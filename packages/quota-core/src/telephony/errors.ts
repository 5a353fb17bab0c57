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

const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]+/gu;

/** Returns text as one line without control and format characters. */
export function clean(text: string): string {
  return text.replace(UNPRINTABLE, ' ');
}

/** Formats text from outside for a message: short, cleaned, on one line, and quoted. */
export function quote(text: unknown): string {
  if (typeof text !== 'string') return text === null ? 'null' : `a value of type ${typeof text}`;
  const cleaned = clean(text.slice(0, 200));
  return JSON.stringify(cleaned.length > 60 ? `${cleaned.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '')}…` : cleaned);
}
