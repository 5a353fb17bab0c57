import { AsyncLocalStorage } from 'node:async_hooks';

/** One renewal of credentials at a time, shared by all calls that were refused. */
export interface Renewal {
  /** Grows with each success: a call that began before it has only to be repeated. */
  readonly generation: number;
  /** Is the caller itself part of a running renewal? Then it must not wait for it. */
  isInside(): boolean;
  renew(seen: number): Promise<boolean>;
}

export function createRenewal(onUnauthorized: () => Promise<boolean>): Renewal {
  const inside = new AsyncLocalStorage<true>();
  let running: Promise<boolean> | null = null;
  let generation = 0;

  const start = async (): Promise<boolean> => {
    try {
      const renewed = await inside.run(true, onUnauthorized);
      if (renewed) generation += 1;
      return renewed;
    } finally {
      running = null;
      // Tracking costs a little on every promise of the process: only while a renewal runs.
      inside.disable();
    }
  };
  return {
    get generation() {
      return generation;
    },
    isInside: () => inside.getStore() === true,
    async renew(seen) {
      if (seen < generation) return true;
      running ??= start();
      return running;
    },
  };
}
