import { printable } from '@sluice/panel-http/printable';

/** What the caller can do next: correct the request, wait, check the panel, report a defect. */
export type ErrorKind =
  | 'usage'
  | 'unsupported'
  | 'not-found'
  | 'conflict'
  | 'busy'
  | 'brake'
  | 'panel'
  | 'billing'
  | 'store'
  | 'interrupted'
  | 'internal';

/**
 * A failed call: a kind, a stable code (docs/errors.md), and a message that names the object. The message is one line; `lines`
 * follow it, indented.
 */
export class SluiceError extends Error {
  override readonly name = 'SluiceError';
  readonly kind: ErrorKind;
  readonly code: string;
  readonly details: Record<string, unknown>;

  /** @param options `kind` defaults to `conflict`: the current state does not permit the request. */
  constructor(
    code: string,
    message: string,
    options: { kind?: ErrorKind; details?: Record<string, unknown>; cause?: unknown; lines?: string[] } = {},
  ) {
    super(
      [message, ...(options.lines ?? [])].map(printable).join('\n  '),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.kind = options.kind ?? 'conflict';
    this.details = options.details ?? {};
  }
}

/**
 * Returns an error for a wrong request or config; no panel was called.
 *
 * @example
 * ```ts
 * throw usageError('unknown_panel', 'There is no panel "dcim" in the config.', { panel: 'dcim' });
 * ```
 */
export function usageError(
  code: string,
  message: string,
  details: Record<string, unknown> = {},
  lines: string[] = [],
): SluiceError {
  return new SluiceError(code, message, { kind: 'usage', details, lines });
}

/** The error of one item of a document; the message is one line. */
export interface ItemError {
  code: string;
  message: string;
}

/**
 * Returns code and message of anything thrown.
 *
 * @example
 * ```ts
 * toItemError(new Error('The panel said no.')); // { code: 'unexpected', message: 'The panel said no.' }
 * ```
 */
export function toItemError(error: unknown): ItemError {
  if (error instanceof SluiceError) return { code: error.code, message: error.message };
  const { code, message } = error as { code?: unknown; message?: unknown };
  return {
    code: typeof code === 'string' ? printable(code) : 'unexpected',
    message: printable(typeof message === 'string' ? message : String(error)),
  };
}
