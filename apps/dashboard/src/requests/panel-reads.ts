import { setNewest } from './newest.js';

/** What a page shows of something that is read elsewhere. */
export interface LastRead<T> {
  /** Null where it was never read. */
  value: T | null;
  /** When it was read, in milliseconds; null where it was never. */
  at: number | null;
  /** Whether reading it failed now, so that the value is an older one. */
  failed: boolean;
  /** Why it failed; undefined where it did not, or has not answered yet. */
  error?: unknown;
}

/** How pages read panels and billing systems. */
export interface ReadLimits {
  /** How long a page waits, in milliseconds. */
  timeoutMs: number;
  /** How long a figure, or a failure, is shown without reading again, in milliseconds. */
  freshMs: number;
  /** Most figures that are kept; the oldest go first. */
  mostKept: number;
}

const DEFAULTS: ReadLimits = { timeoutMs: 5000, freshMs: 30_000, mostKept: 2000 };

interface Kept {
  value: unknown;
  at: number | null;
  triedAt: number;
  failed: boolean;
  error?: unknown;
}

/**
 * Reads of panels for clients' pages: one at a time per client, each at most once in a while, and never longer than the time-out.
 * The last good figure stays for when a read fails.
 */
export class PanelReads {
  readonly #limits: ReadLimits;
  readonly #kept = new Map<string, Kept>();
  readonly #underWay = new Map<string, Promise<unknown>>();
  /** The last read of each client that is under way. */
  readonly #queues = new Map<string, Promise<unknown>>();

  constructor(limits: ReadLimits = DEFAULTS) {
    this.#limits = limits;
  }

  /** Returns what `work` reads, or what was read last. `now` is in milliseconds; never rejects. */
  async read<T>(
    { client, what, now }: { client: string; what: string; now: number },
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<LastRead<T>> {
    const key = JSON.stringify([client, what]);
    const kept = this.#kept.get(key);
    const age = kept === undefined ? Infinity : now - kept.triedAt;
    if (kept === undefined || age < 0 || age >= this.#limits.freshMs) {
      await this.#within(this.#start(key, client, now, work));
    }
    const { value = null, at = null, failed = true, error } = this.#kept.get(key) ?? {};
    // A read that still runs has not changed what is kept.
    const isLate = this.#underWay.has(key);
    return { value: value as T | null, at, failed: failed || isLate, error };
  }

  /** Reads again what a change has made out of date. */
  forget(client: string): void {
    for (const [key, kept] of this.#kept) {
      if ((JSON.parse(key) as string[])[0] === client) this.#kept.set(key, { ...kept, triedAt: -Infinity });
    }
  }

  #start(key: string, client: string, now: number, work: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
    const running = this.#underWay.get(key);
    if (running !== undefined) return running;
    const before = this.#queues.get(client) ?? Promise.resolve();
    const signal = AbortSignal.timeout(this.#limits.timeoutMs);
    const reading = before
      .then(() => {
        signal.throwIfAborted();
        return work(signal);
      })
      .then(
        (value) => {
          this.#keep(key, { value, at: now, triedAt: now, failed: false });
        },
        (error: unknown) => {
          const { value = null, at = null } = this.#kept.get(key) ?? {};
          this.#keep(key, { value, at, triedAt: now, failed: true, error });
        },
      )
      .finally(() => {
        this.#underWay.delete(key);
        if (this.#queues.get(client) === reading) this.#queues.delete(client);
      });
    this.#underWay.set(key, reading);
    this.#queues.set(client, reading);
    return reading;
  }

  /** Waits for a read, but not longer than the time-out. */
  async #within(reading: Promise<unknown>): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#limits.timeoutMs);
    });
    await Promise.race([reading, late]);
    clearTimeout(timer);
  }

  #keep(key: string, kept: Kept): void {
    setNewest(this.#kept, key, kept, this.#limits.mostKept);
  }
}
