import {
  AGENT_STEPS,
  type AgentTraffic,
  type KnownListedUser,
  type ListedUser,
  type PanelAgents,
  type Step,
  type UserRestriction,
} from '@sluice/panel-kind';
import { findSubjectAgent, type EvidenceRecord, type HoldRecord } from '@sluice/quota-core';
import { AgentHolds, isOfReseller, isSuspension } from '@sluice/quota-core/agents';
import type { AgentPlan, AgentPlanInput, ServiceUser } from './agent-plan.js';
import { type DroppedUser, listPlanNotices } from './plan-notices.js';
import { describeAgents } from './stored.js';

/** The part of the evidence of a disabled user that every panel's has. */
export interface DisabledUser {
  name: string;
  owner: string | null;
}

/** Further steps wait for the next run. */
const MOST_STEPS = 1000;

/**
 * Plans which users to disable because an agent above them is over or suspended, and which to enable again because none is any
 * more.
 *
 * @param most how many steps the plan has at most
 */
export function planUsers(
  agents: PanelAgents,
  input: AgentPlanInput,
  most = MOST_STEPS,
  traffic: readonly AgentTraffic[] = describeAgents(agents, input.records),
): AgentPlan {
  const found = new UserPlan(agents, input, traffic);
  for (const user of input.list.users) if (isKnown(user)) found.add(user);
  found.addUnlisted();
  const { steps, moves, endedEvidence, serviceUsers } = found;
  steps.sort(inOrder);
  return {
    steps: steps.slice(0, most),
    left: Math.max(0, steps.length - most),
    moves,
    endedEvidence,
    serviceUsers,
    notices: [...listPlanNotices(input, found, traffic), ...(agents.listNotices?.(input.list, input.recorded) ?? [])],
  };
}

/** Why a user is enabled again by a run. */
const WITHIN = 'agent-within-limit';

const isKnown = (user: ListedUser): user is KnownListedUser => user.uuid !== null;

/** Collects the steps for the users of a list. */
class UserPlan {
  readonly steps: Step[] = [];
  readonly moves: AgentPlan['moves'] = [];
  readonly endedEvidence: AgentPlan['endedEvidence'] = [];
  readonly serviceUsers: ServiceUser[] = [];
  readonly dropped: DroppedUser[] = [];
  /** Users that another tool enabled while their agent is over or suspended, by that agent. */
  readonly again = new Map<string, number>();
  /** Names of users that another tool enabled while their own agent keeps them disabled. */
  readonly againOfAgents: string[] = [];
  readonly #agents: PanelAgents;
  readonly #input: AgentPlanInput;
  readonly #traffic: ReadonlyMap<string, AgentTraffic>;
  readonly #evidence: Map<string, EvidenceRecord>;
  readonly #holds: AgentHolds;
  readonly #seen = new Set<string>();

  constructor(agents: PanelAgents, input: AgentPlanInput, traffic: readonly AgentTraffic[]) {
    this.#agents = agents;
    this.#input = input;
    this.#traffic = new Map(traffic.map((agent) => [agent.uuid, agent]));
    this.#evidence = ownEvidence(input);
    this.#holds = new AgentHolds(input.holds, input.recorded);
  }

  add(user: KnownListedUser): void {
    const { recorded, serviceUsers, agent: only } = this.#input;
    const evidence = this.#evidence.get(user.uuid);
    if (evidence !== undefined) this.#seen.add(user.uuid);
    const isOfService = serviceUsers.has(user.uuid);
    if (!user.enabled && evidence === undefined && !isOfService) return;
    const chain = recorded.hierarchy.listChain(user.owner);
    if (only !== null && !chain.includes(only)) return;
    if (isOfService) this.serviceUsers.push(this.#serviceUser(user, evidence ?? null, chain));
    else if (user.enabled) this.#addEnabled(user, evidence, chain);
    else if (evidence !== undefined) this.#addDisabled(user, evidence, chain);
  }

  /** Ends the evidence of users that are not in the list. */
  addUnlisted(): void {
    for (const [uuid, evidence] of this.#evidence) {
      const outcome = this.#seen.has(uuid) ? null : findAbsence(this.#input, uuid);
      if (outcome !== null) this.#drop(evidence, outcome);
    }
  }

  #addEnabled(user: KnownListedUser, evidence: EvidenceRecord | undefined, chain: readonly string[]): void {
    const found = this.#holds.findDisabling(user.owner, chain) ?? this.#findOwn(user.uuid);
    if (found === null) {
      if (evidence === undefined) return;
      if (!this.#input.list.unread.has(user.uuid)) this.#drop(evidence, 'enabled-by-others');
      // The step reads the user, and says where that fails again.
      else if (this.#holds.listKeeping(user.owner, chain).length === 0)
        this.steps.push(this.#agents.enable(user, evidence, WITHIN));
      return;
    }
    const { agent, hold } = found;
    if (evidence !== undefined) {
      // New evidence begins with the user's present state, so that changes made meanwhile stay.
      this.endedEvidence.push({ evidence: evidence.id, outcome: 'enabled-by-others' });
      if (isOfReseller(hold)) this.againOfAgents.push(user.name);
      else this.again.set(agent, (this.again.get(agent) ?? 0) + 1);
    }
    this.steps.push(this.#agents.disable(user, { agent, hold: hold.id, ...this.#toDue(agent, hold) }));
  }

  #toDue(agent: string, hold: HoldRecord): Pick<UserRestriction, 'why' | 'figures'> {
    if (isOfReseller(hold)) return { why: 'disabled-by-agent', figures: null };
    if (isSuspension(hold)) return { why: 'agent-suspended', figures: null };
    return { why: 'agent-over-limit', figures: this.#figures(agent) };
  }

  /** Returns the hold of a user whom its own agent disabled, with that agent. */
  #findOwn(user: string): { agent: string; hold: HoldRecord } | null {
    const hold = this.#holds.findOfUser(user);
    return hold === null ? null : { agent: findSubjectAgent(hold.service) ?? '', hold };
  }

  #addDisabled(user: KnownListedUser, evidence: EvidenceRecord, chain: readonly string[]): void {
    const interference = findInterference(this.#agents, user, evidence, this.#input);
    const keeping = this.#holds.listKeeping(user.owner, chain);
    const own = this.#holds.findOfUser(user.uuid);
    if (interference !== null) this.#drop(evidence, interference);
    else if (keeping.length === 0 && own === null) this.steps.push(this.#agents.enable(user, evidence, WITHIN));
    else if (!this.#holds.isKept(user.owner, evidence, keeping)) {
      const next = this.#holds.findFirst(user.owner, keeping) ?? own;
      if (next !== null && next.id !== evidence.hold) this.moves.push({ evidence: evidence.id, hold: next.id });
    }
  }

  #serviceUser(user: KnownListedUser, evidence: EvidenceRecord | null, chain: readonly string[]): ServiceUser {
    const { uuid, name, owner, enabled } = user;
    const holds = this.#holds;
    const over = chain.find((agent) => holds.forceOn(owner, agent) === 'over');
    const keeper = over ?? chain.find((agent) => holds.forceOn(owner, agent) !== 'free');
    const force = over !== undefined ? 'over' : keeper !== undefined ? 'keep' : 'free';
    const suspended = chain.find((agent) => holds.isSuspended(agent)) ?? null;
    return { uuid, name, owner, enabled, force, agent: keeper ?? null, suspended, chain: [...chain], evidence };
  }

  #drop(evidence: EvidenceRecord, outcome: string): void {
    this.endedEvidence.push({ evidence: evidence.id, outcome });
    this.dropped.push({ evidence: evidence.id, name: (evidence.prior as DisabledUser).name, outcome });
  }

  #figures(agent: string): UserRestriction['figures'] {
    const { usedBytes = null, limitBytes = null } = this.#traffic.get(agent) ?? {};
    return { usedBytes, limitBytes };
  }
}

/** Returns why the evidence of a user that is not in the list ends; null while the user is only hidden. */
export function findAbsence({ recorded }: Pick<AgentPlanInput, 'recorded'>, uuid: string): 'touched' | 'gone' | null {
  const entry = recorded.ledger.entries.get(uuid);
  // The ledger continues under another uuid that the user was given.
  if (entry === undefined) return 'touched';
  return entry.gone ? 'gone' : null;
}

/** Open evidence of the agents' own holds, by user. */
export function ownEvidence({ records }: AgentPlanInput): Map<string, EvidenceRecord> {
  const own = records.evidence.filter(({ service }) => findSubjectAgent(service) !== null);
  return new Map(own.map((item) => [item.target, item]));
}

/** Returns why a user that Sluice disabled must not be enabled again; null when it may be. */
export function findInterference(
  agents: Pick<PanelAgents, 'isTouched'>,
  user: ListedUser,
  { prior }: Pick<EvidenceRecord, 'prior'>,
  { recorded }: Pick<AgentPlanInput, 'recorded'>,
): 'moved' | 'touched' | null {
  if (!recorded.hierarchy.isSameOwner(user.owner, (prior as DisabledUser).owner)) return 'moved';
  return agents.isTouched(user, prior) ? 'touched' : null;
}

/** Disabling first, and users that are served now before others; then by agent and user, for a stable order. */
function inOrder(a: Step, b: Step): number {
  const agent = ({ payload }: Step): string => (payload as { agent: string }).agent;
  const rank = ({ type, prior }: Step): number =>
    type === AGENT_STEPS.enable ? 2 : (prior as { active?: boolean | null }).active === false ? 1 : 0;
  return rank(a) - rank(b) || compareText(agent(a), agent(b)) || compareText(a.target, b.target);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
