import { type Bench, differences, IMPATIENT, MINUTE, onBench, type PanelKindSuite } from './bench.js';
import type { SuiteSluice } from './engine.js';
import type { Operation } from './operations.js';
import { type Life, kill, newLife } from './process.js';
import type { FailingWay, SuiteService } from './world.js';

/** How an operation goes when nothing disturbs it. */
export interface Undisturbed {
  calls: number;
  writes: number;
  /** Changes that took effect. */
  effects: number;
  /** What the panel and the store have before it and after it. */
  before: EndState;
  after: EndState;
}

interface EndState {
  panel: unknown;
  open: unknown;
}

/** What follows a kill: the operation again, a reconcile and then the operation, or what reverses it. */
export type Next = 'repeat' | 'reconcile' | 'reverse';

/** What disturbs an operation: a call that fails, or the death of its process at a call or before a write. */
export type Disturbance =
  | { kind: 'call'; call: number; way: FailingWay }
  | { kind: 'killed at a call'; call: number; when: 'before' | 'after'; next: Next }
  | { kind: 'killed at a write'; write: number; next: Next };

const MOST_REPEATS = 6;

async function prepare<Sluice extends SuiteSluice>(
  bench: Bench<Sluice>,
  operation: Operation<Sluice>,
): Promise<SuiteService> {
  const { product, withoutAccount } = operation;
  const service = await bench.addService(1, {
    ...(product === undefined ? {} : { product }),
    withAccount: !withoutAccount,
  });
  await bench.addService(2);
  await bench.sluice.poll();
  await operation.setUp(bench, service);
  return service;
}

async function readState<Sluice extends SuiteSluice>(bench: Bench<Sluice>): Promise<EndState> {
  return { panel: structuredClone(bench.world.state()), open: await bench.open() };
}

/** Performs an operation without a failure. */
export function undisturbed<Sluice extends SuiteSluice>(
  suite: PanelKindSuite<Sluice>,
  operation: Operation<Sluice>,
): Promise<Undisturbed> {
  return onBench(suite, async (bench) => {
    const service = await prepare(bench, operation);
    const life = newLife();
    const sluice = await bench.startProcess({ life });
    const before = await readState(bench);
    const calls = bench.world.port.calls();
    const effects = countEffects(bench);
    const { run } = await operation.run(sluice, service);
    if (run.outcome !== 'done') throw new Error(`${operation.name}: ${run.outcome} without a failure`);
    const after = await readState(bench);
    const counted = { calls: bench.world.port.calls() - calls, effects: countEffects(bench) - effects };
    return { ...counted, writes: life.writes, before, after };
  });
}

/** Performs an operation that is disturbed once, then repeats it until it is done. Returns what is wrong in the end. */
export async function disturbed<Sluice extends SuiteSluice>(
  suite: PanelKindSuite<Sluice>,
  operation: Operation<Sluice>,
  disturbance: Disturbance,
  expected: Undisturbed,
): Promise<string[]> {
  const wrong = await onBench(suite, (bench) => disturb(bench, operation, disturbance, expected));
  return wrong.map((line) => `${operation.name}, ${describe(disturbance)}: ${line}`);
}

async function disturb<Sluice extends SuiteSluice>(
  bench: Bench<Sluice>,
  operation: Operation<Sluice>,
  disturbance: Disturbance,
  expected: Undisturbed,
): Promise<string[]> {
  const service = await prepare(bench, operation);
  const effects = countEffects(bench);
  const life = newLife(disturbance.kind === 'killed at a write' ? disturbance.write : null);
  const hangs = disturbance.kind === 'call' && disturbance.way.hangs === true;
  const sluice = await bench.startProcess({ life, ...(hangs ? { patience: IMPATIENT } : {}) });
  const disarm = arm(bench, disturbance, life);
  const first = await readOutcome(operation.run(sluice, service));
  disarm();
  const { reverse } = operation;
  const isReversed = disturbance.kind !== 'call' && disturbance.next === 'reverse' && reverse !== undefined;
  const next = isReversed ? reverse : operation.run;
  const outcomes = [first];
  // No process starts in the instant in which another died.
  if (disturbance.kind !== 'call') bench.clock.advance(1000);
  const last = await bench.startProcess();
  if (disturbance.kind !== 'call' && disturbance.next === 'reconcile') await last.reconcile();
  do {
    bench.clock.advance(5 * MINUTE);
    outcomes.push(await readOutcome(next(last, service)));
  } while (outcomes.at(-1) !== 'done' && outcomes.length <= MOST_REPEATS);
  if (bench.worlds.leavesToReconcile === true) await last.reconcile();
  const wrong = outcomes.at(-1) === 'done' ? [] : [`not done: ${outcomes.join(', ')}`];
  if (disturbance.kind === 'call' && first.startsWith('internal')) wrong.push(first);
  wrong.push(...differences(isReversed ? expected.before : expected.after, await readState(bench)));
  const taken = countEffects(bench) - effects;
  if (!isReversed && taken !== expected.effects) wrong.push(`${taken} changes took effect, not ${expected.effects}`);
  return wrong.concat(await bench.findUnfinished());
}

function countEffects<Sluice extends SuiteSluice>({ world }: Bench<Sluice>): number {
  return world.effects?.() ?? 0;
}

/** Prepares the disturbance; returns a function that ends it. */
function arm<Sluice extends SuiteSluice>(bench: Bench<Sluice>, disturbance: Disturbance, life: Life): () => void {
  const { port } = bench.world;
  life.onDeath = () => {
    port.cut(0, 'before');
  };
  if (disturbance.kind === 'call') port.fail(disturbance.way.name, disturbance.call);
  if (disturbance.kind !== 'killed at a call') return port.heal;
  port.cut(disturbance.call, disturbance.when);
  let calls = 0;
  const forget = port.onCall(() => {
    if (calls++ !== disturbance.call) return;
    delete life.onDeath;
    kill(life);
  });
  return () => {
    forget();
    port.heal();
  };
}

async function readOutcome(running: Promise<{ run: { outcome: string } }>): Promise<string> {
  try {
    return (await running).run.outcome;
  } catch (error) {
    const { kind, code, message } = error as { kind?: string; code?: string; message: string };
    return `${kind ?? 'internal'} (${code ?? 'error'}: ${message})`;
  }
}

function describe(disturbance: Disturbance): string {
  if (disturbance.kind === 'call') return `call ${disturbance.call}, ${disturbance.way.name}`;
  const { kind, next } = disturbance;
  const point =
    kind === 'killed at a call' ? `${disturbance.when} call ${disturbance.call}` : `write ${disturbance.write}`;
  return `killed at ${point}, then ${next}`;
}
