/** An answer of the HTTP API that is an error: its HTTP status, a stable code, and details. */
export class SluiceApiError extends Error {
  override readonly name = 'SluiceApiError';
  readonly status: number;
  /** Stable code, such as `unknown_service`; `http_error` for an answer that is not one of Sluice. */
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(status: number, error: { code: string; message: string; details?: Record<string, unknown> | undefined }) {
    super(error.message);
    this.status = status;
    this.code = error.code;
    this.details = error.details ?? {};
  }
}

/** Returns the error of an answer, also of one that a proxy sent. */
export async function toApiError(response: Response): Promise<SluiceApiError> {
  const { status } = response;
  const body = (await response.json().catch(() => null)) as { error?: unknown } | null;
  const error = body?.error;
  // The calls of the Hiddify add-on have only a text.
  if (typeof error === 'string') return new SluiceApiError(status, { code: 'http_error', message: error });
  const { code, message, details } = (error ?? {}) as { code?: unknown; message?: unknown; details?: unknown };
  if (typeof code !== 'string' || typeof message !== 'string')
    return new SluiceApiError(status, { code: 'http_error', message: `The server answered HTTP ${status}` });
  return new SluiceApiError(status, { code, message, details: (details ?? {}) as Record<string, unknown> });
}
