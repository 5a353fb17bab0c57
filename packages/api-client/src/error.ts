/**
 * An answer of the HTTP API that is an error: its HTTP status, a stable code, and details. The status is 0 where there was no answer:
 * the code is `unreachable`, and whether a change was made is unknown.
 */
export class SluiceApiError extends Error {
  override readonly name = 'SluiceApiError';
  readonly status: number;
  /** Stable code, such as `unknown_service`; `http_error`, `redirected` and `unreadable` for an answer that is not one of Sluice. */
  readonly code: string;
  readonly details: Record<string, unknown>;

  constructor(
    status: number,
    error: { code: string; message: string; details?: Record<string, unknown> | undefined; cause?: unknown },
  ) {
    super(error.message, error.cause === undefined ? {} : { cause: error.cause });
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

/** Returns the error of a request without an answer. */
export function toUnreachable(url: string, cause: unknown): SluiceApiError {
  const inner = (cause as { cause?: { code?: unknown } } | null)?.cause?.code;
  const code = typeof inner === 'string' ? ` (${inner})` : '';
  const message = `No answer from ${url}${code}: check that the server is running, and its address`;
  return new SluiceApiError(0, { code: 'unreachable', message, details: { url }, cause });
}

/** Returns the error of an answer that is not JSON, such as a page of a proxy, or that was cut; a change may have been made. */
export function toUnreadable({ status, url, headers }: Response): SluiceApiError {
  const type = headers.get('content-type') ?? 'none';
  const message = `The answer of ${url} is not readable as JSON (content type: ${type}): check the address, and what is in front of the server`;
  return new SluiceApiError(status, { code: 'unreadable', message, details: { url } });
}

/** Returns the error of an answer that sends elsewhere, which is not followed. */
export function toRedirected(url: string, { status, headers }: Response): SluiceApiError {
  const location = headers.get('location');
  const to = location === null ? 'elsewhere' : `to ${location}`;
  const message = `${url} sends requests ${to}, which is not followed: use the address of the server itself`;
  return new SluiceApiError(status, { code: 'redirected', message, details: { url, location } });
}
