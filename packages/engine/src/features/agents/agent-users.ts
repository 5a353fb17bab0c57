import type { AgentUserSort } from '@sluice/contract';
import type { AgentUserList, AgentUserView } from '@sluice/contract/documents';
import {
  type AgentUserChanges,
  type AgentUserFacts,
  type KnownListedUser,
  type ListedUser,
  SluiceError,
} from '@sluice/panel-kind';
import { AgentHolds } from '@sluice/quota-core/agents';
import { notFound, unsupported } from '../../base/errors.js';
import type { Context } from '../../context/context.js';
import { toUserAccess } from '../services/customer-access.js';
import { refuseAddon } from './addon.js';
import { agentPanel, type AgentsOnPanel, openAgents, withAgentErrors } from './open-agents.js';
import { type AgentsRead, isProblem, problemError, readAgents } from './read-agents.js';
import { findInterference } from './plan-users.js';
import { loadServiceUsers, type ServiceUsers } from './service-users.js';
import { sortAgentUsers } from './sort-users.js';
import { findAgent } from './stored.js';

/** What can't be done where an add-on keeps the limits. */
export const CANNOT_CHANGE = 'change single users because it keeps no record of them';

/** Lists the users below an agent, with what the panel shows of them now. */
export async function listAgentUsers(
  context: Context,
  text: string,
  { panel, sort = 'user' }: { panel?: string | undefined; sort?: AgentUserSort | undefined },
): Promise<AgentUserList> {
  const on = await openAgents(context, await agentPanel(context, panel));
  refuseAddon(on, CANNOT_CHANGE);
  requireUsers(on);
  const read = await readAgents(on, {});
  if (isProblem(read)) throw problemError(read);
  const { uuid, name } = await withAgentErrors(text, () => Promise.resolve(findAgent(text, read.records)));
  const services = await loadServiceUsers(on);
  const toView = userViews(on, read, services);
  const users = listUsersBelow(read, uuid).map(toView);
  return { agent: { uuid, name }, users: sortAgentUsers(users, sort) };
}

/** Returns what agents do with single users of a panel; refuses one on which they do nothing. */
export function requireUsers({ agents, name }: Pick<AgentsOnPanel, 'agents' | 'name'>): AgentUserChanges {
  if (agents.users !== undefined) return agents.users;
  throw unsupported(`The agents of panel "${name}" can't change single users`, { panel: name });
}

/** Returns the users below an agent that can be addressed. */
function listUsersBelow({ list, recorded }: Pick<AgentsRead, 'list' | 'recorded'>, agent: string): KnownListedUser[] {
  const isBelow = (user: ListedUser): user is KnownListedUser =>
    user.uuid !== null && recorded.hierarchy.listChain(user.owner).includes(agent);
  return list.users.filter(isBelow);
}

/**
 * Returns the user below an agent with this uuid, or with exactly this name where only one has it. One of another agent is as unknown as
 * one that does not exist.
 *
 * @throws SluiceError `unknown_user`, `ambiguous_user`
 */
export function findUserBelow(
  read: Pick<AgentsRead, 'list' | 'recorded'>,
  agent: string,
  text: string,
): KnownListedUser {
  const users = listUsersBelow(read, agent);
  const byUuid = users.find(({ uuid }) => uuid === text.toLowerCase());
  const named = byUuid === undefined ? users.filter(({ name }) => name === text) : [byUuid];
  const [only, ...others] = named;
  if (only !== undefined && others.length === 0) return only;
  if (only === undefined) throw notFound('unknown_user', 'The agent has no user with this uuid or name.');
  throw new SluiceError('ambiguous_user', `${named.length} users have this name. Name one by its uuid.`, {
    kind: 'usage',
    details: { uuids: named.map(({ uuid }) => uuid) },
  });
}

/** Refuses a user that is the account of a service: what its service sells would be written back. */
export function refuseServiceUser({ byUser, ofEnded }: ServiceUsers, { uuid, name }: KnownListedUser): void {
  const service = byUser.get(uuid)?.id;
  if (service === undefined && !ofEnded.has(uuid)) return;
  const whose = service === undefined ? 'a service that has ended' : `service "${service}"`;
  throw new SluiceError(
    'user_of_service',
    `User "${name}" is the account of ${whose}, by whose commands it is changed; nothing was changed.`,
    { kind: 'conflict', details: service === undefined ? {} : { service } },
  );
}

/** Returns what shows users, by a reading and by what is stored. */
export function userViews(
  on: AgentsOnPanel,
  read: Pick<AgentsRead, 'records' | 'recorded'>,
  services: ServiceUsers,
): (user: KnownListedUser) => AgentUserView {
  const facet = requireUsers(on);
  const names = new Map(read.records.agents.map(({ uuid, name }) => [uuid, name]));
  const findWhy = whyDisabled(on, read, services);
  const now = on.context.now();
  return (user) => {
    const { uuid, name, owner, limitBytes, usedBytes } = user;
    const facts = facet.getFacts(user, now);
    const { packageDays: days, daysLeft, lastDay, lastOnlineAt } = facts;
    return {
      ...{ uuid, name, panel: on.name, agent: { uuid: owner, name: names.get(owner ?? '') ?? 'unknown' } },
      state: toState(user, facts),
      ...{ limitBytes, usedBytes, remainingBytes: Math.max(0, limitBytes - usedBytes) },
      ...{ days, daysLeft: daysLeft === null ? null : Math.max(0, daysLeft), lastDay, lastOnlineAt },
      ...findWhy(user),
      service: services.byUser.get(uuid)?.id ?? null,
      serviceName: services.byUser.get(uuid)?.name ?? null,
      access: toUserAccess(on.context, on.name, { uuid, name, ...(days === null ? {} : { packageDays: days }) }),
    };
  };
}

function toState({ enabled, limitBytes, usedBytes }: KnownListedUser, facts: AgentUserFacts): AgentUserView['state'] {
  if (!enabled) return 'disabled';
  if (facts.daysLeft !== null && facts.daysLeft < 0) return 'expired';
  return usedBytes >= limitBytes ? 'used-up' : 'active';
}

type Why = Pick<AgentUserView, 'disabledFor' | 'pending'>;

/** Returns what finds out why a user is disabled (its own agent, agents above it, its service, or others) and what is still to be done. */
function whyDisabled(
  { agents }: Pick<AgentsOnPanel, 'agents'>,
  { records, recorded }: Pick<AgentsRead, 'records' | 'recorded'>,
  services: ServiceUsers,
): (user: KnownListedUser) => Why {
  const evidence = new Map(records.evidence.map((item) => [item.target, item]));
  const holds = new AgentHolds(records.holds, recorded);
  return (user) => {
    const { uuid, owner, enabled } = user;
    const isOwn = holds.findOfUser(uuid) !== null;
    const isServices = services.byUser.has(uuid);
    if (enabled) return { disabledFor: [], pending: isOwn && !isServices ? 'disable' : null };
    const reasons: Why['disabledFor'] = isOwn ? ['reseller'] : [];
    const isOfService = isServices && services.disabled.has(uuid);
    if (isOfService) reasons.push('service');
    const ours = evidence.get(uuid);
    if (ours === undefined) return { disabledFor: isOfService ? reasons : [...reasons, 'others'], pending: null };
    const keeping = holds.listKeeping(owner, recorded.hierarchy.listChain(owner));
    if (keeping.some((agent) => holds.isSuspended(agent))) reasons.push('suspension');
    if (keeping.some((agent) => !holds.isSuspended(agent))) reasons.push('limit');
    if (reasons.length > 0) return { disabledFor: reasons, pending: null };
    // What has ended is undone by the next check, unless somebody has changed the user meanwhile.
    const isLeft = findInterference(agents, user, ours, { recorded }) !== null;
    return isLeft ? { disabledFor: ['others'], pending: null } : { disabledFor: [], pending: 'enable' };
  };
}
