import type { CallEvent } from '@sluice/panel-http';
import type { Clock } from '@sluice/panel-kind';

/** A moment by the clock, and by a timer that setting the clock does not affect. */
export interface Moment {
  clock: number;
  steady: number;
}

/** Returns the present moment. */
export function moment({ deps }: { readonly deps: { readonly clock: Clock } }): Moment {
  return { clock: deps.clock.now(), steady: performance.now() };
}

/** What the answers of panels show beside their contents: their clocks, and whether they answer at all. */
export class PanelAnswers {
  readonly #clock: Clock;
  readonly #clockDifferences = new Map<string, number>();
  #agreedMs: number | null = null;
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
      const now = this.#clock.now();
      const difference = serverTime - now;
      this.#clockDifferences.set(panel, difference);
      if (Math.abs(difference) <= WRONG_CLOCK_MS) this.#agreedMs = now;
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
    return this.#agreedMs === null ? null : new Date(this.#agreedMs).toISOString();
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

/** Key of the condition that lasts while no call to a panel succeeds. */
export function outageKey(panel: string): string {
  return `unreachable:${panel}`;
}

/** Key of the condition that lasts while runs over a panel decide nothing there, although it answers; '' begins all of them. */
export function undecidedKey(panel: string): string {
  return `undecided:${panel}`;
}

/** Key of the condition that lasts while a panel is not in the config. */
export function removedKey(panel: string): string {
  return `removed:${panel}`;
}

/**
 * Clocks that differ by more are wrong: cycles would start and end at the wrong time, and a panel reports no usage for a window
 * in its future.
 */
export const WRONG_CLOCK_MS = 30 * 60_000;

/** A clock that is further off would begin and end cycles at another time than the panel's. */
export const CLOCK_TOLERANCE_MS = 120_000;

const DAY = 86_400_000;

/** How far the clock may be from the newest confirmed instant: daily runs start at different hours. */
const FURTHEST_MS = DAY + 2 * 3_600_000;

/** The part of a context that concerns time. */
interface KnownTime {
  readonly deps: { readonly clock: Clock };
  now(): string;
  clockDifference(panel: string): number | null;
  agreedAt(): string | null;
}

/** Returns whether the clock is too far from the newest confirmed instant. */
export function isUnconfirmed({ deps }: Pick<KnownTime, 'deps'>, confirmed: string | null): boolean {
  if (confirmed === null) return false;
  const gap = deps.clock.now() - Date.parse(confirmed);
  return Math.abs(gap) > FURTHEST_MS;
}

/** Returns the clock's instant, or the newest confirmed one if the clock is wrong or unconfirmed. */
export function trustedNow(context: KnownTime, panel: string, stored: string | null): string {
  const difference = context.clockDifference(panel);
  const isWrong = difference !== null && Math.abs(difference) > WRONG_CLOCK_MS;
  const confirmed = context.agreedAt() ?? stored;
  return confirmed !== null && (isWrong || isUnconfirmed(context, confirmed)) ? confirmed : context.now();
}
