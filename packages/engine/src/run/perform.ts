import type { AgentPlan, ApplyContext, Plan, Step, StepOutcome } from '@sluice/panel-kind';
import type { ActionRecord, StoreTables } from '@sluice/state-store';
import { agentBudget } from '../agents/budget.js';
import { actionRow, type Changed, forget, settleRow, takeRefs } from './journal.js';
import { saveResources } from './sharing.js';
import type { FencedRun } from './work.js';

/** Whether a run may change the service no more, by what the store says in a transaction. */
export type IsStopped = (tables: StoreTables) => Promise<boolean>;

/** What the calls of a plan's steps need besides the steps. */
export interface CallOptions {
  password: string | null;
  isStopped: IsStopped;
  apply: (step: Step, context: ApplyContext) => Promise<StepOutcome>;
  /** Whether the panel as a whole has stopped to answer: then the steps that are left are not begun. */
  isHopeless?: (outcome: StepOutcome) => boolean;
}

/** The part of a plan that is carried out. */
type Performable = Pick<Plan, 'steps' | 'moves' | 'refs'> & Pick<AgentPlan, 'settle'>;

/** Ends a step right before its call: the panel was put under `observe`, or the facts have changed. */
class ChangeStopped extends Error {}

/**
 * Does the steps of a plan one after the other; a step that fails stops only those that need it, and hides none. Steps
 * for later rounds are left to these. Whether it is stopped is looked at in the transaction that writes down each call; then nothing more is begun.
 */
export async function applyPlan(
  on: FencedRun,
  work: Changed,
  plan: Performable,
  options: CallOptions,
): Promise<{ movesLost: boolean }> {
  const { session, run, fences } = on;
  const steps = plan.steps.filter((step) => step.later !== true);
  const rows = steps.map((step) => actionRow(session, run, work, step));
  const { service } = work;
  const found = plan.refs && service.id !== null ? takeRefs(service, plan.refs, session.now()) : undefined;
  const moved: string[] = [];
  await session.write(fences, async (tables) => {
    await saveResources(session, tables);
    // A hold that has ended meanwhile takes nothing over: what it would have taken is planned again.
    for (const move of plan.moves) if (await tables.evidence.move(move.evidence, move.hold)) moved.push(move.evidence);
    for (const { evidence, outcome } of plan.settle) await tables.evidence.end(evidence, session.now(), outcome);
    if (found) await tables.services.update([found]);
    await tables.actions.plan(rows);
  });
  forget(
    work,
    plan.settle.map((item) => item.evidence),
  );
  takeMoves(work, plan, moved);
  work.actions.push(...rows);
  const undone = new Set<string>();
  let rest: StepOutcome | null = null;
  for (const [index, step] of steps.entries()) {
    const row = rows[index];
    if (!row) continue;
    const missing = step.needs?.find((id) => undone.has(id));
    if (session.deps.signal.aborted || missing !== undefined) {
      await settleRow(on, work, row, missing === undefined ? notCalled : waitsFor(missing));
    } else if (rest !== null) {
      await settleRow(on, work, row, rest);
    } else {
      const outcome = await options.apply(step, contextOf(on, row, options)).catch((error: unknown) => {
        if (error instanceof ChangeStopped) return notWanted;
        throw error;
      });
      if (outcome === notWanted) rest = notWanted;
      else if (options.isHopeless?.(outcome) === true) rest = notReached;
      const mayBeDone = outcome.state === 'applied' || outcome.state === 'in-doubt';
      if (step.needsPassword === true && mayBeDone) work.passwordSet = true;
      await settleRow(on, work, row, outcome);
    }
    if (step.id !== undefined && row.state !== 'applied' && row.state !== 'unneeded') undone.add(step.id);
  }
  return { movesLost: moved.length < plan.moves.length };
}

function contextOf(
  { session, panel, fences }: FencedRun,
  row: ActionRecord,
  { password, isStopped }: CallOptions,
): ApplyContext {
  return {
    signal: session.deps.signal,
    password,
    ...(panel.agents === undefined ? {} : { budget: agentBudget(session, panel.name, panel.agents) }),
    // One transaction: whoever stops the run afterwards finds the call in the journal and can wait for its end.
    calling: async () => {
      const calledAt = session.now();
      await session.write(fences, async (tables) => {
        if (await isStopped(tables)) throw new ChangeStopped();
        await tables.actions.called(row.id, calledAt);
      });
      row.calledAt = calledAt;
    },
    accepted: (observed) =>
      session.write(fences, (tables) => tables.actions.settle(row.id, { state: 'planned', settledAt: null, observed })),
  };
}

/** Evidence that passed to a hold of another service is no longer this one's. */
function takeMoves(work: Changed, { moves }: Performable, moved: readonly string[]): void {
  const own = new Set(work.holds.map((hold) => hold.id));
  for (const { evidence, hold } of moves) {
    if (!moved.includes(evidence)) continue;
    if (!own.has(hold)) forget(work, [evidence]);
    else for (const item of work.evidence) if (item.id === evidence) item.hold = hold;
  }
}

function waitsFor(step: string): StepOutcome {
  return {
    state: 'failed',
    observed: null,
    error: { code: 'not_reached', message: `it needs ${step}, which was not done; the next run goes on from there` },
  };
}

const notCalled: StepOutcome = {
  state: 'failed',
  observed: null,
  error: { code: 'interrupted', message: 'the run was interrupted before the panel was called' },
};

const notReached: StepOutcome = {
  state: 'failed',
  observed: null,
  error: {
    code: 'not_reached',
    message: 'The panel did not answer any more; the next run, or the same command again, goes on.',
  },
};

/** The panel was put under `observe` meanwhile: nothing failed, and nothing more is done. */
const notWanted: StepOutcome = { state: 'unneeded', observed: null, error: null };
