/** Random choices that come again with the same seed. */
export interface SeededRandom {
  readonly seed: number;
  /** In [0, 1). */
  next: () => number;
  /** A whole number in [from, to]. */
  whole: (from: number, to: number) => number;
  chance: (share: number) => boolean;
  pick: <T>(items: readonly T[]) => T;
}

/** A small generator (mulberry32) that starts from `seed`. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    seed,
    next,
    whole,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[whole(0, items.length - 1)];
      if (item === undefined) throw new RangeError('There is nothing to pick from');
      return item;
    },
  };
}

/**
 * The seeds of a test's cases: from `SLUICE_TEST_SEED` on when it is set (to repeat one), else the same ones each time, so that luck
 * fails nobody's change. Long runs begin at a random one. A case that fails has to name its seed.
 */
export function seeds(count: number): number[] {
  const given = process.env['SLUICE_TEST_SEED'];
  const isLong = process.env['SLUICE_LONG'] === '1';
  const first = Number(given ?? (isLong ? Math.floor(Math.random() * 1e9) : 1));
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Runs one case; what it throws names the seed and how to run it again. */
export async function underSeed(seed: number, work: (random: SeededRandom) => Promise<void>): Promise<void> {
  try {
    await work(seededRandom(seed));
  } catch (error) {
    const { message, stack } = error as Error;
    const failure = new Error(`Seed ${seed} (again: SLUICE_TEST_SEED=${seed}): ${message}`);
    if (stack !== undefined) failure.stack = stack.replace(message, failure.message);
    throw failure;
  }
}
