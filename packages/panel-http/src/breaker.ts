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

/** Stops calls to a panel that keeps failing. */
export interface Breaker {
  /** Runs the task unless the circuit is open; then throws the error of `refuse`, which gets the remaining milliseconds. */
  run<T>(task: () => Promise<T>, refuse: (leftMs: number) => PanelError): Promise<T>;
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

/** Creates a circuit that opens after `failures` in a row and lets one probe through after `cooldownMs`. */
export function createBreaker(failures: number, cooldownMs: number, clock: Clock): Breaker {
  let openedAt = 0;
  const leftMs = (): number => {
    const passed = clock.now() - openedAt;
    // A clock that was set back must not keep the circuit open.
    return passed < 0 ? 0 : Math.max(0, cooldownMs - passed);
  };
  // cockatiel keeps the states and the single probe, but uses the system's clock: with an infinite duration or none, the injected
  // clock decides.
  const cooldown: IBackoff<unknown> = {
    get duration() {
      return leftMs() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next: () => cooldown,
  };
  const policy = circuitBreaker(
    handleWhen((error) => isPanelError(error) && COUNTED.has(error.code)),
    { halfOpenAfter: { next: () => cooldown }, breaker: new ConsecutiveBreaker(failures) },
  );
  policy.onBreak(() => {
    openedAt = clock.now();
  });
  return {
    run: (task, refuse) =>
      policy.execute(task).catch((error: unknown) => {
        throw error instanceof BrokenCircuitError ? refuse(leftMs()) : error;
      }),
    async fail(error) {
      if (policy.state !== CircuitState.Closed) return;
      await policy
        .execute(() => Promise.reject(error))
        .catch((rejected: unknown) => {
          if (rejected !== error) throw rejected;
        });
    },
  };
}
