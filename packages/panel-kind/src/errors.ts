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
  /** The message without its hint, for clients: a hint may name what is of others. */
  readonly unhinted: string;

  /**
   * @param options `kind` defaults to `conflict`: the current state does not permit the request. `hint` ends the first line, and
   * names other objects of the same sort.
   */
  constructor(
    code: string,
    message: string,
    options: {
      kind?: ErrorKind;
      details?: Record<string, unknown>;
      cause?: unknown;
      lines?: string[];
      hint?: string;
    } = {},
  ) {
    const toText = (first: string): string => [first, ...(options.lines ?? [])].map(printable).join('\n  ');
    super(
      toText(`${message}${options.hint ?? ''}`),
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.unhinted = toText(message);
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
