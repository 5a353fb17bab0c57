import { type CommandProcess, startCommand } from '../../command-process.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { listPanels, type World } from '../world.js';
import type { Routes } from './database.js';
import { feedJobs } from './job-feeder.js';
import { makeTrouble, type TroublePlan, type Troubles } from './trouble.js';
import { WorkerPool } from './worker-pool.js';

/** Workers with their jobs, and who makes trouble for them. */
export interface Crowd {
  begin: () => void;
  /** Makes everything whole again, and waits until the workers have ended. */
  end: () => Promise<Troubles | null>;
  /** What went wrong with the workers. */
  wrong: () => string[];
}

/** Between two jobs; a worker has two in hand at most. */
const JOB_MS = 300;
const JOBS_AT_ONCE = '2';

/** Gathers the workers of a world, which begin later. */
export function gather(
  world: World,
  random: SeededRandom,
  { workers, trouble, routes }: { workers: number; trouble: TroublePlan; routes: Routes },
): Crowd {
  const own = seededRandom(random.whole(0, 1e9));
  const { bench, env } = world;
  const start = (slot: number): CommandProcess =>
    startCommand(['worker', '--concurrency', JOBS_AT_ONCE], {
      cwd: bench.folder,
      env: { ...env, STATE_URL: routes.workers[slot] ?? '' },
    });
  let begun: { pool: WorkerPool; end: () => Promise<Troubles> } | null = null;
  return {
    begin() {
      const pool = new WorkerPool(start, workers);
      const feeder = feedJobs(routes.direct, own, { panels: [...listPanels(world), 'shop'], everyMs: JOB_MS });
      const maker = makeTrouble({ pool, ...routes }, own, trouble);
      begun = {
        pool,
        async end() {
          const done = await maker.stop();
          await feeder.stop();
          await pool.stop();
          return done;
        },
      };
    },
    end: async () => (await begun?.end()) ?? null,
    wrong: () => begun?.pool.wrong ?? [],
  };
}
