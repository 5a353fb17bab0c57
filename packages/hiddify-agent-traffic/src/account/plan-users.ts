import {
  type AgentPlan,
  type AgentPlanInput,
  type AgentTraffic,
  newStep,
  type ServiceUser,
  type Step,
} from '@sluice/panel-kind';
import { findSubjectAgent, type EvidenceRecord, type HoldRecord } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { AgentHolds } from './agent-holds.js';
import { type DroppedUser, listNotices } from './notices.js';
import type { ObservedList, RecordedList } from './record-list.js';
import type { AgentHierarchy } from './hierarchy.js';
import { isSuspension } from './suspensions.js';
import {
  ACTION_TYPES,
  type AddressableUser,
  isAddressable,
  isTouched,
  toObservedUser,
  USER_EVIDENCE,
  type UserPrior,
  WITH_AGENT,
  withReadUser,
} from './user-actions.js';

/** The input of a plan, with the lists of this package. */
export interface PlanInput extends Omit<AgentPlanInput, 'list' | 'recorded'> {
  list: ObservedList;
  recorded: RecordedList;
  agents: readonly AgentTraffic[];
}

/** Further steps wait for the next run. */
const MOST_STEPS = 1000;

/** Payload of a step on an agent's user. */
export interface AgentStepPayload {
  agent: string;
  why: string;
  /** Owner of the user when the step was planned. */
  owner: string | null;
  /** Of a user that is enabled again: its fingerprint when it was disabled. */
  fingerprint?: string;
}

/**
 * Plans which users to disable because an agent above them is over or suspended, and which to enable again because none is any
 * more.
 *
 * @param most how many steps the plan has at most
 */
export function planUsers(input: PlanInput, most = MOST_STEPS): AgentPlan {
  const found = new UserPlan(input);
  for (const user of input.list.users) if (isAddressable(user)) found.add(user);
  found.addUnlisted();
  const { steps, moves, endedEvidence, serviceUsers } = found;
  steps.sort(inOrder);
  return {
    steps: steps.slice(0, most),
    left: Math.max(0, steps.length - most),
    moves,
    endedEvidence,
    serviceUsers,
    notices: listNotices(input, found.dropped, found.again, input.agents),
  };
}

/** Collects the steps for the users of a list. */
class UserPlan {
  readonly steps: Step[] = [];
  readonly moves: AgentPlan['moves'] = [];
  readonly endedEvidence: AgentPlan['endedEvidence'] = [];
  readonly serviceUsers: ServiceUser[] = [];
  readonly dropped: DroppedUser[] = [];
  /** Users that another tool enabled while their agent is over or suspended, by that agent. */
  readonly again = new Map<string, number>();
  readonly #input: PlanInput;
  readonly #evidence: Map<string, EvidenceRecord>;
  readonly #holds: AgentHolds;
  readonly #seen = new Set<string>();

  constructor(input: PlanInput) {
    this.#input = input;
    this.#evidence = ownEvidence(input);
    this.#holds = new AgentHolds(input.holds, input.recorded);
  }

  add(user: AddressableUser): void {
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

  #addEnabled(user: AddressableUser, evidence: EvidenceRecord | undefined, chain: readonly string[]): void {
    const due = this.#holds.findDisabling(user.owner, chain);
    if (due === null) {
      if (evidence === undefined) return;
      if (!this.#input.list.unread.has(user.uuid)) this.#drop(evidence, 'enabled-by-others');
      // The step reads the user, and says where that fails again.
      else if (this.#holds.listKeeping(user.owner, chain).length === 0) this.steps.push(enablingStep(user, evidence));
      return;
    }
    const { agent, hold } = due;
    if (evidence !== undefined) {
      // New evidence begins with the user's present state, so that changes made meanwhile stay.
      this.endedEvidence.push({ evidence: evidence.id, outcome: 'enabled-by-others' });
      this.again.set(agent, (this.again.get(agent) ?? 0) + 1);
    }
    const figures = isSuspension(hold) ? { why: 'agent-suspended' } : this.#figures(agent);
    this.steps.push(disablingStep(user, agent, hold, figures));
  }

  #addDisabled(user: AddressableUser, evidence: EvidenceRecord, chain: readonly string[]): void {
    const interference = findInterference(user, evidence, this.#input.recorded.hierarchy);
    const keeping = this.#holds.listKeeping(user.owner, chain);
    if (interference !== null) this.#drop(evidence, interference);
    else if (keeping.length === 0) this.steps.push(enablingStep(user, evidence));
    else if (!this.#holds.isKept(user.owner, evidence, keeping)) {
      const next = this.#holds.findFirst(user.owner, keeping);
      if (next !== null && next.id !== evidence.hold) this.moves.push({ evidence: evidence.id, hold: next.id });
    }
  }

  #serviceUser(user: AddressableUser, evidence: EvidenceRecord | null, chain: readonly string[]): ServiceUser {
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
    this.dropped.push({ evidence: evidence.id, name: (evidence.prior as UserPrior).name, outcome });
  }

  #figures(agent: string): Pick<UserPrior, 'usedBytes' | 'limitBytes'> {
    const { usedBytes = null, limitBytes = null } = this.#input.agents.find(({ uuid }) => uuid === agent) ?? {};
    return { usedBytes, limitBytes };
  }
}

/** Returns why the evidence of a user that is not in the list ends; null while the user is only hidden. */
export function findAbsence({ recorded }: Pick<PlanInput, 'recorded'>, uuid: string): 'touched' | 'gone' | null {
  const entry = recorded.ledger.entries.get(uuid);
  // The ledger continues under another uuid that the user was given.
  if (entry === undefined) return 'touched';
  return entry.gone ? 'gone' : null;
}

/** Open evidence of the agents' own holds, by user. */
export function ownEvidence({ records }: PlanInput): Map<string, EvidenceRecord> {
  const own = records.evidence.filter(({ service }) => findSubjectAgent(service) !== null);
  return new Map(own.map((item) => [item.target, item]));
}

/** Returns why a user that Sluice disabled must not be enabled again; null when it may be. */
export function findInterference(
  user: HiddifyUser,
  { prior }: Pick<EvidenceRecord, 'prior'>,
  hierarchy: AgentHierarchy,
): 'moved' | 'touched' | null {
  const { owner, fingerprint } = prior as UserPrior;
  if (!hierarchy.isSameOwner(user.owner, owner)) return 'moved';
  return fingerprint !== undefined && isTouched(user, fingerprint) ? 'touched' : null;
}

function disablingStep(
  user: AddressableUser,
  agent: string,
  { id: hold }: HoldRecord,
  { why = 'agent-over-limit', ...figures }: Pick<UserPrior, 'usedBytes' | 'limitBytes'> & { why?: string },
): Step {
  const { name, owner } = user;
  const prior: UserPrior = { name, enabled: true, owner, restriction: WITH_AGENT, ...figures };
  const payload: AgentStepPayload = { agent, why, owner };
  return {
    ...newStep(ACTION_TYPES.disable, user.uuid),
    hold,
    prior: { name, ...toObservedUser(user) },
    payload,
    begins: withReadUser({ kind: USER_EVIDENCE, target: user.uuid, prior }, user),
  };
}

/** Returns the step that enables a user again and ends its evidence. */
export function enablingStep(
  user: AddressableUser,
  { id, hold, service, prior }: EvidenceRecord,
  why = 'agent-within-limit',
): Step {
  const { fingerprint } = prior as UserPrior;
  const payload: AgentStepPayload = {
    agent: findSubjectAgent(service) ?? '',
    why,
    owner: user.owner,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
  const before = { name: user.name, ...toObservedUser(user) };
  return { ...newStep(ACTION_TYPES.enable, user.uuid), hold, prior: before, payload, ends: [id] };
}

/** Disabling first, and users that are served now before others; then by agent and user, for a stable order. */
function inOrder(a: Step, b: Step): number {
  const agent = ({ payload }: Step): string => (payload as AgentStepPayload).agent;
  const rank = ({ type, prior }: Step): number =>
    type === ACTION_TYPES.enable ? 2 : (prior as { active?: boolean | null }).active === false ? 1 : 0;
  return rank(a) - rank(b) || compareText(agent(a), agent(b)) || compareText(a.target, b.target);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
