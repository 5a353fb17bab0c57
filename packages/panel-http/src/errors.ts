/** Stable codes of failed calls. */
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

/** An invalid field of a request or an answer. */
export interface PanelErrorField {
  path: string;
  message: string;
}

/** Properties of a `PanelError`; absent ones are unknown (`null`, `false`). */
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

/** Defined on the prototype, so that the first line of the stack has it and bundlers can't change it. */
function defineName({ prototype }: { prototype: Error }, name: string): void {
  Object.defineProperty(prototype, 'name', { value: name, configurable: true, writable: true });
}

/** Last sentence of a message whose change is in doubt. */
const DOUBT = 'The change may still have been made: read the object before you repeat it.';

const brand = Symbol.for('@sluice/panel-http/PanelError');

/**
 * A failed call to a panel. Every text in it is redacted. Each subclass stands for what the caller does next; `code` is stable.
 */
export class PanelError extends Error {
  static {
    defineName(this, 'PanelError');
  }

  readonly code: PanelErrorCode;
  readonly panel: string;
  /** The template of the call, e.g. `GET /api/v3/admin/ports/{id}`. */
  readonly endpoint: string;
  /** The HTTP status, `null` when no answer came. */
  readonly status: number | null;
  /** The panel's own code for the failure, where it has one. */
  readonly panelCode: string | number | null;
  /** How long the panel asks callers to wait. */
  readonly retryAfterMs: number | null;
  /**
   * True for a changing call whose answer was lost or unreadable: the change may have been made. Read back before repeating it, as
   * the last sentence of the message states.
   */
  readonly outcomeUnknown: boolean;
  /** The message without that last sentence, for a caller that has read back. */
  declare readonly statement: string;
  /** The invalid fields, where they are known: paths and expectations, never values. */
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

  /** Returns everything but the stack and the cause. */
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

/** Creates the subclass of one code. */
function subclass(code: PanelErrorCode, name: string): new (message: string, details: PanelErrorDetails) => PanelError {
  return class extends PanelError {
    static {
      defineName(this, name);
    }

    constructor(message: string, details: PanelErrorDetails) {
      super(code, message, details);
    }
  };
}

/** No connection, or it was cut: wait, or check the network. */
export class PanelUnreachableError extends subclass('PANEL_UNREACHABLE', 'PanelUnreachableError') {}

/** No answer in time: wait, or allow more time. */
export class PanelTimeoutError extends subclass('PANEL_TIMEOUT', 'PanelTimeoutError') {}

/** The credentials were not accepted: correct the configuration. */
export class PanelAuthError extends subclass('PANEL_AUTH', 'PanelAuthError') {}

/** The credentials lack the rights for the call: extend them. */
export class PanelForbiddenError extends subclass('PANEL_FORBIDDEN', 'PanelForbiddenError') {}

/** The object, or the endpoint, does not exist: correct the mapping. */
export class PanelNotFoundError extends subclass('PANEL_NOT_FOUND', 'PanelNotFoundError') {}

/** Too many calls: wait `retryAfterMs`, and call less often. */
export class PanelRateLimitedError extends subclass('PANEL_RATE_LIMITED', 'PanelRateLimitedError') {}

/** The panel refused the call; its own words are in the message. A repeat does not help. */
export class PanelRejectedError extends subclass('PANEL_REJECTED', 'PanelRejectedError') {}

/** The panel failed: check the panel. */
export class PanelServerError extends subclass('PANEL_SERVER_ERROR', 'PanelServerError') {}

/** An answer that can't be used: ignore it. */
export class PanelUnreadableError extends subclass('PANEL_UNREADABLE', 'PanelUnreadableError') {}

/** The panel failed too often and was not called: wait. */
export class PanelCircuitOpenError extends subclass('PANEL_CIRCUIT_OPEN', 'PanelCircuitOpenError') {}

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
 * Returns whether something thrown is a `PanelError` of this or another copy of the package.
 *
 * @example
 * ```ts
 * if (isPanelError(error) && error.outcomeUnknown) await readBack();
 * ```
 */
export function isPanelError(error: unknown): error is PanelError {
  return typeof error === 'object' && error !== null && (error as { [brand]?: unknown })[brand] === true;
}
