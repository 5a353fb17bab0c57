import { constants } from 'node:buffer';
import { request as httpRequest, type Agent, type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import { got, type Got, type PlainResponse } from 'got';
import { ConnectError } from './connect-error.js';
import { onAbort } from './on-abort.js';

export interface AttemptRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  body: string | undefined;
  attemptMs: number;
  maxBodyBytes: number;
  signal: AbortSignal | undefined;
  sink: (() => (chunk: Buffer) => void) | undefined;
}

export interface AttemptAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  /** Empty when a sink took it. */
  body: Buffer;
  receivedBytes: number;
}

/** How an attempt can end without an answer. `sent`: the request may have reached the panel. */
export type LostReason = 'connect' | 'cut' | 'timeout' | 'too_large' | 'aborted';

export class LostAnswer extends Error {
  readonly reason: LostReason;
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
  override readonly cause: unknown;

  constructor(reason: LostReason, sent: boolean, status: number | null, receivedBytes: number, cause: unknown) {
    super(reason);
    this.reason = reason;
    this.sent = sent;
    this.status = status;
    this.receivedBytes = receivedBytes;
    this.cause = cause;
  }
}

export type Attempt = (request: AttemptRequest) => Promise<AttemptAnswer>;

/**
 * One request, one answer, over got's stream interface: about half of the cost of its promises, and the body can be refused
 * while it comes in. got's own retries, redirects and time-outs are off; ours are counted per call.
 */
export function createAttempt(agent: Agent, headers: Record<string, string>): Attempt {
  const client = got.extend({
    headers,
    retry: { limit: 0 },
    throwHttpErrors: false,
    followRedirect: false,
    decompress: true,
    // The agent alone decides where and how to connect. Handing Node the few options that matter, instead of got's full list,
    // saves a sixth of the time of a call.
    request: (url, options, answered) =>
      httpRequest(
        {
          agent,
          protocol: url.protocol,
          hostname: url.hostname,
          port: url.port,
          path: url.pathname + url.search,
          method: options.method,
          headers: options.headers,
        },
        answered,
      ),
  });
  return (request) => run(client, request);
}

function run(client: Got, request: AttemptRequest): Promise<AttemptAnswer> {
  return new Promise((resolve, reject) => {
    const { method, headers, body, signal } = request;
    const stream = client.stream(request.url, body === undefined ? { method, headers } : { method, headers, body });
    // got waits for a body to be written for every method but GET and HEAD.
    if (body === undefined && method !== 'GET') stream.end();
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    let sent: ClientRequest | undefined;
    let response: PlainResponse | undefined;
    let forget: (() => void) | undefined;
    let take = (chunk: Buffer): void => {
      chunks.push(chunk);
    };

    const finish = (): boolean => {
      if (settled) return false;
      settled = true;
      clearTimeout(timer);
      forget?.();
      return true;
    };
    const lose = (reason: LostReason, cause?: unknown): void => {
      if (!finish()) return;
      // A socket is handed out only when the connection stands, so without one nothing was sent.
      const wasSent = sent?.socket != null && !(cause instanceof ConnectError);
      reject(new LostAnswer(reason, wasSent, response?.statusCode ?? null, size, cause));
      stream.destroy();
    };
    /** Inside of an event of the stream, what a caller's function throws would end the process. */
    const guarded = (callersFunction: () => void): void => {
      try {
        callersFunction();
      } catch (error) {
        if (!finish()) return;
        const thrown = error as Error;
        reject(thrown);
        stream.destroy();
      }
    };
    const aborted = (): void => {
      lose('aborted', signal?.reason);
    };
    const timer = setTimeout(() => {
      lose('timeout');
    }, request.attemptMs);

    stream.once('request', (made: ClientRequest) => {
      sent = made;
    });
    stream.once('response', (plain: PlainResponse) => {
      response = plain;
      // What is not a success is read as a whole: its words tell why.
      const { sink } = request;
      if (sink === undefined || plain.statusCode < 200 || plain.statusCode >= 300) return;
      guarded(() => {
        const pass = sink();
        take = (chunk) => {
          guarded(() => {
            pass(chunk);
          });
        };
      });
    });
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > request.maxBodyBytes) lose('too_large');
      else if (!settled) take(chunk);
    });
    stream.once('end', () => {
      if (response === undefined) {
        lose('cut');
        return;
      }
      if (!finish()) return;
      const only = chunks[0];
      const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
      resolve({ status: response.statusCode, headers: response.headers, body: whole, receivedBytes: size });
    });
    stream.on('error', (error: Error) => {
      const { cause } = error;
      if (cause instanceof ConnectError) lose(cause.kind === 'timeout' ? 'timeout' : 'connect', cause);
      else lose('cut', error);
    });
    if (signal?.aborted === true) aborted();
    else if (signal !== undefined) forget = onAbort(signal, aborted);
  });
}

/** No body is taken whose text could not be held in one string. */
export const largestBody = constants.MAX_STRING_LENGTH;
