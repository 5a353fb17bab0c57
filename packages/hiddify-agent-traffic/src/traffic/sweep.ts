import { StepsStopped, type StepHooks } from '../steps/step.js';
import { nowOf, type ManagerContext } from './context.js';
import { describeAgent, isShown } from './describe.js';
import { isProblem, type ListProblem } from './observe.js';
import { planSweep } from './plan-sweep.js';
import type { DisabledUserRecord } from './records.js';
import { rememberedState } from './remembered.js';
import { stopped, SweepExecutor } from './sweep-executor.js';
import { takeList } from './take-list.js';
import type { PrepareSweepOptions, SweepPlan, SweepResult } from './types.js';
import type { CallOptions } from '../client/types.js';

/** Reads, remembers and plans; changes nothing on the panel. With a problem the plan has no steps and tells why. */
export async function prepareSweep(context: ManagerContext, options: PrepareSweepOptions): Promise<SweepPlan> {
  const {
    run = null,
    dryRun = false,
    acceptHalved = false,
    agent = null,
    keptElsewhere = new Set(),
    ...call
  } = options;
  const taken = await takeList(context, { run, dryRun, acceptHalved, announce: !dryRun, call });
  const { accounting } = context.settings;
  if (isProblem(taken)) return withoutList(context, taken, { run, dryRun });
  const { list, recorded, disabled, reservations, now } = taken;
  const plan = planSweep({
    settings: context.settings,
    list,
    recorded,
    disabled,
    reservations,
    now,
    run,
    dryRun,
    agent,
    keptElsewhere,
    maxSteps: context.maxWritesPerSweep,
  });
  return { at: now, run, accounting, dryRun, problem: null, ...plan, crossed: recorded.crossed, unreadableRows: [] };
}

/** What is known without a list: nobody changes, and the agents are shown as they were last seen. */
async function withoutList(
  context: ManagerContext,
  { unreadableRows = [], ...problem }: ListProblem,
  { run, dryRun }: { run: string | null; dryRun: boolean },
): Promise<SweepPlan> {
  const state = await rememberedState(context);
  const agents = [...state.agents.values()].filter(isShown).map((agent) => ({
    ...describeAgent(agent, state),
    rule: agent.limitBytes === null ? ('no-limit' as const) : ('unknown' as const),
    change: 'none' as const,
  }));
  const { limited } = state;
  return {
    at: nowOf(context),
    run,
    accounting: context.settings.accounting,
    dryRun,
    problem,
    agents,
    steps: [],
    left: 0,
    elsewhere: [],
    dropped: [],
    settled: [],
    brake: { goingOver: [], comingBack: [], changing: 0, active: limited },
    crossed: [],
    notices: [
      {
        key: `agent-list:${problem.code}:${nowOf(context)}`,
        code: `agent_${problem.code.toLowerCase()}`,
        agent: null,
        message: problem.message,
      },
    ],
    unreadableRows,
  };
}

/** Does what a plan says, step by step, and keeps the record of it. A plan with a problem does nothing. */
export async function executeSweep(
  context: ManagerContext,
  plan: SweepPlan,
  { hooks = {}, ...call }: { hooks?: StepHooks } & CallOptions,
): Promise<SweepResult> {
  if (plan.dryRun || plan.problem !== null) return resultOf(plan, []);
  try {
    await begin(context, plan);
  } catch (error) {
    if (!(error instanceof StepsStopped)) throw error;
    return resultOf(
      plan,
      plan.steps.map(({ step }) => stopped(step)),
    );
  }
  const figures = new Map(plan.agents.map((agent) => [agent.uuid, agent]));
  const steps = await new SweepExecutor(context, {
    steps: plan.steps,
    run: plan.run,
    reason: 'limit',
    figuresOf: (agent) => {
      const { usedBytes = null, limitBytes = null } = figures.get(agent) ?? {};
      return { usedBytes, limitBytes };
    },
    hooks,
    call,
  }).run();
  await release(context, plan.brake.comingBack);
  return resultOf(plan, steps);
}

/** Before the first call: who is held from now on, and the records that end without one. */
async function begin(context: ManagerContext, plan: SweepPlan): Promise<void> {
  const at = nowOf(context);
  const over = new Set(plan.brake.goingOver);
  const ended: DisabledUserRecord[] = [
    ...plan.dropped.map(({ record, outcome }) => ({ ...record, settledAt: at, outcome })),
    ...plan.settled,
  ];
  if (over.size === 0 && ended.length === 0) return;
  await context.store.write(async (tables) => {
    const agents = (await tables.agents.all()).filter(({ uuid, heldSince }) => over.has(uuid) && heldSince === null);
    await tables.agents.put(agents.map((agent) => ({ ...agent, heldSince: at })));
    await tables.disabled.put(ended);
  }, 'begin');
}

/** An agent is let go when nothing that was done for it is left to undo. */
async function release(context: ManagerContext, comingBack: readonly string[]): Promise<void> {
  if (comingBack.length === 0) return;
  await context.store.write(async (tables) => {
    const held = new Set(
      (await tables.disabled.open()).filter(({ reason }) => reason === 'limit').map(({ agent }) => agent),
    );
    const free = (await tables.agents.all()).filter(({ uuid }) => comingBack.includes(uuid) && !held.has(uuid));
    await tables.agents.put(free.map((agent) => ({ ...agent, heldSince: null })));
  });
}

export function resultOf(plan: SweepPlan, steps: SweepResult['steps']): SweepResult {
  const count = (type: string, state: string): number =>
    steps.filter((result) => result.step.type === type && result.state === state).length;
  return {
    plan,
    steps,
    totals: {
      agents: plan.agents.length,
      exceeded: plan.agents.filter(({ exceeded }) => exceeded).length,
      disabled: count('disable-user', 'applied'),
      restored: count('enable-user', 'applied'),
      failed: steps.filter(({ state }) => state === 'failed' || state === 'in-doubt').length,
      skipped: steps.filter(({ state }) => state === 'skipped').length,
    },
  };
}
