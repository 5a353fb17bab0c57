import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '@sluice/panel-kind';
import { hasOwnerEnded, LEASE_MS, LEASE_RENEW_MS, type RequestRecord } from '@sluice/state-store';
import type { Context } from '../server/options.js';

/** A request with a key, as its sender repeats it. */
export interface KeyedRequest {
  /** Who sends it; keys of different senders are independent. */
  who: string;
  key: string;
  /** Digest of everything that the request says: a key belongs to one request. */
  fingerprint: string;
  /** Most answered requests of the sender that are kept; the oldest go. Default: all, for a week. */
  mostKept?: number | undefined;
  /** What is stored in place of the answer while it runs; default null. */
  begun?: unknown;
}

/** The answer of a request. */
export interface KeyedAnswer {
  status: number;
  answer: unknown;
}

/** How a request with a key begins: with the answer of the first one, or as the one that runs. */
export type Begun =
  | { repeated: true; answer: KeyedAnswer }
  /** `interrupted`: a process that ended began it, and its outcome is unknown. */
  | { repeated: false; interrupted: boolean };

/** Requests with a key: a repeated one gets the answer of the first. Those that this server runs are renewed in the store until they end. */
export class OnceByKey {
  readonly #context: Pick<Context, 'store' | 'clock' | 'process'>;
  readonly #running = new Map<string, KeyedRequest>();
  #timer: ReturnType<typeof setInterval> | null = null;

  constructor(context: Pick<Context, 'store' | 'clock' | 'process'>) {
    this.#context = context;
  }

  /**
   * Begins a request, unless it was answered before. One that a killed process began may run again: use cases finish what an earlier
   * call left. If the process was one of another host, a minute after it was last seen.
   *
   * @throws SluiceError `key_reused` if the key belongs to another request, `request_running` while it runs
   */
  async begin(request: KeyedRequest): Promise<Begun> {
    const { who, key, fingerprint, mostKept, begun: answer = null } = request;
    const record: RequestRecord = {
      ...{ who, key, fingerprint, owner: this.#context.process.owner, at: this.#now() },
      ...{ state: 'running', status: null, answer },
    };
    const begun = await this.#context.store.write(async ({ requests }): Promise<Begun> => {
      if (await requests.add(record)) {
        if (mostKept !== undefined) await requests.trim(who, { rows: mostKept });
        return { repeated: false, interrupted: false };
      }
      const found = await requests.get(who, key);
      if (found === null || found.fingerprint !== fingerprint)
        throw new SluiceError('key_reused', 'The key of the request was used for a different request', {
          details: { key },
        });
      if (found.state === 'done')
        return { repeated: true, answer: { status: found.status ?? 200, answer: found.answer } };
      if (this.#running.has(toId(request)) || this.isRunning(found))
        throw new SluiceError('request_running', 'The request with this key is still running', {
          kind: 'busy',
          details: { key },
        });
      await requests.put(record);
      return { repeated: false, interrupted: true };
    });
    if (!begun.repeated) this.#run(request);
    return begun;
  }

  /** Stores the answer for a week; null drops the key, so that a failed request can be repeated with it. */
  async end(request: KeyedRequest, answer: KeyedAnswer | null): Promise<void> {
    const { who, key, fingerprint } = request;
    this.#leave(request);
    await this.#context.store.write(async ({ requests }) => {
      const found = await requests.get(who, key);
      // Another process took it over, and stores the answer of its own call.
      if (found === null || !isDeepStrictEqual(found.owner, this.#context.process.owner)) return;
      if (answer === null) return requests.remove(who, key);
      await requests.put({ who, key, fingerprint, state: 'done', owner: null, at: this.#now(), ...answer });
    });
  }

  /**
   * Returns whether a process still runs a request, by the rule of leases: it is renewed, and its process, if it is one of this host,
   * is alive. An instant far ahead is from before the clock was set back.
   */
  isRunning({ owner, at }: RequestRecord): boolean {
    const { process, clock } = this.#context;
    if (owner !== null && hasOwnerEnded(process, owner)) return false;
    return Math.abs(clock.now() - Date.parse(at)) < LEASE_MS;
  }

  #now(): string {
    return new Date(this.#context.clock.now()).toISOString();
  }

  #run(request: KeyedRequest): void {
    this.#running.set(toId(request), request);
    this.#timer ??= setInterval(() => {
      // The next renewal comes long before another process may run the request.
      this.#renew().catch(() => undefined);
    }, LEASE_RENEW_MS).unref();
  }

  #leave(request: KeyedRequest): void {
    this.#running.delete(toId(request));
    if (this.#running.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async #renew(): Promise<void> {
    const { owner } = this.#context.process;
    await this.#context.store.write(async ({ requests }) => {
      for (const { who, key } of this.#running.values()) await requests.renew({ who, key, owner, at: this.#now() });
    });
  }
}

function toId({ who, key }: KeyedRequest): string {
  return JSON.stringify([who, key]);
}
