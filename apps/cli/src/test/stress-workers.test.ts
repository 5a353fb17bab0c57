import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { whyNoPostgres } from '@sluice/state-store/testing';
import { seeds, underSeed } from './seeded-random.js';
import { Database } from './stress/workers/database.js';
import { type Measure, playWithWorkers } from './stress/workers/story.js';
import type { Troubles } from './stress/workers/trouble.js';

const LONG = process.env['SLUICE_LONG'] === '1';

/** A thousand rounds, and ten partitions of half a minute; by default a few, with short ones. */
const STORIES = Number(process.env['SLUICE_TEST_STORIES'] ?? (LONG ? 20 : 1));
const MEASURE: Measure = LONG
  ? {
      ...{ rounds: 50, lanes: 6, workers: 4 },
      trouble: {
        ...{ killEveryMs: 1000, pauseMs: 12_000 },
        ...{ partitions: 1, partitionMs: 30_000, exiles: 0, exileMs: 75_000 },
      },
    }
  : {
      ...{ rounds: 2, lanes: 3, workers: 4 },
      trouble: {
        ...{ killEveryMs: 1000, pauseMs: 3000 },
        ...{ partitions: 1, partitionMs: 2000, exiles: 0, exileMs: 0 },
      },
    };
/** Every second story has a partition; every fifth one a worker that is cut off for so long that its leases run out. */
const PARTED = 2;
const EXILED = 5;

const reason = whyNoPostgres();
const stories = seeds(STORIES).map((seed, index) => ({ seed, number: index + 1 }));

(reason === null ? describe : describe.skip)(
  `commands and four workers on PostgreSQL${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    let database: Database;
    const done: Troubles = { kills: 0, cuts: 0, restarts: 0, partitions: 0, exiles: 0 };
    beforeAll(async () => {
      database = await Database.start();
    });
    afterAll(() => {
      database.close();
    });

    it.each(stories)(
      'do each thing once, whatever becomes of workers and database ($number, seed $seed)',
      ({ seed, number }) =>
        underSeed(seed, async (random) => {
          const exiles = LONG && number % EXILED === 0 ? 1 : 0;
          const partitions = !LONG || number % PARTED === 0 ? 1 : 0;
          const trouble = { ...MEASURE.trouble, partitions, exiles };
          const troubles = await playWithWorkers(database, random, { ...MEASURE, trouble });
          for (const kind of Object.keys(done) as (keyof Troubles)[]) done[kind] += troubles?.[kind] ?? 0;
        }),
    );

    it('were killed and cut off often enough', () => {
      process.stdout.write(`${JSON.stringify({ stories: STORIES, rounds: STORIES * MEASURE.rounds, ...done })}\n`);
      expect(done.kills).toBeGreaterThan(0);
      if (LONG && STORIES >= 20) expect(done.partitions).toBeGreaterThanOrEqual(10);
    });
  },
);
