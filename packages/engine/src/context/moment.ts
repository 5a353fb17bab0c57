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
