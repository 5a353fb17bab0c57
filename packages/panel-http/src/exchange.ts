import type { Transform } from 'node:stream';
import { createBrotliDecompress, createUnzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { ConnectError } from './dial.js';
import { onAbort } from './on-abort.js';

/** One request to be sent. */
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

/** The answer to one request. */
export interface AttemptAnswer {
  status: number;
  /** Names in lower case; of a repeated header all values, or the first where only one makes sense. */
  headers: Record<string, string>;
  /** Empty when a sink received it. */
  body: Buffer;
  receivedBytes: number;
}

/** Why an attempt ended without an answer. */
export type LostReason = 'connect' | 'cut' | 'timeout' | 'too_large' | 'aborted';

/** The progress of an attempt whose answer was lost. */
interface AttemptProgress {
  /** The request may have reached the panel. */
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
}

/** The end of an attempt without an answer. */
export class LostAnswer implements AttemptProgress {
  readonly reason: LostReason;
  readonly sent: boolean;
  readonly status: number | null;
  readonly receivedBytes: number;
  readonly cause: unknown;

  constructor(reason: LostReason, { sent, status, receivedBytes }: AttemptProgress, cause: unknown) {
    this.reason = reason;
    this.sent = sent;
    this.status = status;
    this.receivedBytes = receivedBytes;
    this.cause = cause;
  }
}

/** A request in flight. Resolves once, with the first outcome; rejects only with what a caller's function threw. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: AttemptRequest;
  readonly #resolve: (outcome: AttemptAnswer | LostAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #forget: (() => void) | undefined;
  /** Set when the request is written to an open connection. */
  #controller: Dispatcher.DispatchController | undefined;
  #ended = false;
  #status: number | null = null;
  #headers: Record<string, string> = {};
  #size = 0;
  #chunks: Buffer[] = [];
  #sink: ((chunk: Buffer) => void) | undefined;
  /** Decoder of the body; null without a coding, undefined before the first byte, because an empty body has none. */
  #unpacker: Transform | null | undefined;

  constructor(
    request: AttemptRequest,
    resolve: (outcome: AttemptAnswer | LostAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#timer = setTimeout(() => {
      this.#lose('timeout');
    }, request.attemptMs);
  }

  /** Returns whether the request may be sent; false when it was cancelled before. */
  begin(): boolean {
    const { signal } = this.#request;
    if (signal === undefined) return true;
    const aborted = (): void => {
      this.#lose('aborted', signal.reason);
    };
    if (signal.aborted) aborted();
    else this.#forget = onAbort(signal, aborted);
    return !this.#ended;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Cancelled while it waited for a connection. Thrown, because aborting would close the connection too.
    if (this.#ended) throw GIVEN_UP;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RepeatedHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = joinHeaders(headers);
    // A failure is read as a whole, because its text has the reason.
    const { sink } = this.#request;
    if (sink !== undefined && status < 300) {
      this.#runCallers(() => {
        this.#sink = sink();
      });
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    if (this.#unpacker === undefined) this.#unpack();
    if (this.#unpacker == null) this.#receive(chunk);
    else this.#unpacker.write(chunk);
  }

  onResponseEnd(): void {
    if (this.#unpacker == null) this.#answer();
    else this.#unpacker.end();
  }

  onResponseError(_: Dispatcher.DispatchController | undefined, error: Error): void {
    if (error instanceof ConnectError) this.#lose(error.kind === 'timeout' ? 'timeout' : 'connect', error);
    else this.#lose('cut', error);
  }

  #unpack(): void {
    this.#unpacker = createUnpacker(this.#headers['content-encoding']);
    this.#unpacker
      ?.on('data', (chunk: Buffer) => {
        this.#receive(chunk);
      })
      .on('end', () => {
        this.#answer();
      })
      .on('error', (error) => {
        this.#lose('cut', error);
      });
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    this.#size += chunk.length;
    const sink = this.#sink;
    if (this.#size > this.#request.maxBodyBytes) this.#lose('too_large');
    else if (sink === undefined) this.#chunks.push(chunk);
    else {
      this.#runCallers(() => {
        sink(chunk);
      });
    }
  }

  #answer(): void {
    if (this.#status === null || !this.#finish()) return;
    const [only] = this.#chunks;
    const body = this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks);
    this.#resolve({ status: this.#status, headers: this.#headers, body, receivedBytes: this.#size });
  }

  #lose(reason: LostReason, cause?: unknown): void {
    if (!this.#finish()) return;
    const sent = this.#controller !== undefined && !(cause instanceof ConnectError);
    this.#resolve(new LostAnswer(reason, { sent, status: this.#status, receivedBytes: this.#size }, cause));
    this.#stop();
  }

  /** Rejects with what a caller's function throws. */
  #runCallers(callersFunction: () => void): void {
    try {
      callersFunction();
    } catch (error) {
      if (!this.#finish()) return;
      this.#reject(error as Error);
      this.#stop();
    }
  }

  #finish(): boolean {
    if (this.#ended) return false;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    return true;
  }

  #stop(): void {
    this.#controller?.abort(GIVEN_UP);
    this.#unpacker?.destroy();
  }
}

type RepeatedHeaders = Record<string, string | string[] | undefined>;

/** Headers that have one value only. */
const SINGLE = new Set([
  'age',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'location',
  'retry-after',
]);

function joinHeaders(headers: RepeatedHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') flat[name] = value.trim();
    else if (value !== undefined) flat[name] = SINGLE.has(name) ? (value[0] ?? '').trim() : value.join(', ');
  }
  return flat;
}

const GIVEN_UP = new Error('given up');

/** Content codings that panels may use. */
export const ACCEPT_ENCODING = 'gzip, br';

/** Creates the decoder of a content coding (RFC 9110, 8.4); null for no coding and for an unknown one. */
function createUnpacker(contentEncoding: string | undefined): Transform | null {
  switch (contentEncoding?.toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
    case 'deflate':
      return createUnzip();
    case 'br':
      return createBrotliDecompress();
    default:
      return null;
  }
}
