import type { PanelDependencies, PanelSettings } from '@sluice/panel-kind';
import { isOnServer, type StateStore } from '@sluice/state-store';

/** As long is what a process reserves at once at most. */
const LONGEST_MS = 500;
/** A call may begin so much later than its turn, or half of the way to the next one where that is more; then the turn is lost. */
const LATE_MS = 25;

/** Whose calls wait for their turn among those of all processes. */
interface PaceOptions {
  panel: string;
  settings: Pick<PanelSettings, 'requestsPerSecond'>;
  clock: PanelDependencies['clock'];
}

/**
 * Returns what calls to a panel wait for where its config sets `requestsPerSecond` and several processes may share the store: their turns,
 * one after the other over all processes. Undefined elsewhere: what one process has of a file, its own limit is enough for.
 */
export function sharedPace(
  store: Pick<StateStore, 'location' | 'clock'>,
  { panel, settings: { requestsPerSecond }, clock }: PaceOptions,
): PanelDependencies['admit'] {
  if (requestsPerSecond === undefined || !isOnServer(store.location)) return undefined;
  const gapMs = 1000 / requestsPerSecond;
  const reserve = (ms: number): Promise<number> => {
    const now = new Date(clock.now()).toISOString();
    return store.clock.reserve(`calls of ${panel}`, { now, ms });
  };
  const turns = new Turns(gapMs, clock, reserve);
  return async (signal) => {
    // A call that wakes too late a second time begins: a machine that is always late must not keep it from the panel.
    for (const again of [true, false]) {
      const at = await turns.next(signal);
      const wait = at - clock.now();
      if (wait > 0) await clock.sleep(wait, signal);
      signal?.throwIfAborted();
      if (!again || !turns.isOver(at)) return;
    }
  };
}

/** Turns that were reserved, several at once: who needs many asks the store twice a second. A process that ends loses its own only. */
class Turns {
  readonly #gapMs: number;
  readonly #clock: PaceOptions['clock'];
  readonly #reserve: (ms: number) => Promise<number>;
  /** When turns were last reserved. */
  #since = 0;
  /** When the next reserved turn begins, and how many are left. */
  #next = 0;
  #left = 0;
  /** Turns of the last reservation, and whether all were used. */
  #last = 0;
  #waiting = 0;
  #reserving: Promise<void> | null = null;

  constructor(gapMs: number, clock: PaceOptions['clock'], reserve: (ms: number) => Promise<number>) {
    this.#gapMs = gapMs;
    this.#clock = clock;
    this.#reserve = reserve;
  }

  async next(signal: AbortSignal | undefined): Promise<number> {
    this.#waiting += 1;
    try {
      for (;;) {
        signal?.throwIfAborted();
        const turn = this.#use();
        if (turn !== null) return turn;
        this.#reserving ??= this.#ask().finally(() => {
          this.#reserving = null;
        });
        await this.#reserving;
      }
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Returns whether a turn began too long ago to be used. */
  isOver(turn: number): boolean {
    return turn + Math.max(this.#gapMs / 2, LATE_MS) < this.#clock.now();
  }

  /** Returns the next reserved turn that is not over; null without one. */
  #use(): number | null {
    // After the clock was set back, the turns would begin much later than they were reserved for.
    if (this.#clock.now() < this.#since) this.#left = 0;
    while (this.#left > 0) {
      const turn = this.#next;
      this.#next += this.#gapMs;
      this.#left -= 1;
      if (!this.isOver(turn)) return turn;
      // A process that needs few reserves few.
      this.#last = 0;
    }
    return null;
  }

  async #ask(): Promise<void> {
    const most = Math.max(1, Math.floor(LONGEST_MS / this.#gapMs));
    const count = Math.min(most, Math.max(this.#waiting, 2 * this.#last));
    const wait = await this.#reserve(Math.ceil(count * this.#gapMs));
    this.#since = this.#clock.now();
    this.#next = this.#since + wait;
    this.#left = count;
    this.#last = count;
  }
}
