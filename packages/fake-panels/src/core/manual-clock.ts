/** A clock that only moves when told. */
export interface ManualClock {
  /** Milliseconds since 1970. May be passed on as a function. */
  readonly now: () => number;
  /** Moves by so many milliseconds (backward when negative). */
  advance(ms: number): void;
  /** Jumps to an instant: milliseconds since 1970 or ISO 8601 text. */
  set(instant: number | string): void;
}

/** Makes a clock that stands at `start` (milliseconds since 1970 or ISO 8601 text) until it is moved. */
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
