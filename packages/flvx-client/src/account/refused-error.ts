/** Planning was refused because of what was observed; nothing was called for it. */
export class FlvxRefusedError extends Error {
  override readonly name = 'FlvxRefusedError';

  constructor(
    /**
     * - `account_exists`: the name belongs to an account that is not provably this one.
     * - `account_missing`: the account is not on the panel.
     * - `ambiguous_account`: several accounts have the name and it can't be told which one is meant.
     * - `step_not_ready`: a step refers to something that an earlier step has yet to create.
     */
    readonly code: 'account_exists' | 'account_missing' | 'ambiguous_account' | 'step_not_ready',
    message: string,
  ) {
    super(message);
  }
}
