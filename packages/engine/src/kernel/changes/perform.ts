import type { Enforcement } from '@sluice/contract/documents';
import {
  type ApplyContext,
  failedStep,
  IN_PROGRESS_MS,
  inDoubt,
  type ItemError,
  type Plan,
  type Step,
  type StepOutcome,
  toOutcome,
} from '@sluice/panel-kind';
import { type ActionRecord, mergeService, type StoreTables } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { INTERRUPTED } from '../../base/interruption.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';
import { leaveOut, saveResources } from '../subject/facts.js';
import { toListKnown } from '../subject/pages.js';
import {
  actionRow,
  type Changed,
  type CommandPassword,
  refsChange,
  endAction,
  withBegins,
  without,
} from './journal.js';
import { mayChange } from './store-copy.js';
import type { Applied, FencedRun } from '../subject/stages.js';
import { findTaken } from './taken-refs.js';

/** Why a run stops changing a subject: its panel is under `observe`, a command changed its facts, or who asked for it may not any more. */
export type Stop = { by: 'observe'; enforcement: Enforcement } | { by: 'facts' } | { by: 'asker' };

/** Reads in a transaction why a run must stop changing a subject; null while it may continue. */
export type ReadStop<W = Applied> = (tables: StoreTables, work: W) => Promise<Stop | null>;

/** Reads whether a panel, or a product of it, is under `observe` now. */
export async function readSwitch(
  config: Config,
  tables: Pick<StoreTables, 'switches'>,
  { panel, product }: { panel: string; product: string | null },
): Promise<Stop | null> {
  const enforcement = (await readEnforcements(config, tables)).of(panel, product);
  return enforcement.value === 'observe' ? { by: 'observe', enforcement } : null;
}

/** How the steps of a plan are performed. */
export interface PerformOptions<W extends Changed = Applied> {
  password: CommandPassword | null;
  readStop: ReadStop<W>;
  /** Asked before the first call of all: what has begun is finished. */
  refuse?: (() => Promise<Stop | null>) | undefined;
  /** Returns the subject after a stop. */
  stopped: (work: W, stop: Stop) => W;
  apply: (step: Step, how: ApplyContext, work: W) => Promise<StepOutcome>;
  /** Returns whether the panel no longer answers at all, so that the remaining steps are not started. */
  isHopeless?: (outcome: StepOutcome) => boolean;
}

type Performable = Pick<Plan, 'steps' | 'moves' | 'refs' | 'hasReference'> & {
  endedEvidence: { evidence: string; outcome: string }[];
};

/** Returns the service after a stop. */
export function stoppedBy(work: Applied, stop: Stop): Applied {
  if (stop.by === 'asker') return work;
  return stop.by === 'observe' ? { ...work, enforcement: stop.enforcement } : leaveOut(work);
}

/** Thrown to end a step directly before a call. */
class ChangeStopped extends Error {
  constructor(readonly stop: Stop) {
    super();
  }
}

/**
 * Performs the steps of a plan one after the other; a failed step stops only those that need it. `readStop` is called in the
 * transaction that journals each call; after a stop no further step starts. With a `problem` nothing was stored or begun; with `again`
 * evidence has moved or facts have changed meanwhile, so that what is left is planned again.
 */
export async function applyPlan<W extends Changed>(
  on: FencedRun,
  before: W,
  plan: Performable,
  options: PerformOptions<W>,
): Promise<{ work: W; again: boolean; problem: ItemError | null }> {
  const { context, run } = on;
  const steps = plan.steps.filter((step) => step.later !== true);
  const rows = steps.map((step) => actionRow(context, run, { ...before, password: options.password }, step));
  const { started, moved, problem } = await beginPlan(on, before, plan, rows);
  if (problem !== null) return { work: before, again: false, problem };
  let work = started;
  const actions: ActionRecord[] = [];
  const undone = new Set<string>();
  const leftOut = new Set<string>();
  const refusal = steps.length === 0 ? null : await mayChange(context, on.panel, { dryRun: false });
  let rest: StepOutcome | null = refusal === null ? null : failedStep(refusal.code, refusal.message);
  for (const [index, step] of steps.entries()) {
    const row = rows[index];
    if (!row) continue;
    const missing = step.needs?.find((id) => undone.has(id));
    let done: StepDone = { outcome: rest ?? notWanted, row, stop: null };
    if (context.deps.signal.aborted) done = { ...done, outcome: notCalled };
    else if (step.needs?.some((id) => leftOut.has(id)) === true) done = { ...done, outcome: leftToNextPlan };
    else if (missing !== undefined) done = { ...done, outcome: waitsFor(missing) };
    else if (rest === null) {
      done = await performStep(on, work, { step, row }, options);
    }
    const { outcome, stop } = done;
    if (stop !== null) rest = notWanted;
    else if (rest === null && options.isHopeless?.(outcome) === true) rest = notReached;
    if (stop) work = options.stopped(work, stop);
    const mayBeDone = outcome.state === 'applied' || outcome.state === 'in-doubt';
    if (step.needsPassword === true && mayBeDone) work = { ...work, passwordSet: true };
    const ended = await endAction(on, work, done.row, outcome);
    work = ended.work;
    actions.push(ended.row);
    if (step.id !== undefined && outcome.again === true) leftOut.add(step.id);
    if (step.id !== undefined && outcome.state !== 'applied' && outcome.state !== 'unneeded') undone.add(step.id);
  }
  return {
    work: { ...work, actions: [...before.actions, ...actions] },
    again: moved < plan.moves.length || leftOut.size > 0,
    problem: null,
  };
}

/** Stores the plan: what needs no call, and the planned steps. */
async function beginPlan<W extends Changed>(
  on: FencedRun,
  work: W,
  plan: Performable,
  rows: ActionRecord[],
): Promise<{ started: W; moved: number; problem: ItemError | null }> {
  const { context, fences } = on;
  const { service } = work;
  const refs = plan.refs && service.id !== null ? refsChange(service, plan.refs, context.now()) : undefined;
  const begun = await context.write(fences, async (tables) => {
    if (refs && service.id !== null) {
      const kind = context.findKind(service.panel);
      const problem = kind === undefined ? null : await findTaken(tables, kind, service, plan);
      if (problem !== null) return { problem, moves: [], stored: () => undefined };
    }
    const stored = await saveResources(on, tables);
    const made: Plan['moves'] = [];
    // Evidence that can't move to a hold that ended meanwhile is planned again.
    for (const move of plan.moves) if (await tables.evidence.move(move.evidence, move.hold)) made.push(move);
    for (const { evidence, outcome } of plan.endedEvidence) await tables.evidence.end(evidence, context.now(), outcome);
    if (refs) await tables.services.update([refs]);
    await tables.actions.plan(rows);
    return { problem: null, moves: made, stored };
  });
  const { moves, problem } = begun;
  begun.stored();
  const ended = plan.endedEvidence.map((item) => item.evidence);
  const started = {
    ...work,
    service: refs && service.id !== null ? mergeService(service, refs) : service,
    evidence: withMoves({ ...work, evidence: without(work.evidence, ended) }, moves),
  };
  return { started, moved: moves.length, problem };
}

/** How a step ended, and its row as it was when the panel was called. */
interface StepDone {
  outcome: StepOutcome;
  row: ActionRecord;
  /** Why it did not start, or was not continued. */
  stop: Stop | null;
}

async function performStep<W extends Changed>(
  { context, panel, fences }: FencedRun,
  work: W,
  { step, row: planned }: { step: Step; row: ActionRecord },
  { password, readStop, refuse, apply }: PerformOptions<W>,
): Promise<StepDone> {
  let row = planned;
  const how: ApplyContext = {
    signal: context.deps.signal,
    password: password?.text ?? null,
    ...(panel.agents === undefined
      ? {}
      : { budget: context.ports.agentBudget(context, { name: panel.name, agents: panel.agents }) }),
    // In one transaction, so that a caller that stops the run later finds the call in the journal and can wait for its end.
    calling: async (begins) => {
      const read = begins === undefined ? undefined : withBegins(row, begins);
      const isFirst = [row, ...work.actions].every(({ calledAt }) => calledAt === null);
      const refused = isFirst ? await refuse?.() : null;
      if (refused != null) throw new ChangeStopped(refused);
      let at: string;
      do {
        at = context.now();
        const journaled = at;
        await context.write(fences, async (tables) => {
          const stop = await readStop(tables, work);
          if (stop !== null) throw new ChangeStopped(stop);
          await tables.actions.called(row.id, journaled, read?.payload);
        });
      } while (isLate(context, at));
      row = { ...(read ?? row), calledAt: at };
    },
    accepted: (observed) =>
      context.write(fences, (tables) => tables.actions.end(row.id, { state: 'planned', endedAt: null, observed })),
    earlier: () => earlierActions(context.store, row),
    known: toListKnown(context.store, panel.name),
  };
  try {
    const outcome = await apply(step, how, work);
    return { outcome, row, stop: null };
  } catch (error) {
    if (!(error instanceof ChangeStopped)) throw error;
    // Stopped before a further call of the step: an earlier one may have changed the panel.
    const outcome = row.calledAt === null ? notWanted : stoppedMidway(row);
    return { outcome, row, stop: error.stop };
  }
}

/** Others count a call from its entry in the journal: it has to reach the panel while they wait for it. */
const LATE_MS = IN_PROGRESS_MS / 3;

/**
 * Returns whether a process stood still, or its store did, between the entry of a call in the journal and the call: its lease may be
 * another run's by now, which has judged the call as not made.
 */
const isLate = ({ deps }: Context, journaledAt: string): boolean =>
  deps.clock.now() - Date.parse(journaledAt) > LATE_MS;

async function earlierActions(
  { actions }: Pick<StoreTables, 'actions'>,
  { id, service, panel, target }: ActionRecord,
): Promise<ActionRecord[]> {
  if (service === null) return [];
  const rows = await actions.list({ service });
  return rows.filter((row) => row.panel === panel && row.target === target && row.id !== id);
}

/** Returns the evidence after the moves, without what moved to another service. */
function withMoves({ holds, evidence }: Changed, moves: Plan['moves']): Applied['evidence'] {
  if (moves.length === 0) return evidence;
  const own = new Set(holds.map((hold) => hold.id));
  const moved = new Map(moves.map((move) => [move.evidence, move.hold]));
  return evidence.flatMap((item) => {
    const hold = moved.get(item.id);
    if (hold === undefined) return [item];
    return own.has(hold) ? [{ ...item, hold }] : [];
  });
}

function waitsFor(step: string): StepOutcome {
  return failedStep('not_reached', `it requires ${step}, which was not done; the next run continues from that step`);
}

function stoppedMidway({ type, target }: ActionRecord): StepOutcome {
  return inDoubt(`${type} ${target}: the run was stopped before the outcome of its call was known`);
}

const notCalled = failedStep(INTERRUPTED, 'the run was interrupted before the panel was called');

const notReached = failedStep(
  'not_reached',
  'the panel no longer responds; the next run, or repeating the command, continues',
);

/** A step before it was left out. */
const leftToNextPlan = toOutcome('unneeded', { again: true });

/** The run was stopped: nothing failed. */
const notWanted = toOutcome('unneeded');
