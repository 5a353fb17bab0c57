import { isDeepStrictEqual } from 'node:util';
import { SluiceError } from '@sluice/panel-kind';
import { hasOwnerEnded, LEASE_MS, LEASE_RENEW_MS } from '@sluice/state-store';
import type { KeptRequests, RequestRecord, StateStore } from '@sluice/state-store';
import type { Context } from '../server/options.js';

/** A request with a key, as its sender repeats it. */
export interface KeyedRequest {
  /** Who sends it; keys of different senders are independent. */
  who: string;
  key: string;
  /** Digest of everything that the request says: a key belongs to one request. */
  fingerprint: string;
  /** Which requests of the sender are kept: so many answered ones, or those of so long a time up to a size. Default: all, for a week. */
  kept?: { rows: number } | { ms: number; bytes: number } | undefined;
  /** What is stored in place of the answer while it runs; default null. */
  begun?: unknown;
  /** Most milliseconds to wait for a lock of another process before it begins; default as long as the store waits. */
  lockedMs?: number | undefined;
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
    const { who, key, fingerprint, kept, begun: answer = null, lockedMs } = request;
    const begun = await this.#context.store.write(
      async ({ requests, clock }): Promise<Begun> => {
        const at = await this.now(clock);
        const record: RequestRecord = {
          ...{ who, key, fingerprint, owner: this.#context.process.owner, at },
          ...{ state: 'running', status: null, answer },
        };
        if (await requests.add(record)) {
          if (kept !== undefined) await requests.trim(who, 'rows' in kept ? kept : toKept(kept, at));
          return { repeated: false, interrupted: false };
        }
        const found = await requests.get(who, key);
        if (found === null || found.fingerprint !== fingerprint)
          throw new SluiceError('key_reused', 'The key of the request was used for a different request', {
            details: { key },
          });
        if (found.state === 'done')
          return { repeated: true, answer: { status: found.status ?? 200, answer: found.answer } };
        if (this.#running.has(toId(request)) || this.isRunning(found, at))
          throw new SluiceError('request_running', 'The request with this key is still running', {
            kind: 'busy',
            details: { key },
          });
        await requests.put(record);
        return { repeated: false, interrupted: true };
      },
      lockedMs === undefined ? {} : { wait: lockedMs },
    );
    if (!begun.repeated) this.#run(request);
    return begun;
  }

  /** Stores the answer for a week; null drops the key, so that a failed request can be repeated with it. */
  async end(request: KeyedRequest, answer: KeyedAnswer | null): Promise<void> {
    const { who, key, fingerprint } = request;
    this.#leave(request);
    await this.#context.store.write(async ({ requests, clock }) => {
      const found = await requests.get(who, key);
      // Another process took it over, and stores the answer of its own call.
      if (found === null || !isDeepStrictEqual(found.owner, this.#context.process.owner)) return;
      if (answer === null) return requests.remove(who, key);
      await requests.put({ who, key, fingerprint, state: 'done', owner: null, at: await this.now(clock), ...answer });
    });
  }

  /**
   * Returns whether a process still runs a request at an instant that `now` returned, by the rule of leases: it is renewed, and its
   * process, if it is one of this host, is alive. One that was renewed long after that instant is from before the clock was set back.
   */
  isRunning({ owner, at }: RequestRecord, now: string): boolean {
    if (owner !== null && hasOwnerEnded(this.#context.process, owner)) return false;
    return Math.abs(Date.parse(now) - Date.parse(at)) < LEASE_MS;
  }

  /** Returns the instant (ISO UTC) by the clock that all servers of the store have in common. */
  now(clock: StateStore['clock'] = this.#context.store.clock): Promise<string> {
    return clock.now(new Date(this.#context.clock.now()).toISOString());
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
    await this.#context.store.write(async ({ requests, clock }) => {
      const at = await this.now(clock);
      for (const { who, key } of this.#running.values()) await requests.renew({ who, key, owner, at });
    });
  }
}

function toKept({ ms, bytes }: { ms: number; bytes: number }, now: string): KeptRequests {
  return { since: new Date(Date.parse(now) - ms).toISOString(), bytes };
}

function toId({ who, key }: KeyedRequest): string {
  return JSON.stringify([who, key]);
}
