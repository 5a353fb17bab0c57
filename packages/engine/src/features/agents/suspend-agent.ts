import type { RestoreReport } from '@sluice/contract/documents';
import { stated } from '@sluice/messages/said';
import { printable } from '@sluice/panel-http/printable';
import type { RecordedAgents } from '@sluice/panel-kind';
import { findSubjectAgent, toAgentSubject } from '@sluice/quota-core';
import type { HoldRecord } from '@sluice/state-store';
import { endHolds, storeHolds } from '../../context/change-holds.js';
import { notFound } from '../../base/errors.js';
import { newHold } from '../../kernel/subject/holds.js';
import type { Context } from '../../context/context.js';
import {
  type AgentCommand,
  type AgentRequest,
  type Done,
  findSuspension,
  performPlan,
  planInput,
  runForAgent,
} from './agent-command.js';
import { findError, toActions } from './agent-views.js';
import { PanelSwitch } from './panel-switch.js';
import type { ServiceChange } from './due-user.js';
import { toCause } from './service-user-notices.js';
import {
  type HoldServices,
  holdServices,
  listLeftForEnded,
  listServiceUsers,
  loadServiceUsers,
} from './service-users.js';
import { describeAgents } from './stored.js';
import type { AgentPlanInput } from './agent-plan.js';
import { planUsers } from './plan-users.js';
import { planUnsuspension } from './plan-restore.js';

const CANNOT = 'suspend an agent because it keeps no record of the users that it disabled';

/**
 * Suspends an agent: disables every enabled user below it, whatever its limit is, under `observe` too. Runs keep them disabled
 * until `unsuspendAgent`. A repeat disables users that were enabled or created since.
 */
export function suspendAgent(context: Context, request: AgentRequest): Promise<RestoreReport> {
  return runForAgent(context, { command: 'agent suspend', cannot: CANNOT }, request, suspend);
}

/** Ends the suspension of an agent, and enables exactly the users that were disabled for it and that no other hold needs. */
export function unsuspendAgent(context: Context, request: AgentRequest): Promise<RestoreReport> {
  return runForAgent(context, { command: 'agent unsuspend', cannot: CANNOT }, request, unsuspend);
}

async function suspend(ordered: AgentCommand): Promise<Done> {
  const { context, name, agents, dryRun, agent, read, leases, startedAt } = ordered;
  const service = toAgentSubject(name, agent);
  const open = findSuspension(read.records.holds, service);
  const { note } = context.deps;
  const begins = { since: startedAt, note: note === null ? null : printable(note) };
  const hold = open ?? newHold(context, { service, reason: 'manual', ...begins, origin: 'operator' });
  if (open === undefined) {
    refuseMissing(ordered);
    if (!dryRun) await context.write(leases(), (tables) => storeHolds(tables, [hold]));
  }
  const holds = [...read.records.holds.filter(({ id }) => id !== hold.id), hold];
  const services = await loadServiceUsers(ordered.on);
  const input = { ...planInput(read, agent, holds), serviceUsers: listServiceUsers(services) };
  const plan = planUsers(agents, input, Infinity);
  const held = await holdServices(ordered, services, plan.serviceUsers, toHow(ordered, holds));
  const done = await performPlan(ordered, plan, [hold]);
  const dropped = plan.notices.filter(({ code }) => code.startsWith('agent_user_'));
  return {
    changed: open === undefined,
    actions: [...listActions(held.changes), ...toActions(done)],
    left: listLeftForEnded(services, plan.serviceUsers, true),
    reported: held.reported,
    notices: [
      ...held.notices,
      ...dropped.map((notice) => ({
        ...{ ...notice, message: stated(notice.message), panel: name, service: null },
      })),
    ],
    error: findError(held.changes) ?? findError(done),
  };
}

/** Refuses to suspend an agent that the panel does not list any more. */
function refuseMissing({ agent, read }: AgentCommand): void {
  const { name = '', missingSince = null } = read.records.agents.find(({ uuid }) => uuid === agent) ?? {};
  if (missingSince === null) return;
  throw notFound('unknown_agent', `Agent "${name}" is no longer in the panel's list. Nothing was changed.`);
}

async function unsuspend(ordered: AgentCommand): Promise<Done> {
  const { context, name, dryRun, agent, read, leases } = ordered;
  const hold = findSuspension(read.records.holds, toAgentSubject(name, agent));
  if (hold !== undefined && !dryRun) {
    await context.write(leases(), (tables) => endHolds(tables, [hold], context.now()));
  }
  const holds = read.records.holds.filter((other) => other !== hold);
  return { ...(await releaseSuspended(ordered, agent, holds)), changed: hold !== undefined };
}

/** Releases what suspensions of an agent have restricted that are not among the holds in force. */
export async function releaseSuspended(
  ordered: Omit<AgentCommand, 'agent' | 'startedAt'>,
  agent: string,
  holds: readonly HoldRecord[],
): Promise<Done> {
  const { name, agents, read, enforcements } = ordered;
  const services = await loadServiceUsers(ordered.on);
  const isObserved = enforcements.isObserving(name, null);
  const input: AgentPlanInput = {
    ...planInput(read, agent, holds),
    recorded: isObserved ? withHeldOnly(read.recorded, holds) : read.recorded,
    serviceUsers: listServiceUsers(services),
  };
  const plan = planUnsuspension(agents, input);
  const { serviceUsers } = planUsers(agents, { ...input, agent: null }, Infinity);
  const users = serviceUsers.filter(({ uuid, suspended, evidence }) => {
    const hold = services.holds.get(services.byUser.get(uuid)?.id ?? '');
    const isEnded = evidence !== null && !holds.some(({ id }) => id === evidence.hold);
    const isHeld = hold !== undefined && toCause(hold) === 'suspension';
    return suspended === null && (isHeld || isEnded || services.leftOver.has(uuid));
  });
  const below = serviceUsers.filter(({ chain }) => chain.includes(agent));
  const released = await holdServices(ordered, services, users, toHow(ordered, holds));
  const done = await performPlan(ordered, plan);
  return {
    actions: [...listActions(released.changes), ...toActions(done)],
    left: [...plan.left, ...listLeftForEnded(services, below, false)],
    reported: released.reported,
    notices: released.notices,
    error: findError(released.changes) ?? findError(done),
  };
}

/** Returns the lists without limits that are exceeded and not enforced: under `observe` they have no hold. */
export function withHeldOnly(recorded: RecordedAgents, holds: readonly HoldRecord[]): RecordedAgents {
  const limits = holds.filter(({ reason }) => reason === 'agent-limit');
  const held = new Set(limits.map(({ service }) => findSubjectAgent(service)));
  const standing = new Map(
    [...recorded.standing].map(([agent, own]) => [agent, held.has(agent) ? own : { ...own, force: 'free' as const }]),
  );
  return { ...recorded, standing };
}

/** Returns how a command about an agent treats services, with these holds of agents in force. */
export function toHow(ordered: Omit<AgentCommand, 'agent' | 'startedAt'>, holds: readonly HoldRecord[]): HoldServices {
  const { context, name, run, command, enforcements, dryRun, agents, read } = ordered;
  return {
    name,
    run,
    command,
    enforcements,
    previewOnly: dryRun,
    traffic: describeAgents(agents, { ...read.records, holds }),
    panelSwitch: new PanelSwitch(context.config, name),
    byName: true,
  };
}

function listActions(changes: readonly ServiceChange[]): Done['actions'] {
  return changes.flatMap(({ actions }) => actions);
}
