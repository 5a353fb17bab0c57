import { describe, it } from '@jest/globals';
import { seeds, underSeed, type SeededRandom } from './seeded-random.js';
import { easydcimWorld } from './stress/easydcim-world.js';
import { hiddifyWorld } from './stress/hiddify-world.js';
import { shopWorld } from './stress/shop-world.js';
import { playStory } from './stress/story.js';

const LONG = process.env['SLUICE_LONG'] === '1';
const COUNT = Number(process.env['SLUICE_TEST_STORIES'] ?? (LONG ? 1000 : 4));
/** Stories that are played at the same time: most of a story is waiting. */
const AT_ONCE = 4;
const all = seeds(COUNT);
const batches = Array.from({ length: Math.ceil(COUNT / AT_ONCE) }, (_, index) => ({
  first: index * AT_ONCE + 1,
  batch: all.slice(index * AT_ONCE, (index + 1) * AT_ONCE),
}));

describe('commands that run at the same time on one store and one panel', () => {
  it.each(batches)('cut nobody and lose nothing (from $first on)', async ({ batch }) => {
    const outcomes = await Promise.allSettled(batch.map((seed) => underSeed(seed, playInWorld)));
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    if (failed.length > 0) throw new Error(failed.map(({ reason }) => (reason as Error).message).join('\n\n'));
  });
});

async function playInWorld(random: SeededRandom): Promise<void> {
  const world = await random.pick([easydcimWorld, hiddifyWorld, shopWorld])(random);
  try {
    await playStory(world, random);
  } finally {
    await world.close();
  }
}
