import type { KnownListedUser, PanelAgents } from '@sluice/panel-kind';
import { type EvidenceRecord, findSubjectAgent } from '@sluice/quota-core';
import { AgentHolds } from '@sluice/quota-core/agents';
import type { AgentPlanInput, RestorePlan } from './agent-plan.js';
import { type DisabledUser, findAbsence, findInterference, ownEvidence } from './plan-users.js';

/** Why a user stays disabled whom its own agent disabled. */
const DISABLED = 'disabled-by-agent';

/** Plans which users `restore` enables, and which it leaves and why. */
export function planRestore(agents: PanelAgents, input: AgentPlanInput, force: boolean): RestorePlan {
  const { recorded, agent } = input;
  const holds = new AgentHolds(input.holds, recorded);
  const users = new Map(input.list.users.map((user) => [user.uuid, user]));
  const plan: RestorePlan = { steps: [], moves: [], endedEvidence: [], left: [] };
  for (const [uuid, evidence] of ownEvidence(input)) {
    const user = users.get(uuid);
    if (user === undefined || input.serviceUsers.has(uuid)) continue;
    const chain = recorded.hierarchy.listChain(user.owner);
    if (agent !== null && !chain.includes(agent) && findSubjectAgent(evidence.service) !== agent) continue;
    const interference = findRestoreInterference(agents, input, { ...user, uuid }, evidence);
    // A sub-agent may still be over or suspended.
    const isSuspended = chain.some((above) => holds.isSuspended(above));
    const isOver = chain.some((above) => holds.forceOn(user.owner, above) === 'over');
    const own = holds.findOfUser(uuid);
    const kept = isSuspended ? 'suspended' : isOver && !force ? 'still-over' : own !== null ? DISABLED : null;
    const outcome = interference ?? kept;
    // Its own agent keeps it disabled.
    if (outcome === DISABLED && own !== null && own.id !== evidence.hold)
      plan.moves.push({ evidence: evidence.id, hold: own.id });
    if (outcome !== null) plan.left.push({ uuid, name: (evidence.prior as DisabledUser).name, outcome });
    else plan.steps.push(agents.enable({ ...user, uuid }, evidence, 'ordered'));
  }
  return plan;
}

/** Returns why a listed user is not to be enabled; null where it is, or where the step has to read it first. */
function findRestoreInterference(
  agents: PanelAgents,
  input: AgentPlanInput,
  user: KnownListedUser,
  evidence: EvidenceRecord,
): 'enabled-by-others' | 'moved' | 'touched' | null {
  if (user.enabled) return input.list.unread.has(user.uuid) ? null : 'enabled-by-others';
  return findInterference(agents, user, evidence, input);
}

/**
 * Plans to enable the users that were disabled for an ended suspension of `input.agent`. Evidence of a user that another hold
 * still needs moves to that hold; that of a user which other tools changed ends.
 */
export function planUnsuspension(agents: PanelAgents, input: AgentPlanInput): RestorePlan {
  return planRelease(agents, input, ({ service }) => findSubjectAgent(service) === input.agent);
}

/** Plans to enable one user of which its own agent has ended its hold, as `planUnsuspension`. */
export function planEnabling(agents: PanelAgents, input: AgentPlanInput, user: string): RestorePlan {
  return planRelease(agents, input, ({ target }) => target === user);
}

/** Plans to enable the users that were disabled for holds that have ended, by their evidence. */
function planRelease(
  agents: PanelAgents,
  input: AgentPlanInput,
  isMeant: (evidence: EvidenceRecord) => boolean,
): RestorePlan {
  const { recorded } = input;
  const holds = new AgentHolds(input.holds, recorded);
  const users = new Map(input.list.users.map((user) => [user.uuid, user]));
  const plan: RestorePlan = { steps: [], moves: [], endedEvidence: [], left: [] };
  for (const [uuid, evidence] of ownEvidence(input)) {
    const isEnded = isMeant(evidence) && !holds.isInForce(evidence.hold);
    if (!isEnded || input.serviceUsers.has(uuid)) continue;
    const leave = (outcome: string): void => {
      plan.left.push({ uuid, name: (evidence.prior as DisabledUser).name, outcome });
    };
    const user = users.get(uuid);
    const interference =
      user === undefined
        ? findAbsence(input, uuid)
        : findRestoreInterference(agents, input, { ...user, uuid }, evidence);
    if (interference !== null) {
      plan.endedEvidence.push({ evidence: evidence.id, outcome: interference });
      leave(interference);
    }
    if (user === undefined || interference !== null) continue;
    const keeping = holds.listKeeping(user.owner, recorded.hierarchy.listChain(user.owner));
    const own = holds.findOfUser(uuid);
    if (keeping.length === 0 && own === null) {
      plan.steps.push(agents.enable({ ...user, uuid }, evidence, 'ordered'));
      continue;
    }
    const isSuspended = keeping.some((above) => holds.isSuspended(above));
    leave(isSuspended ? 'suspended' : keeping.length > 0 ? 'still-over' : DISABLED);
    const next = holds.findFirst(user.owner, keeping) ?? own;
    if (next !== null) plan.moves.push({ evidence: evidence.id, hold: next.id });
  }
  return plan;
}
