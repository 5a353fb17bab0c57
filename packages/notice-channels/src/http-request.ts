import { toNotSent } from '@sluice/panel-kind';
import { RequestError, got } from 'got';

/** What a request may say besides its address. */
export interface RequestOptions {
  method: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Longest wait for the whole answer, in milliseconds. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
}

/** The part of an answer that is read. */
export interface Answer {
  status: number;
  /** The beginning of the body; empty where it broke off. */
  text: string;
  /** The wait that the receiver asked for. */
  retryAfterMs: number | undefined;
}

/** Bytes of an answer that are read; the rest is dropped with the connection. */
const MOST_BYTES = 16_384;

/**
 * Sends a request once: no retries, no redirects, no cookies, no cache. Nothing of the address is in an error: it may be secret.
 *
 * @throws SluiceError `receiver_unreachable`
 */
export function sendRequest(url: string, options: RequestOptions): Promise<Answer> {
  const { method, headers, body, timeoutMs, signal } = options;
  return new Promise((resolve, reject) => {
    const stream = got.stream(url, {
      method,
      headers: { 'user-agent': 'Sluice', ...headers },
      ...(body === undefined ? {} : { body }),
      timeout: { request: timeoutMs },
      retry: { limit: 0 },
      followRedirect: false,
      throwHttpErrors: false,
      decompress: false,
      ...(signal === undefined ? {} : { signal }),
    });
    let status: number | null = null;
    let retryAfterMs: number | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    const finish = (error?: unknown): void => {
      stream.destroy();
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (status === null) reject(toNotSent(describeFailure(error, timeoutMs), { answered: false }));
      else resolve({ status, text: Buffer.concat(chunks).toString('utf8', 0, MOST_BYTES), retryAfterMs });
    };
    stream.once('response', (response: { statusCode: number; headers: Record<string, string | undefined> }) => {
      status = response.statusCode;
      retryAfterMs = parseRetryAfter(response.headers['retry-after']);
    });
    stream.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MOST_BYTES) finish();
    });
    stream.once('end', () => {
      finish();
    });
    // An answer that breaks off has its status; errors after the end are of no interest.
    stream.on('error', finish);
  });
}

function describeFailure(error: unknown, timeoutMs: number): string {
  const code = error instanceof RequestError ? error.code : '';
  if (code === 'ETIMEDOUT') return `the receiver did not answer within ${timeoutMs / 1000} s`;
  return `the receiver could not be reached (${/^[A-Z0-9_]{1,40}$/.test(code) ? code : 'no answer'})`;
}

/** Only seconds: a date would depend on the clock of the receiver. */
function parseRetryAfter(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,6}(\.\d{1,6})?$/.test(value) ? Number(value) * 1000 : undefined;
}

/**
 * Checks that a request was acknowledged.
 *
 * @param detail what the receiver answered, without secrets
 * @throws SluiceError `receiver_refused` for any status but 2xx
 */
export function requireAcknowledged({ status, retryAfterMs }: Answer, detail = ''): void {
  if (status >= 200 && status < 300) return;
  const moved = status >= 300 && status < 400 ? '; redirects are not followed' : '';
  throw toNotSent(`the receiver answered HTTP ${status}${moved}${detail === '' ? '' : `: ${detail}`}`, {
    answered: true,
    retryAfterMs,
  });
}
