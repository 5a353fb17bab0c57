/** What the adaptive limit remembers between calls. Plain data. */
export interface AdaptiveState {
  /** Calls allowed in flight; a fraction is progress towards the next whole one. */
  limit: number;
  readonly most: number;
  /** The typical duration of a call while the panel is at ease, in milliseconds; `null` until it is known. */
  baselineMs: number | null;
  /** Calls since the last decrease: those in flight at that moment still belong to the old limit. */
  sinceDecrease: number;
  /** How many calls the last decrease has to be given before another one. */
  settle: number;
  /** The calls since the last look at the durations. */
  seen: number;
  totalMs: number;
}

/** One finished attempt. */
export interface AdaptiveSample {
  durationMs: number;
  /** Answered with 429 or 503. */
  overloaded: boolean;
  /** Failed otherwise: says nothing about load. */
  failed: boolean;
}

const fewestSamples = 8;
/** A mean this much above the baseline counts as clearly rising; the constant keeps tiny durations from mattering. */
const risingFactor = 2;
const risingMs = 50;

/** Starts at the configured concurrency: a panel at ease loses nothing. */
export function initialAdaptiveState(concurrency: number): AdaptiveState {
  return { limit: concurrency, most: concurrency, baselineMs: null, sinceDecrease: 0, settle: 0, seen: 0, totalMs: 0 };
}

/**
 * The next state: half as many at once after a 429 or 503, three quarters after clearly rising durations, one more after each
 * quiet round; never under 1 nor over the configured concurrency. Pure.
 */
export function adaptConcurrency(state: AdaptiveState, sample: AdaptiveSample): AdaptiveState {
  const sinceDecrease = state.sinceDecrease + 1;
  const settled = sinceDecrease > state.settle;
  if (sample.overloaded) {
    return settled ? decreased(state, 0.5) : { ...state, sinceDecrease };
  }
  if (sample.failed || !settled) return { ...state, sinceDecrease };

  const seen = state.seen + 1;
  const totalMs = state.totalMs + sample.durationMs;
  if (seen < Math.max(fewestSamples, Math.floor(state.limit))) return { ...state, sinceDecrease, seen, totalMs };

  const meanMs = totalMs / seen;
  const { baselineMs } = state;
  if (baselineMs !== null && meanMs > baselineMs * risingFactor + risingMs) {
    // The baseline gives way a little, so that a panel that has become slower for good is not throttled for ever.
    return { ...decreased(state, 0.75), baselineMs: baselineMs * 1.1 };
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

function decreased(state: AdaptiveState, factor: number): AdaptiveState {
  return {
    ...state,
    limit: Math.max(1, state.limit * factor),
    sinceDecrease: 0,
    settle: Math.floor(state.limit),
    seen: 0,
    totalMs: 0,
  };
}
