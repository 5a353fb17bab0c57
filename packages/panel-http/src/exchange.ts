import type { Transform } from 'node:stream';
import type { Dispatcher } from 'undici';
import { LostAnswer, type AttemptAnswer, type AttemptRequest, type LostReason } from './attempt-outcome.js';
import { ConnectError } from './connect-error.js';
import { onAbort } from './on-abort.js';
import { createUnpacker } from './unpacker.js';

/** A request on its way, as the pool tells of it. Settles once, by whatever comes first; rejects only with what a caller's function threw. */
export class Exchange implements Dispatcher.DispatchHandler {
  readonly #request: AttemptRequest;
  readonly #resolve: (outcome: AttemptAnswer | LostAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #timer: NodeJS.Timeout;
  #forget: (() => void) | undefined;
  /** There from the moment when the request is written to a connection that stands. */
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #status: number | null = null;
  #headers: Record<string, string> = {};
  #size = 0;
  #chunks: Buffer[] = [];
  #sink: ((chunk: Buffer) => void) | undefined;
  /** Where the bytes of a packed answer go; not yet known before the first of them, since nothing at all is not packed. */
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

  /** False for a request that was called off before it began. */
  begun(): boolean {
    const { signal } = this.#request;
    if (signal === undefined) return true;
    const aborted = (): void => {
      this.#lose('aborted', signal.reason);
    };
    if (signal.aborted) aborted();
    else this.#forget = onAbort(signal, aborted);
    return !this.#settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // Given up while it waited for a connection: so it is not even written.
    // Thrown rather than aborted, which would take the connection along.
    if (this.#settled) throw givenUp;
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: RepeatedHeaders): void {
    if (status < 200) return;
    this.#status = status;
    this.#headers = joined(headers);
    // What is not a success is read as a whole: its words tell why.
    const { sink } = this.#request;
    if (sink !== undefined && status < 300) {
      this.#guarded(() => {
        this.#sink = sink();
      });
    }
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    if (this.#unpacker === undefined) this.#unpack();
    if (this.#unpacker == null) this.#take(chunk);
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
        this.#take(chunk);
      })
      .on('end', () => {
        this.#answer();
      })
      .on('error', (error) => {
        this.#lose('cut', error);
      });
  }

  #take(chunk: Buffer): void {
    if (this.#settled) return;
    this.#size += chunk.length;
    const sink = this.#sink;
    if (this.#size > this.#request.maxBodyBytes) this.#lose('too_large');
    else if (sink === undefined) this.#chunks.push(chunk);
    else {
      this.#guarded(() => {
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

  /** What a caller's function throws is the caller's, and no fault of the connection. */
  #guarded(callersFunction: () => void): void {
    try {
      callersFunction();
    } catch (error) {
      if (!this.#finish()) return;
      this.#reject(error as Error);
      this.#stop();
    }
  }

  #finish(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#forget?.();
    return true;
  }

  #stop(): void {
    this.#controller?.abort(givenUp);
    this.#unpacker?.destroy();
  }
}

type RepeatedHeaders = Record<string, string | string[] | undefined>;

/** Of which a second one is no second value. */
const single = new Set([
  'age',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'location',
  'retry-after',
]);

function joined(headers: RepeatedHeaders): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (typeof value === 'string') flat[name] = value.trim();
    else if (value !== undefined) flat[name] = single.has(name) ? (value[0] ?? '').trim() : value.join(', ');
  }
  return flat;
}

const givenUp = new Error('given up');
