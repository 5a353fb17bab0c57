import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../../seeded-random.js';
import type { Routes } from './database.js';
import type { WorkerPool } from './worker-pool.js';

/** How often things are broken, and for how long. */
export interface TroublePlan {
  killEveryMs: number;
  /** Longest pause between two cuts, restarts and partitions. */
  pauseMs: number;
  partitions: number;
  partitionMs: number;
  /** How often one worker alone is cut off, for longer than leases last, and how long; it is not killed meanwhile. */
  exiles: number;
  exileMs: number;
}

/** How often each was done. */
export type Troubles = Record<'kills' | 'cuts' | 'restarts' | 'partitions' | 'exiles', number>;

/** Workers and their ways to the database. */
interface Breakable extends Routes {
  pool: WorkerPool;
}

/** Somebody who breaks things. */
export interface Trouble {
  /** Resolves with what was done, once everything is whole again. */
  stop: () => Promise<Troubles>;
}

/** Kills workers, cuts their connections, restarts the database and parts them from it, until it is stopped. */
export function makeTrouble(breakable: Breakable, random: SeededRandom, plan: TroublePlan): Trouble {
  const done: Troubles = { kills: 0, cuts: 0, restarts: 0, partitions: 0, exiles: 0 };
  const end = new AbortController();
  const pause = async (ms: number): Promise<boolean> => {
    await wait(ms, undefined, { signal: end.signal }).catch(() => undefined);
    return !end.signal.aborted;
  };
  const spared = new Set<number>();
  const killing = (async () => {
    while (await pause(plan.killEveryMs)) {
      breakable.pool.killOne(random, spared);
      done.kills += 1;
    }
  })();
  const breaking = (async () => {
    for (const kind of listKinds(random, plan)) {
      if (!(await pause(random.whole(plan.pauseMs / 4, plan.pauseMs)))) return;
      await BREAKS[kind](breakable, { random, plan, spared });
      done[kind] += 1;
    }
  })();
  return {
    async stop() {
      end.abort();
      await Promise.all([killing, breaking]);
      return done;
    },
  };
}

type Kind = Exclude<keyof Troubles, 'kills'>;

/** What is done one after the other: first what is to be done so many times, then cuts and restarts without an end. */
function* listKinds(random: SeededRandom, { partitions, exiles }: TroublePlan): Generator<Kind> {
  for (let n = 0; n < Math.max(partitions, exiles); n++) {
    if (n < partitions) yield 'partitions';
    yield random.pick(['cuts', 'restarts']);
    if (n < exiles) yield 'exiles';
  }
  for (;;) yield random.pick(['cuts', 'restarts']);
}

interface How {
  random: SeededRandom;
  plan: TroublePlan;
  /** Slots of workers that are not to be killed now. */
  spared: Set<number>;
}

const BREAKS: Record<Kind, (breakable: Breakable, how: How) => Promise<void>> = {
  cuts({ ways }) {
    for (const way of ways) way.cut();
    return Promise.resolve();
  },
  restarts: ({ restart }) => restart(),
  async partitions({ ways }, { random, plan }) {
    // Everybody is cut off, or some are, while the others go on.
    const some = random.chance(0.5) ? ways : ways.filter(() => random.chance(0.5));
    for (const way of some) way.block();
    await wait(plan.partitionMs);
    for (const way of some) way.unblock();
  },
  async exiles({ ways, pool }, { random, plan, spared }) {
    const slot = random.whole(0, pool.size - 1);
    spared.add(slot);
    // The first way is that of the commands.
    ways[slot + 1]?.block();
    await wait(plan.exileMs);
    ways[slot + 1]?.unblock();
    // It has time to go on with what it was at.
    await wait(EXILE_GOES_ON_MS);
    spared.delete(slot);
  },
};

const EXILE_GOES_ON_MS = 2000;
