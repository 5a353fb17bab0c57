import type {
  AccountingMode,
  ActionRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  EvidenceRecord,
  HoldRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import type { RaiseOrder, WantedUser } from './budget.js';
import type { ItemError } from './errors.js';
import type { Observation } from './observation.js';
import type { ApplyContext, Plan, Step, StepOutcome } from './plan.js';

/** What a way of keeping limits can do and how it counts. */
export interface AgentSemantics {
  kind: 'sluice' | 'addon';
  accounting: AccountingMode;
  /** A limit of 0 allows nothing (true), or is no limit. */
  zeroIsNothing: boolean;
  /** The check of one creation is safe against another one at the same time. */
  atomicCreation: boolean;
  /** Users that were disabled are given back. */
  restores: boolean;
  /** The limits of those above an agent count too. */
  ancestors: boolean;
  /** Resets and deletions do not lower what was used. */
  ledger: boolean;
}

/** An account above an agent. */
export interface AgentAncestor {
  /** Null for the account of the configured key. */
  uuid: string | null;
  name: string;
  limitBytes: number | null;
}

/** An agent's traffic. `usedBytes` is the figure of the accounting in force. */
export interface AgentTraffic {
  uuid: string;
  name: string;
  /** Null: no limit. */
  limitBytes: number | null;
  allocatedBytes: number;
  usedBytes: number;
  /** Never negative; null without a limit. */
  remainingBytes: number | null;
  exceeded: boolean;
  /** Sub-agents' users included. */
  users: number;
  usersDisabledByUs: number;
  accounting: AccountingMode;
  period: { start: string; end: string | null } | null;
  /** Percent marks announced in this period. */
  thresholds: number[];
  /** From the direct parent upwards. */
  ancestors: AgentAncestor[];
  /** Reserved for users that are being made or have not used it yet. */
  reservedBytes: number;
  /** Stable word: why the agent is in its state. */
  rule: string;
  /** Since when its users are kept disabled. */
  heldSince: string | null;
  /** When the figures were read. */
  at: string;
}

/** Whether a user of some size may be made, and by whose limit. */
export interface CreationCheck {
  allowed: boolean;
  /** Sentence that names the agent whose limit decides; null when allowed. */
  reason: string | null;
  /** What still fits under the tightest limit; null when none in the chain has a limit. */
  remainingBytes: number | null;
  /** Uuid of the agent with the least left; null when none has a limit. */
  binding: string | null;
}

/** What an add-on on the panel reports of an agent. */
export interface AddonAgent {
  uuid: string;
  name: string;
  limitBytes: number | null;
  usedBytes: number;
  remainingBytes: number | null;
  exceeded: boolean;
  users: number;
}

/** Limits of agents as an add-on on the panel keeps them. */
export interface AgentAddon {
  readonly semantics: AgentSemantics;
  listAgents(): Promise<AddonAgent[]>;
  getAgent(agent: string): Promise<AddonAgent>;
  /** Whole bytes, or null for none. */
  setTrafficLimit(agent: string, limitBytes: number | null): Promise<AddonAgent>;
  canCreateUserWithTraffic(agent: string, newBytes: number): Promise<CreationCheck>;
  /** Checks one agent and disables its users when it is over. */
  checkAgent(agent: string): Promise<unknown>;
  checkAllAgents(): Promise<unknown>;
}

/** All that is stored of a panel's agents, at one moment. */
export interface AgentMemory {
  agents: readonly AgentRecord[];
  /** Reservations that are not closed. */
  reservations: readonly AgentReservationRecord[];
  snapshot: AgentSnapshotRecord | null;
  /** Open holds of the agents. */
  holds: readonly HoldRecord[];
  /** Open evidence of users that are disabled for an agent: of the agents' holds, and of services' holds for an agent. */
  evidence: readonly EvidenceRecord[];
  /** The instant by which periods begin and end. */
  periodNow: string;
}

/** Why nothing may be concluded from what the panel answered. */
export interface ListProblem {
  code: string;
  message: string;
  cause?: unknown;
}

/** The lists of agents and users as read once; the rest of it is the adapter's. */
export interface AgentList {
  /** When the list of users was asked for. */
  at: string;
}

/** What one good list comes to. */
export interface RecordedAgents {
  /** Every agent, known before or new, after this list. */
  agents: Map<string, AgentRecord>;
  users: { changed: AgentUserRecord[]; removed: string[] };
  /** Reservations that change. */
  reservations: AgentReservationRecord[];
  snapshot: AgentSnapshotRecord;
  /** Marks that were reached and not announced before. */
  crossed: { agent: string; percent: number }[];
  /** What follows from each agent's limit. */
  standing: Map<string, AgentStanding>;
}

/** What follows from an agent's limit for the users below it. */
export interface AgentStanding {
  /** `over` disables them; `free` gives back what was disabled; `keep` does neither. */
  force: 'over' | 'keep' | 'free';
  /** The limit is in force: the agent counts for the brake. */
  counts: boolean;
}

/** A user that belongs to a service: no step is planned for it, this says what the limits above it ask for. */
export interface ServiceUser {
  uuid: string;
  name: string;
  owner: string | null;
  enabled: boolean;
  force: AgentStanding['force'];
  /** The agent that is over, or that keeps; null when it is free. */
  agent: string | null;
  /** The agents above it, its owner first. */
  chain: string[];
  /** Our open evidence from before the user belonged to a service. */
  evidence: EvidenceRecord | null;
}

/** Something that somebody should hear of; `key` is the same for the same event. */
export interface AgentNotice {
  key: string;
  code: string;
  message: string;
}

/** What a plan for the agents' users is made from. */
export interface AgentPlanInput {
  memory: AgentMemory;
  list: AgentList;
  recorded: RecordedAgents;
  /** Holds of agents that are in force, those that begin with this run included. */
  holds: readonly HoldRecord[];
  /** Uuids of users that belong to services. */
  serviceUsers: ReadonlySet<string>;
  /** Steps for the users below this agent only. */
  agent: string | null;
}

/** The steps for the users of agents. */
export interface AgentPlan extends Pick<Plan, 'steps' | 'moves'> {
  /** Evidence that ends without a call, and how. */
  settle: { evidence: string; outcome: string }[];
  /** Steps beyond the bound of one run. */
  left: number;
  serviceUsers: ServiceUser[];
  notices: AgentNotice[];
}

/** Who is given back by name, and who stays disabled and why. */
export interface RestorePlan {
  steps: Step[];
  left: { uuid: string; name: string; outcome: string }[];
}

/** Where an agent's ledger begins: with what its users show, with nothing, or with so many bytes. */
export type LedgerOpening = 'current' | 'zero' | { bytes: number };

/** A limit to set. */
export interface AgentLimit {
  /** Uuid or unambiguous name. */
  agent: string;
  /** Whole bytes; 0 allows nothing; null takes the limit away. */
  limitBytes: number | null;
  /** Default `current` at the first limit, and the ledger as it is later; given, the ledger begins again. */
  opening?: LedgerOpening;
}

/** A user to be made for an agent. */
export interface AgentUserRequest {
  name: string;
  limitBytes: number;
  packageDays?: number;
  mode?: string;
  comment?: string;
  startDate?: string;
  telegramId?: number;
}

/** What the panel shows of a reservation whose maker is gone. */
export type ReservationState = 'settled' | 'not-created' | 'not-raised' | 'unknown' | 'half-made';

/** Agents of a panel: resellers with a traffic budget for all of their users. */
export interface PanelAgents {
  readonly semantics: AgentSemantics;
  /** The restriction of a service whose agent is over its limit. */
  readonly serviceRestriction: string;
  /** The add-on that keeps the limits where the config says so; null: Sluice keeps them. */
  addon(): Promise<AgentAddon | null>;
  /** Reads the lists; a failed or odd answer is a problem, never an empty list. */
  read(
    last: AgentSnapshotRecord | null,
    options: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<AgentList | ListProblem>;
  /** Completes a list by what only single calls tell. */
  complete(
    list: AgentList,
    known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
    signal: AbortSignal,
  ): Promise<AgentList | ListProblem>;
  /** Pure: what is to be stored after a list. `actions`: the panel's journal since `recordsSince`. */
  record(
    list: AgentList,
    known: { memory: AgentMemory; users: readonly AgentUserRecord[]; actions: readonly ActionRecord[] },
    at: { now: string; run: string | null },
  ): RecordedAgents;
  /** Pure: since when the journal has to be known to record a list. */
  recordsSince(last: AgentSnapshotRecord): string;
  /** Pure: the steps that follow from the agents' limits. */
  plan(input: AgentPlanInput): AgentPlan;
  /** Pure: gives back the users below an agent (null: all); `force` also while a limit above them is exceeded. */
  planRestore(input: AgentPlanInput, force: boolean): RestorePlan;
  /** Pure: disables every enabled user below an agent for its hold. */
  planDisabling(input: AgentPlanInput, hold: HoldRecord): Step[];
  /** Pure: the agents as they are shown, by uuid. */
  describe(memory: AgentMemory): AgentTraffic[];
  /** Pure: why an agent is in its state. */
  explain(agent: AgentTraffic, now: string): string;
  /**
   * Pure: the agent of that uuid or unambiguous name.
   *
   * @throws SluiceError `unknown_agent`, `ambiguous_agent`
   */
  find(text: string, memory: AgentMemory): AgentRecord;
  /** Pure: the agent and those above it. */
  chainOf(agent: string, memory: AgentMemory): string[];
  /** Pure: whether so many bytes more fit under the limit of every agent of a chain. */
  check(memory: AgentMemory, chain: readonly string[], bytes: number): CreationCheck;
  /**
   * Pure: the agents with these limits; an agent that is named twice has the last one.
   *
   * @throws SluiceError `invalid_limit`, `unknown_agent`, `ambiguous_agent`, `not_an_agent`
   */
  withLimits(memory: AgentMemory, limits: readonly AgentLimit[], now: string): AgentRecord[];
  /** Pure but for the uuid: a user to be made. Throws where the panel could not take it. */
  newUser(request: AgentUserRequest): WantedUser;
  /** Pure: what a raise reserves, beside an earlier one of the same user, and the key that it is stored under. */
  raise(
    memory: AgentMemory,
    order: RaiseOrder,
    known: { earlier: AgentReservationRecord | null; user: AgentUserRecord | null },
  ): { bytes: number; wanted: unknown; check: CreationCheck };
  /** Pure: the key of a user's raise. */
  raiseKey(user: string): string;
  /** Reads what became of a reservation; with `again` twice, since a last request may be on its way. */
  look(reservation: AgentReservationRecord, again: boolean): Promise<ReservationLook>;
  /** Performs one step on an agent's user and reads back. Never throws for what the panel answers. */
  apply(step: Step, context: ApplyContext): Promise<StepOutcome>;
  /** Reads one user. */
  observe(user: string): Promise<Observation>;
  /** Pure: how an action on a user ended. */
  resolve(action: ActionRecord, observation: Observation): StepOutcome | null;
  /** Pure: the uuid of a service's user; null where it names none. */
  userOf(service: Pick<ServiceRecord, 'refs'>): string | null;
}

/** What was found of a reservation. */
export interface ReservationLook {
  state: ReservationState;
  /** Of a user that the panel left half-made: the step that completes it, and the one that removes it where that fails. */
  repair: [complete: Step, remove: Step] | null;
  error: ItemError | null;
}

/** Types of the steps on agents' users. */
export const AGENT_STEPS = {
  create: 'create-user',
  delete: 'delete-user',
  disable: 'disable-user',
  enable: 'enable-user',
} as const;

/** Whether reading the lists has failed. */
export function isListProblem(value: AgentList | ListProblem): value is ListProblem {
  return 'code' in value;
}
