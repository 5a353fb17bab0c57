import type { AgentUserReport } from '@sluice/contract/documents';
import { printable } from '@sluice/panel-http/printable';
import { AGENT_STEPS, type KnownListedUser } from '@sluice/panel-kind';
import { findSubjectUser, toUserSubject } from '@sluice/quota-core';
import { isOfReseller, RESELLER } from '@sluice/quota-core/agents';
import type { HoldRecord } from '@sluice/state-store';
import { endHolds, storeHolds } from '../../context/change-holds.js';
import type { Context } from '../../context/context.js';
import { newHold } from '../../kernel/subject/holds.js';
import {
  type AgentCommand,
  type AgentRequest,
  type Done,
  performPlan,
  planInput,
  runOverAgent,
  type Shown,
} from './agent-command.js';
import type { AgentPlanInput } from './agent-plan.js';
import { CANNOT_CHANGE, findUserBelow, refuseServiceUser, requireUsers, userViews } from './agent-users.js';
import { findError, toActions } from './agent-views.js';
import type { ListedAction } from './change-users.js';
import { loadStoredAgents } from './read-agents.js';
import { listServiceUsers, loadServiceUsers, type ServiceUsers } from './service-users.js';
import { withHeldOnly } from './suspend-agent.js';
import { planUsers } from './plan-users.js';
import { planEnabling } from './plan-restore.js';

/** Options of a command about one user of an agent. */
export interface AgentUserRequest extends AgentRequest {
  /** Uuid, or exact name, of a user below the agent. */
  user: string;
}

/** What a command about one user has found and done. */
export interface UserDone extends Done {
  /** The user, as the command leaves it. */
  user: KnownListedUser;
  services: ServiceUsers;
}

/** Runs a command about one user below an agent, and returns the user after it. */
export function runForUser(
  context: Context,
  command: 'agent user extend' | 'agent user disable' | 'agent user enable',
  request: AgentUserRequest,
  work: (ordered: AgentCommand, user: KnownListedUser, services: ServiceUsers) => Promise<Omit<UserDone, 'services'>>,
): Promise<AgentUserReport> {
  return runOverAgent(context, { command, cannot: CANNOT_CHANGE }, request, {
    async work(ordered) {
      requireUsers(ordered.on);
      const user = findUserBelow(ordered.read, ordered.agent, request.user);
      const services = await loadServiceUsers(ordered.on);
      refuseServiceUser(services, user);
      return { ...(await work(ordered, user, services)), services };
    },
    toReport,
  });
}

async function toReport(
  { context, name, on, read, dryRun }: AgentCommand,
  { user, services }: UserDone,
  shown: Shown,
): Promise<AgentUserReport> {
  const records = dryRun ? read.records : await loadStoredAgents(context, name);
  const { run, actions, left, notices, error } = shown;
  return { run, user: userViews(on, { ...read, records }, services)(user), actions, left, notices, error };
}

/**
 * Disables a user for its own agent: no run, and no other command than `enableAgentUser`, ends that. One that is disabled already stays
 * so for this, too, once nothing else keeps it disabled.
 */
export function disableAgentUser(context: Context, request: AgentUserRequest): Promise<AgentUserReport> {
  return runForUser(context, 'agent user disable', request, disable);
}

/**
 * Ends what `disableAgentUser` began, and enables the user if that disabled it. One that something else keeps disabled stays so, and
 * is listed in `left` with why.
 */
export function enableAgentUser(context: Context, request: AgentUserRequest): Promise<AgentUserReport> {
  return runForUser(context, 'agent user enable', request, enable);
}

async function disable(
  ordered: AgentCommand,
  user: KnownListedUser,
  services: ServiceUsers,
): Promise<Omit<UserDone, 'services'>> {
  const { context, name, agents, dryRun, agent, read, leases, startedAt } = ordered;
  const open = findHold(read.records.holds, user.uuid);
  const { note } = context.deps;
  const service = toUserSubject(name, user.owner ?? agent, user.uuid);
  const called = `user "${printable(user.name)}"`;
  const begins = { since: startedAt, note: note === null ? called : `${called}: ${printable(note)}` };
  const hold = open ?? newHold(context, { service, reason: RESELLER, ...begins, origin: 'operator' });
  if (open === undefined && !dryRun) await context.write(leases(), (tables) => storeHolds(tables, [hold]));
  const holds = [...read.records.holds.filter(({ id }) => id !== hold.id), hold];
  const plan = planUsers(agents, toInput(ordered, { user, services, holds }), Infinity);
  const done = await performPlan(ordered, plan, [hold]);
  return {
    changed: open === undefined,
    user: toSwitched(user, done),
    actions: toActions(done),
    left: [],
    notices: [],
    error: findError(done),
  };
}

async function enable(
  ordered: AgentCommand,
  user: KnownListedUser,
  services: ServiceUsers,
): Promise<Omit<UserDone, 'services'>> {
  const { context, name, agents, dryRun, read, leases, enforcements } = ordered;
  const hold = findHold(read.records.holds, user.uuid);
  if (hold !== undefined && !dryRun) {
    await context.write(leases(), (tables) => endHolds(tables, [hold], context.now()));
  }
  const holds = read.records.holds.filter((other) => other !== hold);
  const input = toInput(ordered, { user, services, holds });
  const recorded = enforcements.isObserving(name, null) ? withHeldOnly(read.recorded, holds) : read.recorded;
  const plan = planEnabling(agents, { ...input, recorded }, user.uuid);
  const done = await performPlan(ordered, plan);
  const after = toSwitched(user, done);
  const isOthers = !after.enabled && plan.left.length === 0 && done.length === 0;
  return {
    changed: hold !== undefined,
    user: after,
    actions: toActions(done),
    left: isOthers ? [{ uuid: user.uuid, name: user.name, outcome: toOutcome(ordered, user.uuid) }] : plan.left,
    notices: [],
    error: findError(done),
  };
}

/** Returns why a user stays disabled that the hold of its agent did not disable: what disabled it before still does. */
function toOutcome({ read }: AgentCommand, user: string): string {
  const evidence = read.records.evidence.find(({ target }) => target === user);
  const hold = read.records.holds.find(({ id }) => id === evidence?.hold);
  if (hold === undefined || isOfReseller(hold)) return 'disabled-by-others';
  return hold.reason === 'manual' ? 'suspended' : 'still-over';
}

/** Returns the open hold of a user whom its own agent disabled. */
function findHold(holds: readonly HoldRecord[], user: string): HoldRecord | undefined {
  return holds.find((hold) => isOfReseller(hold) && findSubjectUser(hold.service) === user);
}

/** Returns the input of a plan for one user alone. */
function toInput(
  { read }: AgentCommand,
  { user, services, holds }: { user: KnownListedUser; services: ServiceUsers; holds: readonly HoldRecord[] },
): AgentPlanInput {
  const { list, records } = read;
  return {
    ...planInput(read, null, holds),
    list: { ...list, users: [user] },
    records: { ...records, evidence: records.evidence.filter(({ target }) => target === user.uuid) },
    serviceUsers: listServiceUsers(services),
  };
}

/** Returns a user as the changes leave it. */
function toSwitched(user: KnownListedUser, done: readonly ListedAction[]): KnownListedUser {
  const made = done.find(({ target, state }) => target === user.uuid && state === 'applied');
  return made === undefined ? user : { ...user, enabled: made.type === AGENT_STEPS.enable };
}
