import type { CallEvent } from '@sluice/panel-http';
import { printable } from '@sluice/panel-http/printable';
import type { ApiCallRecord, StateStore, StoreTables } from '@sluice/state-store';

/** Buffered requests are stored with another write once they are this many, or the first of them waits for so long… */
const REQUESTS_AT_ONCE = 500;
const REQUESTS_WAIT_MS = 10_000;
/** …and by themselves once they are this many. */
const FLUSH_AT = 2000;

/** The requests to panels and billing systems that one context has made, until they are stored. */
export class ApiLog {
  /** Id of the run that requests belong to. */
  runId: string | null = null;
  readonly #store: StateStore;
  readonly #now: () => number;
  #buffered: ApiCallRecord[] = [];
  /** Blocks of requests that were stored. */
  #blocks = 0;
  #flushing: Promise<void> = Promise.resolve();

  constructor(store: StateStore, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Adds a request as the transport reports it. */
  readonly addEvent = (event: CallEvent): void => {
    const { at, panel, tag: service, endpoint, method, path, status, attempt, ok, code, message, changing } = event;
    const durationMs = Math.round(event.durationMs);
    // One object each: a run adds tens of thousands.
    this.add({ at, panel, service, endpoint, method, path, durationMs, status, attempt, ok, code, message, changing });
  };

  /** Adds a request. */
  add(request: Omit<ApiCallRecord, 'run'>): void {
    const message = request.message === null ? null : printable(request.message);
    this.#buffered.push({ ...request, path: printable(request.path), message, run: this.runId });
    if (this.#buffered.length < FLUSH_AT) return;
    this.#flushing = this.#flushing.then(() => this.#flush());
    // `flush` throws its error.
    this.#flushing.catch(() => undefined);
  }

  async #flush(): Promise<void> {
    const requests = this.#buffered;
    this.#buffered = [];
    if (requests.length === 0) return;
    await this.#store.write((tables) => tables.apiCalls.add(requests));
    this.#blocks += 1;
  }

  /** Stores what is buffered; throws the first error. */
  async flush(): Promise<void> {
    const pending = this.#flushing.then(() => this.#flush());
    this.#flushing = Promise.resolve();
    await pending;
  }

  /** Runs a write of the store, with which buffered requests may be stored too. They stay buffered where it fails. */
  async writeAlong<T>(write: (add: (tables: StoreTables) => Promise<void>) => Promise<T>): Promise<T> {
    const requests = this.#takeDue();
    try {
      const result = await write(async (tables) => {
        if (requests.length > 0) await tables.apiCalls.add(requests);
      });
      if (requests.length > 0) this.#blocks += 1;
      return result;
    } catch (error) {
      this.#buffered = [...requests, ...this.#buffered];
      throw error;
    }
  }

  /** Returns the buffered requests that are stored with another write. */
  #takeDue(): ApiCallRecord[] {
    const [first] = this.#buffered;
    const hasWaited = first !== undefined && this.#now() - Date.parse(first.at) >= REQUESTS_WAIT_MS;
    return this.#buffered.length >= REQUESTS_AT_ONCE || hasWaited ? this.#buffered.splice(0) : [];
  }

  /** Joins what was stored of the run to one block. */
  async join(): Promise<void> {
    const { runId } = this;
    if (runId === null || this.#blocks <= 1) return;
    // The calls are on the disk, joined or not.
    await this.#store.write((tables) => tables.apiCalls.join(runId), { durable: false });
  }
}
