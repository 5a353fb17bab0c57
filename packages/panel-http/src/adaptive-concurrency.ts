/** State of the adaptive limit between calls. */
export interface AdaptiveState {
  /** Calls allowed in flight; a fraction is progress towards the next whole one. */
  limit: number;
  readonly most: number;
  /** The typical duration of a call without load, in milliseconds; `null` until it is known. */
  baselineMs: number | null;
  /** Calls since the last decrease; those in flight at that moment belong to the old limit. */
  sinceDecrease: number;
  /** Calls that have to end before another decrease. */
  pause: number;
  /** Calls since the durations were last compared. */
  seen: number;
  totalMs: number;
}

/** One finished attempt. */
export interface AdaptiveSample {
  durationMs: number;
  /** Answered with 429 or 503. */
  overloaded: boolean;
  /** Failed otherwise, which shows nothing about load. */
  failed: boolean;
}

const FEWEST_SAMPLES = 8;
/** A mean this much above the baseline counts as rising; the constant excludes tiny durations. */
const RISING_FACTOR = 2;
const RISING_MS = 50;

/** Starts at the configured concurrency. */
export function initialAdaptiveState(concurrency: number): AdaptiveState {
  return { limit: concurrency, most: concurrency, baselineMs: null, sinceDecrease: 0, pause: 0, seen: 0, totalMs: 0 };
}

/**
 * Returns the next state: half of the limit after a 429 or 503, three quarters after rising durations, one more after each quiet
 * round; never below 1 nor above the configured concurrency.
 */
export function adaptConcurrency(state: AdaptiveState, sample: AdaptiveSample): AdaptiveState {
  const sinceDecrease = state.sinceDecrease + 1;
  const isReady = sinceDecrease > state.pause;
  if (sample.overloaded) {
    return isReady ? decrease(state, 0.5) : { ...state, sinceDecrease };
  }
  if (sample.failed || !isReady) return { ...state, sinceDecrease };

  const seen = state.seen + 1;
  const totalMs = state.totalMs + sample.durationMs;
  if (seen < Math.max(FEWEST_SAMPLES, Math.floor(state.limit))) return { ...state, sinceDecrease, seen, totalMs };

  const meanMs = totalMs / seen;
  const { baselineMs } = state;
  if (baselineMs !== null && meanMs > baselineMs * RISING_FACTOR + RISING_MS) {
    // The baseline rises a little, so that a panel that stays slower is not throttled permanently.
    return { ...decrease(state, 0.75), baselineMs: baselineMs * 1.1 };
  }
  return {
    ...state,
    limit: Math.min(state.most, state.limit + 1),
    baselineMs: baselineMs === null ? meanMs : Math.min(meanMs, baselineMs * 1.02),
    sinceDecrease,
    seen: 0,
    totalMs: 0,
  };
}

function decrease(state: AdaptiveState, factor: number): AdaptiveState {
  return {
    ...state,
    limit: Math.max(1, state.limit * factor),
    sinceDecrease: 0,
    pause: Math.floor(state.limit),
    seen: 0,
    totalMs: 0,
  };
}
