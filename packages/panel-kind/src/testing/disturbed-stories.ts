import { type Bench, differences, HOUR, onBench, type PanelKindSuite } from './bench.js';
import { type Disturbance, disturbed, type Next, type Undisturbed, undisturbed } from './disturbed.js';
import type { SuiteSluice } from './engine.js';
import { listOperations, type Operation } from './operations.js';
import type { FailingWay } from './world.js';

const LONG_MS = 1_800_000;

/** Cases of each story that are tried by default. */
const SAMPLE = 2;

/** Returns so many of the cases, spread so that all operations together see early, middle and late ones and each way. */
function sample<Case>(cases: readonly Case[], index: number, count: number): Case[] {
  const step = Math.max(1, Math.ceil(cases.length / count));
  const first = (index * 7) % step;
  return cases.filter((_, at) => at % step === first);
}

function lostAnswers({ calls }: Undisturbed, ways: readonly FailingWay[]): Disturbance[] {
  const numbers = Array.from({ length: calls }, (_, call) => call);
  return ways.flatMap((way) => numbers.map((call) => ({ kind: 'call' as const, call, way })));
}

function kills({ calls, writes }: Undisturbed, canReverse: boolean): Disturbance[] {
  const next: Next[] = canReverse ? ['repeat', 'reconcile', 'reverse'] : ['repeat', 'reconcile'];
  return next.flatMap((then) => [
    ...Array.from({ length: writes }, (_, write) => ({ kind: 'killed at a write' as const, write, next: then })),
    ...(['after', 'before'] as const).flatMap((when) =>
      Array.from({ length: calls }, (_, call) => ({ kind: 'killed at a call' as const, call, when, next: then })),
    ),
  ]);
}

/** An operation that is disturbed, and how it goes undisturbed. */
interface Story<Sluice extends SuiteSluice> {
  operation: Operation<Sluice>;
  index: number;
  readExpected: () => Promise<Undisturbed>;
}

async function tryCases<Sluice extends SuiteSluice>(
  suite: PanelKindSuite<Sluice>,
  { operation, index, readExpected }: Story<Sluice>,
  list: (expected: Undisturbed) => Disturbance[],
): Promise<string[]> {
  const expected = await readExpected();
  const all = list(expected);
  if (expected.calls === 0) return ['it makes no call'];
  for (const one of sample(all, index, suite.cases ?? SAMPLE)) {
    const wrong = await disturbed(suite, operation, one, expected);
    // What is wrong with one case is enough to find out why.
    if (wrong.length > 0) return wrong;
  }
  return [];
}

/** Stories about calls that fail and processes that are killed. */
export function describeDisturbed<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  for (const [index, operation] of listOperations(suite).entries()) {
    let expected: Promise<Undisturbed> | undefined;
    const readExpected = (): Promise<Undisturbed> => (expected ??= undisturbed(suite, operation));
    const story = { operation, index, readExpected };
    if (suite.byTurns !== true || index % 4 === 0) describeFailures(suite, story);
    if (suite.byTurns !== true || index % 4 === 2) describeKills(suite, story);
  }
}

function describeFailures<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>, story: Story<Sluice>): void {
  const { it, expect } = suite.test;
  it(
    `ends the same whichever call fails: ${story.operation.name}`,
    async () => {
      const list = (expected: Undisturbed): Disturbance[] => lostAnswers(expected, suite.worlds.ways);
      expect(await tryCases(suite, story, list)).toEqual([]);
    },
    LONG_MS,
  );
}

function describeKills<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>, story: Story<Sluice>): void {
  const { it, expect } = suite.test;
  it(
    `ends the same wherever its process is killed: ${story.operation.name}`,
    async () => {
      const list = (expected: Undisturbed): Disturbance[] => kills(expected, story.operation.reverse !== undefined);
      expect(await tryCases(suite, story, list)).toEqual([]);
    },
    LONG_MS,
  );
}

/** Two processes that run at the same time do what one does. */
async function twoRuns<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<string[]> {
  const { world, clock } = bench;
  const service = await bench.addService(1);
  await bench.poll();
  world.exceed(service);
  clock.advance(HOUR);
  const processes = [await bench.startProcess({ alone: false }), await bench.startProcess({ alone: false })];
  const ends = await Promise.allSettled(processes.map((sluice) => sluice.poll()));
  const outcomes = ends.map((end) =>
    end.status === 'fulfilled' ? end.value.run.outcome : String((end.reason as { kind?: string }).kind),
  );
  const wrong = outcomes.includes('done') ? [] : [`neither is done: ${outcomes.join(', ')}`];
  wrong.push(...outcomes.filter((outcome) => outcome !== 'done' && outcome !== 'busy'));
  if (!world.isRestricted(service)) wrong.push('is not held');
  const { holds } = await bench.open();
  return wrong.concat(differences(1, holds.length), await bench.findUnfinished());
}

/** The story of two runs at once. */
export function describeTwoRuns<Sluice extends SuiteSluice>(suite: PanelKindSuite<Sluice>): void {
  const { it, expect } = suite.test;
  it('is held once by two runs at once', async () => {
    expect(await onBench(suite, twoRuns)).toEqual([]);
  });
}
