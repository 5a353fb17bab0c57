import { it } from '@jest/globals';
import { type SeededRandom, seeds, underSeed } from '../seeded-random.js';

const LONG = process.env['SLUICE_LONG'] === '1';

/** Lets lives of one kind of panel pass: 200 with SLUICE_LONG=1, one of a few steps otherwise. */
export function liveThrough(live: (random: SeededRandom, steps: number) => Promise<void>): void {
  const count = Number(process.env['SLUICE_TEST_LIVES'] ?? (LONG ? 200 : 1));
  it.each(seeds(count))('is true to its model (seed %i)', (seed) =>
    underSeed(seed, (random) => live(random, LONG ? 30 : 6)),
  );
}
