/**
 * Why an operation was not begun or not gone on with:
 * - `account_exists`: the name belongs to an account that is not provably this one,
 * - `account_missing`: the account is not on the panel,
 * - `ambiguous_account`: several accounts bear the name and it cannot be told which is meant,
 * - `step_not_ready`: a step refers to something that an earlier step has yet to make.
 */
export type FlvxRefusal = 'account_exists' | 'account_missing' | 'ambiguous_account' | 'step_not_ready';

/** An operation is refused by what was observed; nothing was called for it. */
export class FlvxRefusedError extends Error {
  override readonly name = 'FlvxRefusedError';

  constructor(
    readonly code: FlvxRefusal,
    message: string,
  ) {
    super(message);
  }
}
