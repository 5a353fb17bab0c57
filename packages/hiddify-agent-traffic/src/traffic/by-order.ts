import type { CallOptions } from '../client/types.js';
import { AgentTrafficError } from '../errors.js';
import type { StepHooks } from '../steps/step.js';
import type { ManagerContext } from './context.js';
import { goneAstray, stepFor } from './plan-sweep.js';
import { isProblem, problemError } from './observe.js';
import type { DisabledUserRecord } from './records.js';
import { findAgent, rememberedState } from './remembered.js';
import { SweepExecutor } from './sweep-executor.js';
import { takeList, type TakenList } from './take-list.js';
import type { OrderResult, SweepStep } from './types.js';

const mostReads = 3;

/** Options of disabling or restoring users by command. */
export interface OrderOptions extends CallOptions {
  run?: string;
  dryRun?: boolean;
  hooks?: StepHooks;
}

/**
 * Disables every enabled user of an agent and its sub-agents, whatever its limit says, with the same record as the sweep. Only
 * `restoreUsers` gives them back.
 */
export async function disableAllUsers(
  context: ManagerContext,
  agentText: string,
  options: OrderOptions = {},
): Promise<OrderResult> {
  const { taken, agent } = await look(context, agentText, options);
  const records = new Map(taken.disabled.map((record) => [record.uuid, record]));
  const steps = taken.list.users
    .filter((user) => user.enabled && user.uuid !== null && chainOf(taken, user.owner).includes(agent))
    .map((user): SweepStep => {
      const record = records.get(user.uuid ?? '')?.id ?? null;
      return { step: stepFor('disable-user', user, agent, 'ordered'), record };
    });
  return perform(context, { agent, steps, left: [], reason: 'operator' }, options);
}

/**
 * Gives back the users below an agent that we disabled: those that are still disabled, still the same agent's, and that nobody
 * has touched since. Refused while a limit above them is still exceeded, unless `force` is given; the next sweep then disables
 * them again.
 *
 * @throws AgentTrafficError `agent_limit`
 */
export async function restoreUsers(
  context: ManagerContext,
  agentText: string,
  options: OrderOptions & { force?: boolean } = {},
): Promise<OrderResult> {
  const { taken, agent } = await look(context, agentText, options);
  const over = chainOf(taken, agent).find((uuid) => taken.recorded.judgements.get(uuid)?.force === 'over');
  if (over !== undefined && options.force !== true) {
    const name = taken.recorded.agents.get(over)?.name ?? '';
    throw new AgentTrafficError(
      'agent_limit',
      `Agent "${name}" is still over its limit, so its users stay disabled. Raise the limit, or give them back by force.`,
      { details: { binding: over } },
    );
  }
  const { steps, left } = stepsBack(taken, agent, options.force === true);
  const result = await perform(context, { agent, steps, left, reason: 'limit' }, options);
  if (options.dryRun !== true) await letGo(context, agent, taken);
  return result;
}

/**
 * Gives back everybody whom we disabled, whatever the limits say: for who stops using them. What was moved or touched stays as
 * it is.
 */
export async function restoreAllUsers(
  context: ManagerContext,
  options: OrderOptions = {},
): Promise<Omit<OrderResult, 'agent'>> {
  const taken = await takeNow(context, options);
  const { steps, left } = stepsBack(taken, null, true);
  const { agent: _nobody, ...result } = await perform(context, { agent: '', steps, left, reason: 'limit' }, options);
  if (options.dryRun !== true) await letGo(context, null, taken);
  return result;
}

/** Who is to be given back, and who stays disabled and why. `agent`: who is below it; null: everybody. */
function stepsBack(
  taken: TakenList,
  agent: string | null,
  force: boolean,
): { steps: SweepStep[]; left: OrderResult['left'] } {
  const users = new Map(taken.list.users.map((user) => [user.uuid, user]));
  const steps: SweepStep[] = [];
  const left: OrderResult['left'] = [];
  for (const record of taken.disabled) {
    const user = users.get(record.uuid);
    if (user === undefined) continue;
    const chain = chainOf(taken, user.owner);
    if (agent !== null && !chain.includes(agent) && record.agent !== agent) continue;
    const astray = user.enabled ? 'enabled-by-others' : goneAstray(user, record);
    // A sub-agent of its own may still be over.
    const held = chain.some((uuid) => taken.recorded.judgements.get(uuid)?.force === 'over');
    if (astray !== null) left.push({ record, outcome: astray });
    else if (held && !force) left.push({ record, outcome: 'still-over' });
    else steps.push({ step: stepFor('enable-user', user, record.agent, 'ordered'), record: record.id });
  }
  return { steps, left };
}

/** Agents at or below the restored one that hold nobody any more begin anew. */
async function letGo(context: ManagerContext, agent: string | null, taken: TakenList): Promise<void> {
  await context.store.write(async (tables) => {
    const holding = new Set((await tables.disabled.open()).map((record) => record.agent));
    const free = (await tables.agents.all()).filter(
      ({ uuid, heldSince }) =>
        heldSince !== null && !holding.has(uuid) && (agent === null || chainOf(taken, uuid).includes(agent)),
    );
    await tables.agents.put(free.map((record) => ({ ...record, heldSince: null })));
  });
}

async function look(
  context: ManagerContext,
  agentText: string,
  options: OrderOptions,
): Promise<{ taken: TakenList; agent: string }> {
  const taken = await takeNow(context, options);
  return { taken, agent: findAgent(agentText, taken.recorded.agents).uuid };
}

async function takeNow(
  context: ManagerContext,
  { run, dryRun = false, hooks: _hooks, ...call }: OrderOptions,
): Promise<TakenList> {
  for (let read = 1; ; read += 1) {
    const taken = await takeList(context, { run: run ?? null, dryRun, acceptHalved: false, announce: false, call });
    if (!isProblem(taken)) return taken;
    // Somebody else, e.g. a creation, has just read the panel: once more, then.
    if (taken.code !== 'list_superseded' || read === mostReads) throw problemError(taken);
  }
}

/** What an order comes to: who is switched, and who is left as it is. */
interface PlannedOrder {
  /** Empty where the order is for everybody. */
  agent: string;
  steps: SweepStep[];
  left: OrderResult['left'];
  reason: DisabledUserRecord['reason'];
}

async function perform(
  context: ManagerContext,
  { agent, steps, left, reason }: PlannedOrder,
  { run, dryRun = false, hooks = {}, ...call }: OrderOptions,
): Promise<OrderResult> {
  if (dryRun) return { agent, planned: steps, steps: [], left };
  const state = await rememberedState(context);
  const record = state.agents.get(agent);
  const results = await new SweepExecutor(context, {
    steps,
    run: run ?? null,
    reason,
    figuresOf: () => ({ usedBytes: record?.verdict?.usedBytes ?? null, limitBytes: record?.limitBytes ?? null }),
    hooks,
    call,
  }).run();
  return { agent, planned: steps, steps: results, left };
}

function chainOf(taken: TakenList, owner: string | null): readonly string[] {
  return taken.recorded.hierarchy.chainOf(owner);
}
