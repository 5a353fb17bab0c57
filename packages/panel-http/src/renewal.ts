import { AsyncLocalStorage } from 'node:async_hooks';

/** One renewal of credentials at a time, shared by all calls that were refused. */
export interface Renewal {
  /** Grows with each renewal; a call of an earlier generation only has to be repeated. */
  readonly generation: number;
  /** Returns whether the caller is part of a running renewal, which it must not wait for. */
  isInside(): boolean;
  /** Renews the credentials unless that was done since the generation `seen`. */
  renew(seen: number): Promise<boolean>;
}

/** Creates the renewal of one panel's credentials. */
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
      // Tracking slows down every promise of the process.
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
