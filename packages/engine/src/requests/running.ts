import { RENEW_MS } from '../leases.js';
import type { KeyedRequest } from './once.js';

/** Requests that this instance runs, renewed in the store until they end. */
export class RunningRequests {
  readonly #renew: (requests: readonly KeyedRequest[]) => Promise<void>;
  readonly #running = new Map<string, KeyedRequest>();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(renew: (requests: readonly KeyedRequest[]) => Promise<void>) {
    this.#renew = renew;
  }

  has(request: KeyedRequest): boolean {
    return this.#running.has(idOf(request));
  }

  add(request: KeyedRequest): void {
    this.#running.set(idOf(request), request);
    this.#timer ??= setInterval(() => {
      // The next renewal comes long before another process may run the request.
      this.#renew([...this.#running.values()]).catch(() => undefined);
    }, RENEW_MS).unref();
  }

  delete(request: KeyedRequest): void {
    this.#running.delete(idOf(request));
    if (this.#running.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}

function idOf({ who, key }: KeyedRequest): string {
  return JSON.stringify([who, key]);
}
