import { setTimeout as wait } from 'node:timers/promises';
import type { SeededRandom } from '../seeded-random.js';
import { freeze, type Frozen } from './freeze.js';
import { closeGate, type Gate } from './gate.js';
import { ON_ITS_WAY_MS } from './invariants.js';
import type { Runner, Running } from './runner.js';
import { until } from './waiting.js';
import { isBusy, type Command, type World } from './world.js';

/** A gate opens after that in any case. */
const LONGEST_GATE_MS = 10_000;

/**
 * One round: a command is stopped in the middle of its calls, others are run to their end meanwhile, then it goes on.
 * Now and then one of them is killed, or stopped between its reading of the store and its writing.
 */
export async function playRound(
  runner: Runner,
  random: SeededRandom,
  /** What commands of other rounds set at the same time. */
  busy = new Set<string>(),
): Promise<void> {
  const { world } = runner;
  const leading = random.chance(0.75)
    ? world.drawRun(random)
    : (drawFree(world, random, busy, isOrder) ?? world.drawRun(random));
  const changing = random.chance(leading.kind === 'order' ? 0.6 : 0.35);
  const gate = closeGate(world.servers, random.whole(1, changing ? 3 : 10), (call) => call.changing || !changing);
  const first = startFree(runner, leading, busy);
  await Promise.race([gate.reached, first.ended]);
  if (random.chance(0.15)) kill(first, 'killed at the gate');
  const others = await startOthers(runner, random, busy, leading.subjects);
  await openAfter(gate, others, random);
  await Promise.all([first, ...others].map(({ ended }) => ended));
}

async function startOthers(
  runner: Runner,
  random: SeededRandom,
  busy: Set<string>,
  about: readonly string[],
): Promise<Running[]> {
  const others: Running[] = [];
  const near = [...about];
  let frozen: Frozen | null = null;
  for (let left = random.whole(1, 3); left > 0; left--) {
    const command = random.chance(0.12) ? runner.world.drawRun(random) : drawNear(runner.world, random, busy, near);
    if (command === null) continue;
    near.push(...command.subjects);
    const start = (): Running => startFree(runner, command, busy);
    if (frozen === null && runner.freezes && command.words[1] === 'import' && random.chance(0.5)) {
      frozen = await freeze(runner.world.bench, start);
      // Somebody has to come in between.
      left = Math.max(left, 2);
    } else {
      const running = start();
      others.push(running);
      if (random.chance(0.12)) killLater(running, random.whole(0, 500));
    }
  }
  if (frozen === null) return others;
  await untilDone(others);
  frozen.thaw();
  return [...others, frozen.running];
}

function killLater(running: Running, ms: number): void {
  void wait(ms).then(() => {
    kill(running, 'killed');
  });
}

/** The gate opens when the others have ended, and long enough after that for nothing to have been on its way. */
async function openAfter(gate: Gate, others: Running[], random: SeededRandom): Promise<void> {
  await untilDone(others);
  if (random.chance(0.85)) await wait(ON_ITS_WAY_MS + 50);
  gate.open();
}

/** Commands have ended, or wait for the one that is kept waiting itself. */
async function untilDone(others: Running[]): Promise<void> {
  await until(() => others.every(({ record, isWaiting }) => record.endedAt !== null || isWaiting()), LONGEST_GATE_MS);
}

function kill(running: Running, remark: string): void {
  if (running.process === null || running.record.endedAt !== null) return;
  running.record.remarks.push(remark);
  running.process.kill();
}

function startFree(runner: Runner, command: Command, busy: Set<string>): Running {
  const keys = command.writes.map(({ subject, field }) => `${subject} ${field}`);
  for (const key of keys) busy.add(key);
  const running = runner.start(command);
  return {
    ...running,
    ended: running.ended.then(() => {
      for (const key of keys) busy.delete(key);
    }),
  };
}

const isOrder = (command: Command): boolean => command.kind === 'order';

/** More often than not a command about a service that others are working on already. */
function drawNear(
  world: World,
  random: SeededRandom,
  busy: ReadonlySet<string>,
  near: readonly string[],
): Command | null {
  const isNear = (command: Command): boolean => command.subjects.some((subject) => near.includes(subject));
  const drawn = near.length > 0 && random.chance(0.6) ? drawFree(world, random, busy, isNear) : null;
  return drawn ?? drawFree(world, random, busy);
}

/** A command that sets nothing that another one sets at the same time; null when chance brings none. */
function drawFree(
  world: World,
  random: SeededRandom,
  busy: ReadonlySet<string>,
  fits: (command: Command) => boolean = () => true,
): Command | null {
  for (let tries = 20; tries > 0; tries--) {
    const command = world.drawChange(random, busy);
    if (command !== null && !isBusy(busy, command.writes) && fits(command)) return command;
  }
  return null;
}
