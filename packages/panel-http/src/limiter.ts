import PQueue from 'p-queue';
import { onAbort } from './on-abort.js';
import { type QueueOptions, TaskQueue } from './task-queue.js';
import {
  BrokenCircuitError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
  type IBackoff,
} from 'cockatiel';
import { isPanelError, type PanelError, type PanelErrorCode } from './errors.js';
import type { Clock } from './types.js';

/** Limits how many tasks run at once and how many calls start per second. */
export interface Limiter {
  run<T>(task: () => Promise<T>, options: QueueOptions): Promise<T>;
  /** Waits for a turn to start a call; null where nothing limits the starts. What waits for more waits for its turn last. */
  readonly turn: ((options: QueueOptions) => Promise<void>) | null;
  concurrency: number;
  readonly inFlight: number;
  readonly waiting: number;
}

/** Tasks that may start in one turn of the event loop, so that first answers are read while later calls still connect. */
const OPENED_AT_ONCE = 64;

/**
 * Creates a limiter of `concurrency` tasks at once and `requestsPerSecond` turns per second, in small portions rather than in one
 * burst per second. A wide limiter opens step by step.
 */
export function createLimiter(concurrency: number, requestsPerSecond?: number, minIntervalMs = 0): Limiter {
  const portions = requestsPerSecond === undefined ? null : toPortions(requestsPerSecond);
  const pace = minIntervalMs > 0 ? { intervalCap: 1, interval: minIntervalMs } : portions;
  const queue = new TaskQueue(Math.min(concurrency, OPENED_AT_ONCE));
  const turns = pace === null ? null : new PQueue({ ...pace, strict: true });
  let limit = concurrency;
  let opening = false;
  const openMore = (): void => {
    if (opening || queue.concurrency >= limit || queue.waiting === 0) return;
    opening = true;
    setImmediate(() => {
      opening = false;
      queue.concurrency = Math.min(limit, queue.concurrency + OPENED_AT_ONCE);
      openMore();
    });
  };
  return {
    run: (task, options) => {
      const done = queue.run(task, options);
      if (queue.concurrency < limit) openMore();
      return done;
    },
    turn: turns === null ? null : (options) => enqueue(turns, options),
    get concurrency() {
      return limit;
    },
    set concurrency(other) {
      const open = queue.concurrency >= limit ? other : queue.concurrency;
      limit = other;
      queue.concurrency = Math.min(open, other);
      openMore();
    },
    get inFlight() {
      return queue.running - (turns?.size ?? 0);
    },
    get waiting() {
      return queue.waiting + (turns?.size ?? 0);
    },
  };
}

/** Returns the smallest whole number of starts whose window is at least 50 ms long. */
export function toPortions(requestsPerSecond: number): { intervalCap: number; interval: number } {
  const intervalCap = Math.max(1, Math.ceil(requestsPerSecond / 20));
  return { intervalCap, interval: Math.ceil((intervalCap * 1000) / requestsPerSecond) };
}

function enqueue(queue: PQueue, { first, signal }: QueueOptions): Promise<void> {
  const priority = first ? 1 : 0;
  const turn = (): Promise<void> => Promise.resolve();
  return signal === undefined ? queue.add(turn, { priority }) : leaveOnAbort(queue, priority, signal);
}

/** While it waits for its turn a call leaves at once when it is called off. */
function leaveOnAbort(queue: PQueue, priority: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      leave();
      return;
    }
    const forget = onAbort(signal, leave);
    const start = (): Promise<void> => {
      forget();
      return Promise.resolve();
    };
    queue.add(start, { priority }).then(resolve, reject);
  });
}

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

/** Stops calls to a panel that keeps failing. */
export interface Breaker {
  /**
   * Runs the task unless the circuit is open; then throws the error of `refuse`, which gets the remaining milliseconds. A task that waits
   * calls `ask` afterwards, which throws that error where the circuit opened meanwhile. `signal`: what cancels the task.
   */
  run<T>(
    task: (ask: () => void) => Promise<T>,
    refuse: (leftMs: number) => PanelError,
    signal?: AbortSignal,
  ): Promise<T>;
  /** Counts a failure that was found outside of a task. */
  fail(error: PanelError): Promise<void>;
}

/** Failures of the panel as a whole. All others (403, 404, 422, an unusable body) concern one object or one call. */
const COUNTED: ReadonlySet<PanelErrorCode> = new Set<PanelErrorCode>([
  'PANEL_UNREACHABLE',
  'PANEL_TIMEOUT',
  'PANEL_SERVER_ERROR',
  'PANEL_RATE_LIMITED',
  'PANEL_AUTH',
]);

/**
 * cockatiel keeps the states and the single probe, but uses the system's clock: with an infinite duration or none, the injected clock
 * decides.
 */
function toCooldown(leftMs: () => number): IBackoff<unknown> {
  const cooldown: IBackoff<unknown> = {
    get duration() {
      return leftMs() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next: () => cooldown,
  };
  return cooldown;
}

const isCounted = (error: unknown): boolean => isPanelError(error) && COUNTED.has(error.code);

/** Creates a circuit that opens after `failures` in a row and lets one probe through after `cooldownMs`. */
export function createBreaker(failures: number, cooldownMs: number, clock: Clock): Breaker {
  let openedAt = 0;
  let opened = 0;
  const leftMs = (): number => {
    const passed = clock.now() - openedAt;
    // A clock that was set back must not keep the circuit open.
    return passed < 0 ? 0 : Math.max(0, cooldownMs - passed);
  };
  const cooldown = toCooldown(leftMs);
  const inARow = new ConsecutiveBreaker(failures);
  // A probe that its caller cancelled shows nothing: the circuit opens again, and the next call is the probe.
  let isCancelled = false;
  const isHandled = (error: unknown): boolean => isCancelled || isCounted(error);
  const policy = circuitBreaker(handleWhen(isHandled), { halfOpenAfter: { next: () => cooldown }, breaker: inARow });
  policy.onBreak(() => {
    if (!isCancelled) openedAt = clock.now();
    isCancelled = false;
    opened += 1;
  });
  const note = (error: unknown, signal: AbortSignal | undefined): never => {
    isCancelled = policy.state === CircuitState.HalfOpen && signal?.aborted === true && !isPanelError(error);
    throw error;
  };
  const fail = async (error: unknown): Promise<void> => {
    if (policy.state !== CircuitState.Closed || !isCounted(error)) return;
    await policy
      .execute(() => Promise.reject(error as Error))
      .catch((rejected: unknown) => {
        if (rejected !== error) throw rejected;
      });
  };
  return {
    run: (task, refuse, signal) => {
      const begin = (): ReturnType<typeof task> => {
        const before = opened;
        return task(() => {
          if (opened !== before && policy.state !== CircuitState.Closed) throw refuse(leftMs());
        });
      };
      if (policy.state !== CircuitState.Closed)
        return policy
          .execute(() => begin().catch((error: unknown) => note(error, signal)))
          .catch((error: unknown) => {
            throw error instanceof BrokenCircuitError ? refuse(leftMs()) : error;
          });
      // As the policy would, with one promise instead of several: a poll makes many thousand calls.
      return begin().then(
        (value) => {
          if (policy.state === CircuitState.Closed) inARow.success();
          return value;
        },
        async (error: unknown) => {
          await fail(error);
          throw error;
        },
      );
    },
    fail,
  };
}
