import { RENEW_MS } from '../../context/leases.js';

/** A request with a key, as its sender repeats it. */
export interface KeyedRequest {
  /** Who sends it; keys of different senders are independent. */
  who: string;
  key: string;
  /** Digest of everything that the request says: a key belongs to one request. */
  fingerprint: string;
  /** Most answered requests of the sender that are kept; the oldest go. Default: all, for a week. */
  mostKept?: number | undefined;
}

/** Requests that this instance runs, renewed in the store until they end. */
export class RunningRequests {
  readonly #renew: (requests: readonly KeyedRequest[]) => Promise<void>;
  readonly #running = new Map<string, KeyedRequest>();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(renew: (requests: readonly KeyedRequest[]) => Promise<void>) {
    this.#renew = renew;
  }

  has(request: KeyedRequest): boolean {
    return this.#running.has(toId(request));
  }

  add(request: KeyedRequest): void {
    this.#running.set(toId(request), request);
    this.#timer ??= setInterval(() => {
      // The next renewal comes long before another process may run the request.
      this.#renew([...this.#running.values()]).catch(() => undefined);
    }, RENEW_MS).unref();
  }

  delete(request: KeyedRequest): void {
    this.#running.delete(toId(request));
    if (this.#running.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function toId({ who, key }: KeyedRequest): string {
  return JSON.stringify([who, key]);
}
