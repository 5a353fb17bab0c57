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

export interface Breaker {
  /** Runs the task unless the circuit is open; then throws what `refuse` makes of the milliseconds that are left. */
  run<T>(task: () => Promise<T>, refuse: (leftMs: number) => PanelError): Promise<T>;
  /** Counts a failure that was found outside of a task. */
  fail(error: PanelError): Promise<void>;
}

/** What speaks against the panel as a whole. All else (403, 404, 422, an odd body) concerns one object or one call. */
const counted: ReadonlySet<PanelErrorCode> = new Set<PanelErrorCode>([
  'PANEL_UNREACHABLE',
  'PANEL_TIMEOUT',
  'PANEL_SERVER_ERROR',
  'PANEL_RATE_LIMITED',
  'PANEL_AUTH',
]);

/** A circuit that opens after `failures` in a row and lets one probe through after `cooldownMs`. */
export function createBreaker(failures: number, cooldownMs: number, clock: Clock): Breaker {
  let openedAt = 0;
  const leftMs = (): number => {
    const passed = clock.now() - openedAt;
    // A clock that was set back must not keep the circuit open.
    return passed < 0 ? 0 : Math.max(0, cooldownMs - passed);
  };
  // cockatiel keeps the states and the single probe, but counts time by the system's clock: told "for ever" or "not at all"
  // each time that it asks, it goes by ours.
  const cooldown: IBackoff<unknown> = {
    get duration() {
      return leftMs() > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next: () => cooldown,
  };
  const policy = circuitBreaker(
    handleWhen((error) => isPanelError(error) && counted.has(error.code)),
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
