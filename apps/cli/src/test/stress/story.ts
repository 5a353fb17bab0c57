import type { SeededRandom } from '../seeded-random.js';
import { wrongMeanwhile, wrongTargets } from './invariants.js';
import { playRound } from './interleave.js';
import { Runner, toEnding, type CommandRecord } from './runner.js';
import { timeline } from './timeline.js';
import { type Command, listPanels, panelSubject, switchCommand, type World } from './world.js';

/** Plays rounds of commands on one world, and looks for what must never be, during and after. */
export async function playStory(world: World, random: SeededRandom): Promise<void> {
  const runner = new Runner(world, random.chance(0.6));
  const wrong: string[] = [];
  const stopLooking = world.servers.map((server) => server.onCall(() => wrong.push(...world.wrongNow())));
  try {
    await world.setUp(async (words, kind) => {
      expectDone(await runner.runInside({ ...plain(words), ...(kind === undefined ? {} : { kind }) }));
    });
    for (const server of world.servers) server.latencyMs = random.whole(0, 15);
    const begun = Date.now();
    for (let rounds = random.whole(1, 2); rounds > 0; rounds--) await playRound(runner, random);
    for (const server of world.servers) server.latencyMs = 0;
    const touches = world.touches().filter(({ at }) => at >= begun);
    wrong.push(...wrongMeanwhile(runner, touches));
    wrong.push(...wrongEndings(runner.records));
    await calm(runner);
    wrong.push(...wrongTargets(world), ...world.wrongNow(), ...(await world.wrongAfter()));
    wrong.push(...world.repeated().map((what) => `made twice: ${what}`));
    wrong.push(...world.servers.flatMap(({ failures }) => failures));
  } catch (error) {
    throw new Error(`${String(error)}\n${timeline(world, runner.records)}`, { cause: error });
  } finally {
    for (const stop of stopLooking) stop();
  }
  if (wrong.length > 0) throw new Error(`${[...new Set(wrong)].join('\n')}\n\n${timeline(world, runner.records)}`);
}

/** Runs may leave out what others were working on; a command about one service may be refused or find it leased. */
export function wrongEndings(records: readonly CommandRecord[]): string[] {
  return records.flatMap(({ command, exitCode, output }) => {
    if (exitCode === null || [0, 1, 2, 3, 5].includes(exitCode)) return [];
    return [`${command.words.join(' ')} ended with ${exitCode}: ${output}`];
  });
}

/** Brings every fact to a certain value, then lets one run do what is left to do. */
export async function calm(runner: Runner): Promise<void> {
  const { world } = runner;
  // A refused command leaves nothing uncertain, although it may have named a value that is possible since.
  const unclear = runner.records.filter((record) => toEnding(record) === 'unclear');
  for (const { command } of unclear) await makeCertain(runner, command);
  for (const panel of listPanels(world)) {
    if (world.book.value(panelSubject(panel), 'observing') === false) continue;
    expectDone(await runner.runInside(switchCommand(panel, false)));
  }
  await world.waitOut();
  for (const words of world.last) expectDone(await runner.runInside({ ...plain(words), kind: 'run' }));
}

/** Runs a command once more of which it is not certain what it has set; where it is refused, it has set nothing. */
async function makeCertain(runner: Runner, command: Command): Promise<void> {
  const { book } = runner.world;
  const open = command.writes.filter(({ subject, field }) => book.value(subject, field) === undefined);
  if (open.length === 0 || command.words[0] === 'observe' || command.words[0] === 'enforce') return;
  const again = await runner.runInside(command);
  if (again.exitCode === 0) return;
  if (again.exitCode === 2) book.exclude(open, Date.now());
  else if (command.back !== undefined) {
    expectDone(await runner.runInside(command.back));
  } else {
    expectDone(again);
  }
}

export function expectDone({ command, exitCode, output }: CommandRecord): void {
  if (exitCode !== 0) throw new Error(`${command.words.join(' ')} ended with ${String(exitCode)}: ${output}`);
}

export function plain(words: string[]): Command {
  return { words, kind: 'other', subjects: [], writes: [] };
}
