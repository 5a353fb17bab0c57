import type { AgentPlan, AgentPlanInput, AgentTraffic, RestorePlan, ServiceUser, Step } from '@sluice/panel-kind';
import { findSubjectAgent, type EvidenceRecord, type HoldRecord } from '@sluice/quota-core';
import type { HiddifyUser } from '../client/records.js';
import { type DroppedUser, listNotices } from './notices.js';
import type { ObservedList, RecordedList } from './record-list.js';
import {
  ACTION_TYPES,
  type AddressableUser,
  toFingerprint,
  toObservedUser,
  USER_EVIDENCE,
  type UserPrior,
  WITH_AGENT,
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

/** Plans which users to disable because an agent above them is over, and which to enable again because none is any more. */
export function planUsers(input: PlanInput): AgentPlan {
  const found = new UserPlan(input);
  for (const user of input.list.users) if (user.uuid !== null) found.add({ ...user, uuid: user.uuid });
  found.addUnlisted();
  const { steps, moves, endedEvidence, serviceUsers } = found;
  steps.sort(inOrder);
  return {
    steps: steps.slice(0, MOST_STEPS),
    left: Math.max(0, steps.length - MOST_STEPS),
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
  /** Users that another tool enabled while their agent is over, by that agent. */
  readonly again = new Map<string, number>();
  readonly #input: PlanInput;
  readonly #evidence: Map<string, EvidenceRecord>;
  readonly #holds: Map<string, HoldRecord>;
  readonly #seen = new Set<string>();

  constructor(input: PlanInput) {
    this.#input = input;
    this.#evidence = ownEvidence(input);
    this.#holds = new Map(input.holds.map((hold) => [hold.id, hold]));
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
      if (this.#seen.has(uuid)) continue;
      const entry = this.#input.recorded.ledger.entries.get(uuid);
      // The ledger continues under another uuid that the user was given.
      if (entry === undefined) this.#drop(evidence, 'touched');
      // A user that is only hidden from the list keeps its evidence.
      else if (entry.gone) this.#drop(evidence, 'gone');
    }
  }

  #addEnabled(user: AddressableUser, evidence: EvidenceRecord | undefined, chain: readonly string[]): void {
    const over = chain.find((agent) => this.#force(agent) === 'over');
    const isDue = over !== undefined && !this.#input.recorded.exempt.has(user.owner ?? '');
    const isManual = evidence !== undefined && this.#holds.get(evidence.hold)?.reason === 'manual';
    if (evidence !== undefined && (!isDue || isManual)) this.#drop(evidence, 'enabled-by-others');
    else if (evidence !== undefined && over !== undefined) {
      // New evidence begins with the user's present state, so that changes made meanwhile stay.
      this.endedEvidence.push({ evidence: evidence.id, outcome: 'enabled-by-others' });
      this.again.set(over, (this.again.get(over) ?? 0) + 1);
    }
    if (isDue) this.steps.push(disablingStep(user, over, this.#findHold(over), this.#figures(over)));
  }

  #addDisabled(user: AddressableUser, evidence: EvidenceRecord, chain: readonly string[]): void {
    const hold = this.#holds.get(evidence.hold);
    if (hold?.reason === 'manual') return;
    const interference = findInterference(user, evidence);
    const holder = chain.find((agent) => this.#force(agent) !== 'free');
    if (interference !== null) this.#drop(evidence, interference);
    else if (holder === undefined) this.steps.push(enablingStep(user, evidence));
    else if (this.#force(findSubjectAgent(evidence.service) ?? '') === 'free') {
      const next = this.#findHold(holder);
      if (next !== null && next.id !== evidence.hold) this.moves.push({ evidence: evidence.id, hold: next.id });
    }
  }

  #serviceUser(user: AddressableUser, evidence: EvidenceRecord | null, chain: readonly string[]): ServiceUser {
    const { uuid, name, owner, enabled } = user;
    const isExempt = this.#input.recorded.exempt.has(owner ?? '');
    const over = isExempt ? undefined : chain.find((agent) => this.#force(agent) === 'over');
    const keeper = over ?? chain.find((agent) => this.#force(agent) !== 'free');
    const force = over !== undefined ? 'over' : keeper !== undefined ? 'keep' : 'free';
    return { uuid, name, owner, enabled, force, agent: keeper ?? null, chain: [...chain], evidence };
  }

  #drop(evidence: EvidenceRecord, outcome: string): void {
    this.endedEvidence.push({ evidence: evidence.id, outcome });
    this.dropped.push({ evidence: evidence.id, name: (evidence.prior as UserPrior).name, outcome });
  }

  #force(agent: string): 'over' | 'keep' | 'free' {
    return this.#input.recorded.standing.get(agent)?.force ?? 'free';
  }

  #findHold(agent: string): HoldRecord | null {
    const holds = this.#input.holds.filter(({ service }) => findSubjectAgent(service) === agent);
    return holds.find(({ reason }) => reason === 'agent-limit') ?? null;
  }

  #figures(agent: string): Pick<UserPrior, 'usedBytes' | 'limitBytes'> {
    const { usedBytes = null, limitBytes = null } = this.#input.agents.find(({ uuid }) => uuid === agent) ?? {};
    return { usedBytes, limitBytes };
  }
}

/** Open evidence of the agents' own holds, by user. */
function ownEvidence({ records }: PlanInput): Map<string, EvidenceRecord> {
  const own = records.evidence.filter(({ service }) => findSubjectAgent(service) !== null);
  return new Map(own.map((item) => [item.target, item]));
}

/** Returns why a user that Sluice disabled must not be enabled again; null when it may be. */
export function findInterference(
  user: HiddifyUser,
  { prior }: Pick<EvidenceRecord, 'prior'>,
): 'moved' | 'touched' | null {
  const { owner, fingerprint } = prior as UserPrior;
  if (user.owner !== owner) return 'moved';
  return fingerprint === undefined || toFingerprint(user) === fingerprint ? null : 'touched';
}

/** Plans which users `restore` enables, and which it leaves and why. */
export function planRestore(input: PlanInput, force: boolean): RestorePlan {
  const { recorded, agent } = input;
  const users = new Map(input.list.users.map((user) => [user.uuid, user]));
  const plan: RestorePlan = { steps: [], left: [] };
  for (const [uuid, evidence] of ownEvidence(input)) {
    const user = users.get(uuid);
    if (user === undefined) continue;
    const chain = recorded.hierarchy.listChain(user.owner);
    if (agent !== null && !chain.includes(agent) && findSubjectAgent(evidence.service) !== agent) continue;
    const interference = user.enabled ? 'enabled-by-others' : findInterference(user, evidence);
    // A sub-agent may still be over.
    const isHeld = chain.some((above) => recorded.standing.get(above)?.force === 'over');
    const outcome = interference ?? (isHeld && !force ? 'still-over' : null);
    if (outcome !== null) plan.left.push({ uuid, name: (evidence.prior as UserPrior).name, outcome });
    else plan.steps.push(enablingStep({ ...user, uuid }, evidence, 'ordered'));
  }
  return plan;
}

/** Plans to disable every enabled user below an agent for its hold. */
export function planDisabling(input: PlanInput, hold: HoldRecord): Step[] {
  const agent = findSubjectAgent(hold.service) ?? '';
  return input.list.users.flatMap((user) => {
    if (!user.enabled || user.uuid === null || !input.recorded.hierarchy.listChain(user.owner).includes(agent))
      return [];
    return [disablingStep({ ...user, uuid: user.uuid }, agent, hold, { why: 'ordered' })];
  });
}

function disablingStep(
  user: AddressableUser,
  agent: string,
  hold: HoldRecord | null,
  { why = 'agent-over-limit', ...figures }: Pick<UserPrior, 'usedBytes' | 'limitBytes'> & { why?: string },
): Step {
  const { name, owner } = user;
  const fingerprint = toFingerprint(user);
  const prior: UserPrior = { name, enabled: true, owner, restriction: WITH_AGENT, fingerprint, ...figures };
  const payload: AgentStepPayload = { agent, why, owner };
  return {
    type: ACTION_TYPES.disable,
    target: user.uuid,
    hold: hold?.id ?? null,
    prior: { name, ...toObservedUser(user) },
    payload,
    ends: [],
    begins: { kind: USER_EVIDENCE, target: user.uuid, prior },
  };
}

function enablingStep(
  user: AddressableUser,
  { id, hold, service, prior }: EvidenceRecord,
  why = 'agent-within-limit',
): Step {
  const { fingerprint, owner } = prior as UserPrior;
  const payload: AgentStepPayload = {
    agent: findSubjectAgent(service) ?? '',
    why,
    owner,
    ...(fingerprint === undefined ? {} : { fingerprint }),
  };
  return {
    type: ACTION_TYPES.enable,
    target: user.uuid,
    hold,
    prior: { name: user.name, ...toObservedUser(user) },
    payload,
    ends: [id],
    begins: null,
  };
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
