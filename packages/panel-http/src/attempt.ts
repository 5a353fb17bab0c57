import { constants } from 'node:buffer';
import {
  request as httpRequest,
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import decompressResponse from 'decompress-response';
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
 * One request, one answer, over Node's own client: redirects are answers, nothing is repeated, and the body can be refused while it
 * comes in. Repeats and time-outs are counted per call. A richer client, all of that switched off, takes four times the processor.
 */
export function createAttempt(agent: Agent, headers: Record<string, string>): Attempt {
  const shared = { ...headers, 'accept-encoding': 'gzip, deflate, br' };
  return (request) => run(agent, shared, request);
}

function run(agent: Agent, shared: Record<string, string>, request: AttemptRequest): Promise<AttemptAnswer> {
  return new Promise((resolve, reject) => {
    const { body, signal } = request;
    const sent = httpRequest(optionsOf(agent, shared, request));
    const chunks: Buffer[] = [];
    let size = 0;
    let settled = false;
    let response: IncomingMessage | undefined;
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
      const wasSent = sent.socket !== null && !(cause instanceof ConnectError);
      reject(new LostAnswer(reason, wasSent, response?.statusCode ?? null, size, cause));
      sent.destroy();
    };
    /** Inside of an event of the stream, what a caller's function throws would end the process. */
    const guarded = (callersFunction: () => void): void => {
      try {
        callersFunction();
      } catch (error) {
        if (!finish()) return;
        const thrown = error as Error;
        reject(thrown);
        sent.destroy();
      }
    };
    const failed = (error: Error): void => {
      if (error instanceof ConnectError) lose(error.kind === 'timeout' ? 'timeout' : 'connect', error);
      else lose('cut', error);
    };
    const timer = setTimeout(() => {
      lose('timeout');
    }, request.attemptMs);

    const read = (answer: IncomingMessage): void => {
      response = answer;
      const status = answer.statusCode ?? 0;
      // What is not a success is read as a whole: its words tell why.
      const { sink } = request;
      if (sink !== undefined && status >= 200 && status < 300) {
        guarded(() => {
          const pass = sink();
          take = (chunk) => {
            guarded(() => {
              pass(chunk);
            });
          };
        });
      }
      const plain = decompressResponse(answer);
      plain.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > request.maxBodyBytes) lose('too_large');
        else if (!settled) take(chunk);
      });
      plain.once('end', () => {
        if (!finish()) return;
        const only = chunks[0];
        const whole = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
        resolve({ status, headers: answer.headers, body: whole, receivedBytes: size });
      });
      plain.on('error', failed);
      if (plain !== answer) answer.on('error', failed);
    };

    sent.once('response', read);
    sent.on('error', failed);
    sent.end(body);
    const aborted = (): void => {
      lose('aborted', signal?.reason);
    };
    if (signal?.aborted === true) aborted();
    else if (signal !== undefined) forget = onAbort(signal, aborted);
  });
}

function optionsOf(agent: Agent, shared: Record<string, string>, request: AttemptRequest): RequestOptions {
  const { method, body } = request;
  const { protocol, hostname, port, pathname, search } = new URL(request.url);
  const headers: Record<string, string | number> = { ...shared, ...request.headers };
  // Node counts the body of some methods only.
  if (body !== undefined) headers['content-length'] = Buffer.byteLength(body);
  return { agent, protocol, hostname, port, path: pathname + search, method, headers };
}

/** No body is taken whose text could not be held in one string. */
export const largestBody = constants.MAX_STRING_LENGTH;
