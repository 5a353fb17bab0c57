import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, handleWhen } from 'cockatiel';
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
  const policy = circuitBreaker(
    handleWhen((error) => isPanelError(error) && counted.has(error.code)),
    // The cool-down is counted here, by the injected clock; cockatiel keeps the states and the single probe.
    { halfOpenAfter: 0, breaker: new ConsecutiveBreaker(failures) },
  );
  let open = false;
  policy.onBreak(() => {
    open = true;
    openedAt = clock.now();
  });
  policy.onHalfOpen(() => {
    open = false;
  });
  return {
    async run(task, refuse) {
      if (open) {
        const passed = clock.now() - openedAt;
        // A clock that was set back must not keep the circuit open.
        if (passed >= 0 && passed < cooldownMs) throw refuse(cooldownMs - passed);
      }
      try {
        return await policy.execute(task);
      } catch (error) {
        if (error instanceof BrokenCircuitError) throw refuse(cooldownMs);
        throw error;
      }
    },
    async fail(error) {
      if (open) return;
      await policy
        .execute(() => Promise.reject(error))
        .catch((rejected: unknown) => {
          if (rejected !== error) throw rejected;
        });
    },
  };
}
