/** A clock that moves only on request. */
export interface ManualClock {
  /** Milliseconds since 1970. May be passed on as a function. */
  readonly now: () => number;
  /** Moves by this many milliseconds (backwards if negative). */
  advance(ms: number): void;
  /** Jumps to an instant: milliseconds since 1970 or ISO 8601 text. */
  set(instant: number | string): void;
}

/** Creates a clock that stays at `start` (milliseconds since 1970 or ISO 8601 text) until it is moved. */
export function manualClock(start: number | string): ManualClock {
  let at = new Date(start).getTime();
  return {
    now: () => at,
    advance: (ms) => {
      at += ms;
    },
    set: (instant) => {
      at = new Date(instant).getTime();
    },
  };
}
