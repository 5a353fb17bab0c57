import type { ChangedAgent, RestoreReport } from '@sluice/contract/documents';
import { isPanelError } from '@sluice/panel-http';
import { type ItemError, toItemError, SluiceError } from '@sluice/panel-kind';
import { findSubjectAgent, toAgentSubject } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { endHolds } from '../../context/change-holds.js';
import { type Leases, panelLease } from '../../context/leases.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Context } from '../../context/context.js';
import {
  type AgentCommand,
  type AgentRequest,
  type Done,
  findSuspension,
  performPlan,
  planInput,
  runForAgent,
  suspendedError,
} from './agent-command.js';
import { agentDetails, changedAgent, findError, toActions } from './agent-views.js';
import { foreseeUsers, type ListedAction, resolveUsers, type UserChanges } from './change-users.js';
import { type AgentsOnPanel, openAgents } from './open-agents.js';
import { describeStored, isProblem, loadStoredAgents, problemError, readAgents } from './read-agents.js';
import { holdServices, listServiceUsers, loadServiceUsers, type ServiceUsers } from './service-users.js';
import { releaseSuspended, toHow } from './suspend-agent.js';
import { RESELLER } from '@sluice/quota-core/agents';
import { listAgentChain, toStored } from './stored.js';
import { planUsers } from './plan-users.js';
import { planRestore } from './plan-restore.js';

/** Options of `agent restore`. */
export interface RestoreRequest extends AgentRequest {
  /** Restore even while the agent is over its limit; the next check disables its users again. */
  force: boolean;
  /** End the suspension of the agent too; otherwise a suspended agent is refused. */
  unsuspend: boolean;
}

/**
 * Enables the users that were disabled below an agent, if they are still disabled, still belong to it, and were not changed by
 * others since.
 *
 * @throws SluiceError `agent_limit` while it is over its limit, without `force`; `agent_suspended` while it is suspended
 */
export function restoreAgent(context: Context, request: RestoreRequest): Promise<RestoreReport> {
  const cannot = 'restore users because it keeps no record of the users that it disabled';
  return runForAgent(context, { command: 'agent restore', cannot }, request, (ordered) => restore(ordered, request));
}

async function restore(ordered: AgentCommand, { force, unsuspend }: RestoreRequest): Promise<Done> {
  const { context, name, agents, on, dryRun, agent, read, leases } = ordered;
  const { records, recorded } = read;
  const own = unsuspend ? findSuspension(records.holds, toAgentSubject(name, agent)) : undefined;
  const holds = records.holds.filter((hold) => hold !== own);
  const toName = (uuid: string): string => records.agents.find((other) => other.uuid === uuid)?.name ?? '';
  const chain = listAgentChain(agent, records);
  const suspended = chain.find((above) => findSuspension(holds, toAgentSubject(name, above)) !== undefined);
  if (suspended !== undefined) throw suspendedError(toName(suspended));
  const over = chain.find((above) => recorded.standing.get(above)?.force === 'over');
  // No limit counts for the own users of an exempt agent.
  if (over !== undefined && !force && !toStored(agents, records).exempt.has(agent)) {
    const binding = toName(over);
    throw new SluiceError('agent_limit', `Agent "${binding}" is still over its limit, so its users stay disabled`, {
      kind: 'panel',
      details: { binding: over, over: binding },
    });
  }
  if (own !== undefined && !dryRun) {
    await context.write(leases(), (tables) => endHolds(tables, [own], context.now()));
  }
  const services = await loadServiceUsers(on);
  const plan = planRestore(
    agents,
    { ...planInput(read, agent, holds), serviceUsers: listServiceUsers(services) },
    force,
  );
  const done = await performPlan(ordered, plan);
  const released = await releaseServices(ordered, services, { agent, force, holds });
  if (!dryRun) await endFreeHolds(on, agent);
  return {
    actions: toActions([...done, ...released.changes]),
    left: plan.left,
    notices: [],
    error: released.error ?? findError(done),
  };
}

/** Ends the holds for limits, of this agent and those below it (null: of all), that have no open evidence. */
async function endFreeHolds({ context, name }: AgentsOnPanel, agent: string | null): Promise<void> {
  await context.write([], async (tables) => {
    const records = await loadStoredAgents(context, name, tables);
    const holding = new Set(records.evidence.map(({ hold }) => hold));
    const isMeant = (subject: string): boolean =>
      agent === null || listAgentChain(findSubjectAgent(subject) ?? '', records).includes(agent);
    const free = records.holds.filter(
      ({ id, service, reason }) => reason === 'agent-limit' && isMeant(service) && !holding.has(id),
    );
    await endHolds(tables, free, context.now());
  });
}

/** Releases the services below the agent (null: all) that an agent restricts, or whose users one disabled before. */
async function releaseServices(
  ordered: Omit<AgentCommand, 'agent' | 'startedAt'>,
  services: ServiceUsers,
  { agent, force, holds }: { agent: string | null; force: boolean; holds: readonly HoldRecord[] },
): Promise<{ changes: ListedAction[]; error: ItemError | null }> {
  const input = { ...planInput(ordered.read, null, holds), serviceUsers: listServiceUsers(services) };
  const users = planUsers(ordered.agents, input, Infinity).serviceUsers.filter((user) => {
    const { chain, evidence, suspended } = user;
    const isMeant = agent === null || chain.includes(agent) || findSubjectAgent(evidence?.service ?? '') === agent;
    return isMeant && suspended === null && (force || user.force !== 'over');
  });
  const freed = users.map((user) => ({ ...user, force: 'free' as const }));
  const { changes } = await holdServices(ordered, services, freed, toHow(ordered, holds));
  const made = changes.flatMap(({ agent: of, actions }) =>
    actions.map((each) => ({ ...each, agent: of, error: null })),
  );
  return { changes: made, error: findError(changes) };
}

/** A release of what was disabled for agents, whatever their limits are: `hold release --all`. */
export interface GiveBackRequest {
  run: string;
  dryRun: boolean;
  /** Only holds with this reason; undefined: all. */
  reason: string | undefined;
}

/** Enables every user of a panel that was disabled for an agent, regardless of the limits, and ends the suspensions. */
export async function giveBackUsers(
  context: Context,
  name: string,
  request: GiveBackRequest,
  leases: Leases,
): Promise<{ agents: ChangedAgent[]; error: ItemError | null }> {
  const { run, dryRun } = request;
  try {
    const on = await openAgents(context, name);
    const held = () => leases.toHeld([panelLease(name)]);
    const changes: UserChanges = { ...on, run, leases: held };
    const resolved = dryRun ? null : await resolveUsers(changes);
    const found = await readAgents(on, { run, dryRun, leases: held, decides: true });
    if (isProblem(found)) throw problemError(found);
    const { read, open } = resolved === null ? await foreseeUsers(changes, found) : { read: found, open: resolved };
    const enforcements = await readEnforcements(context.config, context.store);
    const ordered = { ...changes, on, command: 'hold release' as const, dryRun, read, enforcements, open };
    const { done, broken } = await giveBack(ordered, request);
    const concerned = new Set(done.map(({ agent }) => agent));
    const shown = (await describeStored(on)).filter(({ uuid }) => concerned.has(uuid));
    const agents = agentDetails(on, shown, enforcements).map((detail) => changedAgent(detail, done));
    return { agents, error: findError(done) ?? broken };
  } catch (error) {
    const item = toItemError(error);
    const isOfPanel = isPanelError(error) || (error instanceof SluiceError && error.kind === 'panel');
    if (!isOfPanel) throw error;
    return { agents: [], error: item };
  }
}

async function giveBack(
  ordered: Omit<AgentCommand, 'agent' | 'startedAt'>,
  { reason, dryRun }: GiveBackRequest,
): Promise<{ done: ListedAction[]; broken: ItemError | null }> {
  const { context, agents, on, read, leases } = ordered;
  const ends = ({ reason: own }: HoldRecord): boolean =>
    (own === 'manual' || own === RESELLER) && (reason === undefined || reason === own);
  const holds = read.records.holds.filter((hold) => !ends(hold));
  const ending = read.records.holds.filter(ends);
  if (!dryRun && ending.length > 0) {
    await context.write(leases(), (tables) => endHolds(tables, ending, context.now()));
  }
  if (reason === undefined || reason === 'agent-limit') {
    const services = await loadServiceUsers(on);
    const input = { ...planInput(read, null, holds), serviceUsers: listServiceUsers(services) };
    const done = await performPlan(ordered, planRestore(agents, input, true));
    const { changes, error } = await releaseServices(ordered, services, { agent: null, force: true, holds });
    if (!dryRun) await endFreeHolds(on, null);
    return { done: [...done, ...changes], broken: error };
  }
  const done: ListedAction[] = [];
  let broken: ItemError | null = null;
  for (const agent of new Set(ending.map(({ service }) => findSubjectAgent(service) ?? ''))) {
    const { actions, error } = await releaseSuspended(ordered, agent, holds);
    done.push(...actions.map((action) => ({ ...action, agent, error: null })));
    broken ??= error;
  }
  return { done, broken };
}
