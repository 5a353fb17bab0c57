/** What a caller can tell apart. Stable. */
export type PanelErrorCode =
  | 'PANEL_UNREACHABLE'
  | 'PANEL_TIMEOUT'
  | 'PANEL_AUTH'
  | 'PANEL_FORBIDDEN'
  | 'PANEL_NOT_FOUND'
  | 'PANEL_RATE_LIMITED'
  | 'PANEL_REJECTED'
  | 'PANEL_SERVER_ERROR'
  | 'PANEL_UNREADABLE'
  | 'PANEL_CIRCUIT_OPEN';

/** A field of a request or an answer and what is wrong with it. */
export interface PanelErrorField {
  path: string;
  message: string;
}

/** What a `PanelError` is made with beside its message; what is left out is unknown (`null`, `false`). */
export interface PanelErrorDetails {
  panel: string;
  endpoint: string;
  status?: number | null;
  panelCode?: string | number | null;
  retryAfterMs?: number | null;
  outcomeUnknown?: boolean;
  fields?: PanelErrorField[];
  cause?: unknown;
}

/** On the prototype, so that the stack's first line has it and bundlers cannot change it. */
function nameOf(type: { prototype: Error }, name: string): void {
  Object.defineProperty(type.prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Stands at the end of every message whose change is in doubt. */
const DOUBT = 'The change may have been made all the same: read back before repeating it.';

const brand = Symbol.for('@sluice/panel-http/PanelError');

/**
 * A call to a panel that did not give what was asked for. Every text in it is redacted. The subclasses stand for what the caller
 * does next; `code` is stable.
 */
export class PanelError extends Error {
  static {
    nameOf(this, 'PanelError');
  }

  readonly code: PanelErrorCode;
  readonly panel: string;
  /** The template of the call, e.g. `GET /api/v3/admin/ports/{id}`. */
  readonly endpoint: string;
  /** The HTTP status, `null` when no answer came. */
  readonly status: number | null;
  /** The panel's own code for the failure, where it has one. */
  readonly panelCode: string | number | null;
  /** How long the panel asked to be left alone. */
  readonly retryAfterMs: number | null;
  /**
   * A changing call whose answer was lost or unreadable: the change may have been made. Read back before repeating. The message
   * says so in its last sentence.
   */
  readonly outcomeUnknown: boolean;
  /** The message without that last sentence, for a caller that has read back and knows more. */
  declare readonly statement: string;
  /** The fields that were wrong, where they are known. Paths and expectations, never values. */
  declare readonly fields?: PanelErrorField[];

  constructor(code: PanelErrorCode, message: string, details: PanelErrorDetails) {
    super(details.outcomeUnknown === true ? `${message} ${DOUBT}` : message);
    this.code = code;
    this.panel = details.panel;
    this.endpoint = details.endpoint;
    this.status = details.status ?? null;
    this.panelCode = details.panelCode ?? null;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
    if (details.fields !== undefined) this.fields = details.fields;
    Object.defineProperty(this, brand, { value: true });
    Object.defineProperty(this, 'statement', { value: message });
    if (details.cause !== undefined) {
      Object.defineProperty(this, 'cause', { value: details.cause, configurable: true, writable: true });
    }
  }

  /** Everything but the stack and the cause. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      panel: this.panel,
      endpoint: this.endpoint,
      status: this.status,
      panelCode: this.panelCode,
      retryAfterMs: this.retryAfterMs,
      outcomeUnknown: this.outcomeUnknown,
      ...(this.fields === undefined ? {} : { fields: this.fields }),
    };
  }
}

/** No connection, or it was cut: wait, or look at the network. */
export class PanelUnreachableError extends PanelError {
  static {
    nameOf(this, 'PanelUnreachableError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_UNREACHABLE', message, details);
  }
}

/** No answer in time: wait, or allow more time. */
export class PanelTimeoutError extends PanelError {
  static {
    nameOf(this, 'PanelTimeoutError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_TIMEOUT', message, details);
  }
}

/** The credentials were not accepted: mend the configuration. */
export class PanelAuthError extends PanelError {
  static {
    nameOf(this, 'PanelAuthError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_AUTH', message, details);
  }
}

/** The credentials are good but not for this: widen their rights. */
export class PanelForbiddenError extends PanelError {
  static {
    nameOf(this, 'PanelForbiddenError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_FORBIDDEN', message, details);
  }
}

/** The object, or the endpoint, does not exist: mend the mapping. */
export class PanelNotFoundError extends PanelError {
  static {
    nameOf(this, 'PanelNotFoundError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_NOT_FOUND', message, details);
  }
}

/** Too many calls: wait `retryAfterMs`, and ask less often. */
export class PanelRateLimitedError extends PanelError {
  static {
    nameOf(this, 'PanelRateLimitedError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_RATE_LIMITED', message, details);
  }
}

/** The panel understood and said no: its own words are in the message. A repeat does not help. */
export class PanelRejectedError extends PanelError {
  static {
    nameOf(this, 'PanelRejectedError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_REJECTED', message, details);
  }
}

/** The panel failed: look at the panel. */
export class PanelServerError extends PanelError {
  static {
    nameOf(this, 'PanelServerError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_SERVER_ERROR', message, details);
  }
}

/** An answer that is not what it should be: nothing may be concluded from it. */
export class PanelUnreadableError extends PanelError {
  static {
    nameOf(this, 'PanelUnreadableError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_UNREADABLE', message, details);
  }
}

/** The panel failed too often just now and was not asked: wait. */
export class PanelCircuitOpenError extends PanelError {
  static {
    nameOf(this, 'PanelCircuitOpenError');
  }

  constructor(message: string, details: PanelErrorDetails) {
    super('PANEL_CIRCUIT_OPEN', message, details);
  }
}

const classes: Record<PanelErrorCode, new (message: string, details: PanelErrorDetails) => PanelError> = {
  PANEL_UNREACHABLE: PanelUnreachableError,
  PANEL_TIMEOUT: PanelTimeoutError,
  PANEL_AUTH: PanelAuthError,
  PANEL_FORBIDDEN: PanelForbiddenError,
  PANEL_NOT_FOUND: PanelNotFoundError,
  PANEL_RATE_LIMITED: PanelRateLimitedError,
  PANEL_REJECTED: PanelRejectedError,
  PANEL_SERVER_ERROR: PanelServerError,
  PANEL_UNREADABLE: PanelUnreadableError,
  PANEL_CIRCUIT_OPEN: PanelCircuitOpenError,
};

/**
 * Creates the error of the class that belongs to `code`.
 *
 * @example
 * ```ts
 * throw createPanelError('PANEL_REJECTED', 'Panel "dcim" refused the name.', {
 *   panel: 'dcim',
 *   endpoint: 'POST /api/v3/admin/orders',
 *   status: 422,
 * });
 * ```
 */
export function createPanelError(code: PanelErrorCode, message: string, details: PanelErrorDetails): PanelError {
  return new classes[code](message, details);
}

/**
 * Returns whether something thrown is a `PanelError`, also of another copy of this package.
 *
 * @example
 * ```ts
 * if (isPanelError(error) && error.outcomeUnknown) await readBack();
 * ```
 */
export function isPanelError(error: unknown): error is PanelError {
  return typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true;
}
