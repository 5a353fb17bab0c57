/** A plan that the observed account does not allow; the panel is not called. */
export class FlvxRefusedError extends Error {
  override readonly name = 'FlvxRefusedError';

  constructor(
    /**
     * - `account_exists`: an account has the name and does not provably belong to the service.
     * - `account_missing`: the panel does not have the account.
     * - `ambiguous_account`: several accounts have the name.
     * - `step_not_ready`: a step needs an object that an earlier step has yet to create.
     */
    readonly code: 'account_exists' | 'account_missing' | 'ambiguous_account' | 'step_not_ready',
    message: string,
  ) {
    super(message);
  }
}
