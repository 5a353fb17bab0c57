import { seededRandom, type SeededRandom } from '../../seeded-random.js';
import { easydcimWorld } from '../easydcim-world.js';
import { hiddifyWorld } from '../hiddify-world.js';
import { playRound } from '../interleave.js';
import { wrongMeanwhile, wrongTargets } from '../invariants.js';
import { joinWorlds } from '../join-worlds.js';
import { Runner } from '../runner.js';
import { shopWorld } from '../shop-world.js';
import { calm, expectDone, plain, wrongEndings } from '../story.js';
import { timeline } from '../timeline.js';
import { newGround, type World } from '../world.js';
import { type Crowd, gather } from './crowd.js';
import type { Database } from './database.js';
import { wrongStore } from './wrong-store.js';
import type { TroublePlan, Troubles } from './trouble.js';

/** How much happens in a story. */
export interface Measure {
  /** Rounds of commands at the same time, and how many rounds go on at once. */
  rounds: number;
  lanes: number;
  workers: number;
  trouble: TroublePlan;
}

/**
 * Plays rounds of commands on panels, agents, purchases, bills and syncs that share a store, while workers do the runs, are killed, and lose
 * their database. Then everything is whole again, a last run does what is left, and each effect has to be there once.
 */
export async function playWithWorkers(
  database: Database,
  random: SeededRandom,
  measure: Measure,
): Promise<Troubles | null> {
  const ground = newGround();
  const routes = await database.open(measure.workers);
  const worlds = [
    await easydcimWorld(random, ground),
    await hiddifyWorld(random, ground),
    await shopWorld(random, ground),
  ];
  const world = joinWorlds(ground, worlds, ['state: "${env:STATE_URL}"']);
  world.env['STATE_URL'] = routes.commands;
  ground.bench.env['STATE_URL'] = routes.direct;
  ground.bench.storeUrl = routes.direct;
  const crowd = gather(world, random, { ...measure, routes });
  try {
    return await play(world, random, measure, crowd);
  } catch (error) {
    await crowd.end();
    throw error;
  } finally {
    await world.close();
    routes.close();
  }
}

async function play(world: World, random: SeededRandom, measure: Measure, crowd: Crowd): Promise<Troubles | null> {
  const runner = new Runner(world, true, false);
  const wrong: string[] = [];
  const stopLooking = world.servers.map((server) => server.onCall(() => wrong.push(...world.wrongNow())));
  let done: Troubles | null;
  try {
    await world.setUp(async (words, kind) => {
      expectDone(await runner.runInside({ ...plain(words), ...(kind === undefined ? {} : { kind }) }));
    });
    for (const server of world.servers) server.latencyMs = random.whole(0, 15);
    const begun = Date.now();
    crowd.begin();
    await playRounds(runner, random, measure);
    done = await crowd.end();
    for (const server of world.servers) server.latencyMs = 0;
    const touches = world.touches().filter(({ at }) => at >= begun);
    wrong.push(...wrongMeanwhile({ world, records: runner.records, onItsWayMs: ON_ITS_WAY_MS }, touches));
    wrong.push(...wrongEndings(runner.records), ...crowd.wrong());
    await calm(runner);
    wrong.push(...(await listWrong(world, runner.records)));
  } catch (error) {
    throw new Error(`${String(error)}\n${timeline(world, runner.records)}`, { cause: error });
  } finally {
    for (const stop of stopLooking) stop();
  }
  if (wrong.length > 0) throw new Error(`${[...new Set(wrong)].join('\n')}\n\n${timeline(world, runner.records)}`);
  return done;
}

/** A worker makes a call at most so long after it has stored that it makes it, with a margin for its way. */
const ON_ITS_WAY_MS = 6000;

/** What is wrong once nothing is under way any more: each effect has to be there, once. */
async function listWrong(world: World, records: Runner['records']): Promise<string[]> {
  return [
    ...wrongTargets(world),
    ...world.wrongNow(),
    ...(await world.wrongAfter()),
    ...(await wrongStore(world, records)),
    ...world.repeated().map((what) => `made twice: ${what}`),
    ...world.servers.flatMap(({ failures }) => failures),
  ];
}

/** Plays the rounds in lanes, each with random numbers of its own. */
async function playRounds(runner: Runner, random: SeededRandom, { rounds, lanes }: Measure): Promise<void> {
  const busy = new Set<string>();
  let left = rounds;
  const lane = async (own: SeededRandom): Promise<void> => {
    while (left-- > 0) await playRound(runner, own, busy);
  };
  const seeds = Array.from({ length: lanes }, () => random.whole(0, 1e9));
  await Promise.all(seeds.map((seed) => lane(seededRandom(seed))));
}
