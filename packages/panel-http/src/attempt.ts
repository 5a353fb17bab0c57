import { constants } from 'node:buffer';
import type { Dispatcher } from 'undici';
import { Exchange } from './exchange.js';
import { acceptEncoding } from './unpacker.js';

export interface AttemptRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path and query on the wire. */
  target: string;
  headers: Record<string, string>;
  body: string | undefined;
  attemptMs: number;
  maxBodyBytes: number;
  signal: AbortSignal | undefined;
  sink: (() => (chunk: Buffer) => void) | undefined;
}

export interface AttemptAnswer {
  status: number;
  /** Names in lower case; of a header that was repeated, all values. */
  headers: Record<string, string>;
  /** Empty when a sink took it. */
  body: Buffer;
  receivedBytes: number;
}

/** How an attempt can end without an answer. `sent`: the request may have reached the panel. */
export type LostReason = 'connect' | 'cut' | 'timeout' | 'too_large' | 'aborted';

export class LostAnswer {
  readonly reason: LostReason;
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
  readonly cause: unknown;

  constructor(reason: LostReason, sent: boolean, status: number | null, receivedBytes: number, cause: unknown) {
    this.reason = reason;
    this.sent = sent;
    this.status = status;
    this.receivedBytes = receivedBytes;
    this.cause = cause;
  }
}

export type Attempt = (request: AttemptRequest) => Promise<AttemptAnswer | LostAnswer>;

/**
 * One request, one answer, over undici's dispatcher: redirects are answers, nothing is repeated, and the body can be refused
 * while it comes in. Repeats and time-outs are counted per call.
 */
export function createAttempt(pool: Dispatcher, headers: Record<string, string>): Attempt {
  const shared = Object.entries({ ...headers, 'accept-encoding': acceptEncoding });
  return (request) =>
    new Promise((resolve, reject) => {
      const { method, target, body = null } = request;
      const exchange = new Exchange(request, resolve, reject);
      if (!exchange.begun()) return;
      pool.dispatch({ method, path: target, headers: headersOf(shared, request.headers), body }, exchange);
    });
}

/** Names and values in turn. A header of the request stands for the shared one of its name. */
function headersOf(shared: [string, string][], own: Record<string, string>): string[] {
  const list: string[] = [];
  for (const [name, value] of shared) if (!(name in own)) list.push(name, value);
  for (const name in own) list.push(name, own[name] ?? '');
  return list;
}

/** No body is taken whose text could not be held in one string. */
export const largestBody = constants.MAX_STRING_LENGTH;
