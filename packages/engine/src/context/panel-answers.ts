import type { CallEvent } from '@sluice/panel-http';
import type { Clock } from '@sluice/panel-kind';
import { WRONG_CLOCK_MS } from './trusted-clock.js';

/** What the answers of panels show beside their contents: their clocks, and whether they answer at all. */
export class PanelAnswers {
  readonly #clock: Clock;
  readonly #clockDifferences = new Map<string, number>();
  #agreedAt: string | null = null;
  #answered = false;
  /** By panel: null once a request succeeded, before that the last failure. */
  readonly #failures = new Map<string, string | null>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Notes a request to a panel. */
  add({ panel, serverTime, status, ok, code, message }: CallEvent): void {
    this.#answered ||= status !== null;
    if (serverTime !== null) {
      const difference = serverTime - this.#clock.now();
      this.#clockDifferences.set(panel, difference);
      if (Math.abs(difference) <= WRONG_CLOCK_MS) this.#agreedAt = new Date(this.#clock.now()).toISOString();
    }
    if (ok) this.#failures.set(panel, null);
    else if (this.#failures.get(panel) !== null) this.#failures.set(panel, `${code ?? ''}: ${message ?? ''}`);
  }

  /** Returns a panel's clock minus the local clock in milliseconds, by its last answer; null where unknown. */
  clockDifference(panel: string): number | null {
    return this.#clockDifferences.get(panel) ?? null;
  }

  /** Returns the last instant at which the local clock agreed with a panel's; null before the first. */
  agreedAt(): string | null {
    return this.#agreedAt;
  }

  /** Returns whether any panel has returned its time. */
  sawClock(): boolean {
    return this.#clockDifferences.size > 0;
  }

  /** Returns whether any panel has answered. */
  wasAnswered(): boolean {
    return this.#answered;
  }

  /** Returns the panels that were called: null where a request succeeded, else the last failure. */
  failures(): ReadonlyMap<string, string | null> {
    return this.#failures;
  }
}
