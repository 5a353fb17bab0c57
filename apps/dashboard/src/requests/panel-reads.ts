import { say } from '@sluice/messages';
import { clientError } from '../server/failure.js';
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
  /** Most figures that are kept of one client; the oldest go first. */
  mostKept: number;
  /** Clients of which anything is kept; those that read least recently go first. */
  mostClients: number;
  /** Most reads of one client in a minute, and most changes. */
  mostPerMinute: number;
}

const DEFAULTS: ReadLimits = {
  timeoutMs: 5000,
  freshMs: 30_000,
  mostKept: 100,
  mostClients: 2000,
  mostPerMinute: 120,
};
const MINUTE_MS = 60_000;

/** What is read. */
export interface ReadRequest {
  client: string;
  /** Names it among all reads of the client. */
  what: string;
  /** In milliseconds. */
  now: number;
  /** How long to wait for it, in milliseconds; default: as long as a page does. */
  timeoutMs?: number;
  /** How long a figure is shown without reading again, in milliseconds; default: as those of panels. What our own store has needs none. */
  freshMs?: number;
  /** Returns whether a figure is kept; default: each is. */
  keeps?: (value: unknown) => boolean;
}

interface Kept {
  value: unknown;
  at: number | null;
  triedAt: number;
  failed: boolean;
  error?: unknown;
}

/** What is counted by itself: anyone who can only read keeps nobody from changing something. */
type Counted = 'read' | 'changed';

/** What one client reads. */
interface OfClient {
  kept: Map<string, Kept>;
  underWay: Map<string, Promise<Kept>>;
  /** How often something was changed. */
  changes: number;
  /** Ends with the last read that is under way. */
  queue: Promise<unknown>;
  /** The minute that is counted, and what was done in it. */
  minute: number;
  counts: Record<Counted, number>;
}

/**
 * Reads of panels for clients: one at a time per client, each at most once in a while, so many a minute, and never longer than the
 * time-out. The last good figure stays for when a read fails.
 */
export class PanelReads {
  readonly #limits: ReadLimits;
  readonly #clients = new Map<string, OfClient>();

  constructor(limits: ReadLimits = DEFAULTS) {
    this.#limits = limits;
  }

  /** Returns what `work` reads, or what was read last; never rejects. */
  async read<T>(request: ReadRequest, work: (signal: AbortSignal) => Promise<T>): Promise<LastRead<T>> {
    const { client, what, now, timeoutMs = this.#limits.timeoutMs, freshMs = this.#limits.freshMs } = request;
    const of = this.#of(client);
    const kept = of.kept.get(what);
    const age = kept === undefined ? Infinity : now - kept.triedAt;
    const isFresh = kept !== undefined && age >= 0 && age < freshMs;
    const made = isFresh ? kept : await waitFor(this.#start(of, request, timeoutMs, work), timeoutMs);
    // A read that still runs has not changed what is kept.
    const { value = null, at = null, failed, error } = made ?? { ...of.kept.get(what), failed: true };
    return { value: value as T | null, at, failed, error };
  }

  /**
   * Counts a change, or a read that is none of `read`; `weight`: as how many, default one.
   *
   * @throws SluiceError `too_many_requests` if the client has read, or changed, as much as it may in this minute
   */
  count({ client, now }: Pick<ReadRequest, 'client' | 'now'>, what: Counted, weight = 1): void {
    const of = this.#of(client);
    const minute = Math.floor(now / MINUTE_MS);
    if (of.minute !== minute) Object.assign(of, { minute, counts: { read: 0, changed: 0 } });
    of.counts[what] += weight;
    if (of.counts[what] <= this.#limits.mostPerMinute) return;
    const said = what === 'read' ? say('problem.tooManyReads') : say('problem.tooManyChanges');
    throw clientError('too_many_requests', said, { kind: 'busy' });
  }

  /** Reads again what a change has made out of date; without a client, what of any. A read that began before it is not enough. */
  forget(client?: string): void {
    const all = client === undefined ? this.#clients.values() : [this.#clients.get(client)];
    for (const of of all) {
      if (of === undefined) continue;
      of.changes += 1;
      of.underWay.clear();
      for (const [what, each] of of.kept) of.kept.set(what, { ...each, triedAt: -Infinity });
    }
  }

  #of(client: string): OfClient {
    const known = this.#clients.get(client);
    const counts = { read: 0, changed: 0 };
    const fresh = { kept: new Map(), underWay: new Map(), changes: 0, queue: Promise.resolve(), minute: 0, counts };
    const of = known ?? fresh;
    setNewest(this.#clients, client, of, this.#limits.mostClients);
    return of;
  }

  #start(
    of: OfClient,
    { client, what, now, keeps = () => true }: ReadRequest,
    timeoutMs: number,
    work: (signal: AbortSignal) => Promise<unknown>,
  ): Promise<Kept> {
    const running = of.underWay.get(what);
    if (running !== undefined) return running;
    const last = (error: unknown): Kept => {
      const { value = null, at = null } = of.kept.get(what) ?? {};
      return { value, at, triedAt: now, failed: true, error };
    };
    try {
      this.count({ client, now }, 'read');
    } catch (error) {
      return Promise.resolve(last(error));
    }
    const signal = AbortSignal.timeout(timeoutMs);
    const { changes } = of;
    const reading = of.queue
      .then(() => {
        signal.throwIfAborted();
        return work(signal);
      })
      .then((value): Kept => ({ value, at: now, triedAt: now, failed: false }), last)
      .then((made) => {
        // What was read before a change is shown to those who asked before it, and read again for the others.
        const isOutdated = of.changes !== changes;
        if (!isOutdated) of.underWay.delete(what);
        const kept = isOutdated ? { ...made, triedAt: -Infinity } : made;
        if (made.failed || keeps(made.value)) setNewest(of.kept, what, kept, this.#limits.mostKept);
        else of.kept.delete(what);
        return made;
      });
    of.underWay.set(what, reading);
    of.queue = reading;
    return reading;
  }
}

/** Waits for a read, but not longer than the time-out; null where it still runs. */
async function waitFor(reading: Promise<Kept>, timeoutMs: number): Promise<Kept | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, null);
  });
  const made = await Promise.race([reading, late]);
  clearTimeout(timer);
  return made;
}
