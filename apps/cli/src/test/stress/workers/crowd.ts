import { fileURLToPath } from 'node:url';
import { type CommandProcess, startProgram } from '../../command-process.js';
import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import type { World } from '../world.js';
import type { Routes } from './database.js';
import { makeTrouble, type Trouble, type TroublePlan, type Troubles } from './trouble.js';
import { WorkerPool } from './worker-pool.js';

/** Workers, and who makes trouble for them. */
export interface Crowd {
  begin: () => void;
  /** Makes everything whole again, and waits until the workers have ended. */
  end: () => Promise<Troubles | null>;
  /** What went wrong with the workers. */
  wrong: () => string[];
}

const RUN_JOBS = fileURLToPath(new URL('run-jobs.mjs', import.meta.url));

/** Gathers the workers of a world, which begin later. */
export function gather(
  { bench, env }: World,
  random: SeededRandom,
  { workers, trouble, routes }: { workers: number; trouble: TroublePlan; routes: Routes },
): Crowd {
  const own = seededRandom(random.whole(0, 1e9));
  let pool: WorkerPool | null = null;
  let maker: Trouble | null = null;
  const start = (slot: number): CommandProcess =>
    startProgram([process.execPath, RUN_JOBS], {
      cwd: bench.folder,
      env: { ...env, STATE_URL: routes.workers[slot] ?? '' },
    });
  return {
    begin() {
      pool = new WorkerPool(start, workers);
      maker = makeTrouble({ pool, ...routes }, own, trouble);
    },
    async end() {
      const done = await maker?.stop();
      await pool?.stop();
      return done ?? null;
    },
    wrong: () => pool?.wrong ?? [],
  };
}
