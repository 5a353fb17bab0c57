/** Stable codes of what the library itself refuses or finds. */
export type AgentTrafficErrorCode =
  /** The text is not an administrator's link or a panel's address. */
  | 'invalid_link'
  | 'invalid_key'
  | 'invalid_user'
  | 'invalid_settings'
  | 'invalid_limit'
  /** The key is not the Owner's: users of other agents cannot be changed with it. */
  | 'owner_key_needed'
  | 'unknown_agent'
  | 'ambiguous_agent'
  | 'not_an_agent'
  /** The owner of a user is not an account of the panel; the panel would create one. */
  | 'unknown_owner'
  | 'unknown_user'
  /** Another user has this uuid. */
  | 'user_exists'
  /** The panel created the user only partially and refused the rest; the partial user was removed again. */
  | 'user_not_made'
  /** It is not known whether the user was created, or how far. */
  | 'user_half_made'
  /** The panel accepted a change but shows other values. */
  | 'change_not_applied'
  | 'list_empty'
  | 'list_halved'
  | 'list_unreadable'
  /** What the add-on cannot express, e.g. a limit of 0. */
  | 'addon_unsupported';

/** A refusal or finding of this library; failures of calls are `PanelError`s. Its message has no uuid and no secret. */
export class AgentTrafficError extends Error {
  static {
    Object.defineProperty(this.prototype, 'name', { value: 'AgentTrafficError', configurable: true, writable: true });
  }

  readonly code: AgentTrafficErrorCode;
  /** The outcome of the change is not known: read the panel before repeating it. */
  readonly outcomeUnknown: boolean;
  /** Facts for programs. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: AgentTrafficErrorCode,
    message: string,
    extra: { outcomeUnknown?: boolean; details?: Record<string, unknown>; cause?: unknown } = {},
  ) {
    super(message);
    this.code = code;
    this.outcomeUnknown = extra.outcomeUnknown ?? false;
    this.details = extra.details ?? {};
    if (extra.cause !== undefined) {
      Object.defineProperty(this, 'cause', { value: extra.cause, configurable: true, writable: true });
    }
  }
}

/** Returns whether something thrown is an `AgentTrafficError` of this or another copy of the library. */
export function isAgentTrafficError(error: unknown): error is AgentTrafficError {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as { name?: unknown }).name === 'AgentTrafficError' &&
    typeof (error as { code?: unknown }).code === 'string'
  );
}
