import type {
  AccountingMode,
  ActionRecord,
  AgentDoubt,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  EvidenceRecord,
  HoldRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import type { RaiseRequest, WantedUser } from './budget.js';
import type { ItemError } from './errors.js';
import type { ApplyContext, Observation, Plan, Step, StepOutcome } from './plan.js';

/** How the limits of agents are kept: what that can do, and how it counts. */
export interface AgentSemantics {
  kind: 'sluice' | 'addon';
  accounting: AccountingMode;
  /** Whether a limit of 0 allows nothing; otherwise 0 means unlimited. */
  zeroIsNothing: boolean;
  /** Whether two creations at once can't exceed a limit together. */
  atomicCreation: boolean;
  /** Whether disabled users are enabled again. */
  restores: boolean;
  /** Whether the limits of an agent's ancestors count too. */
  ancestors: boolean;
  /** Whether usage survives resets and deletions. */
  ledger: boolean;
}

/** An ancestor of an agent. */
export interface AgentAncestor {
  /** Null for the account of the configured key. */
  uuid: string | null;
  name: string;
  limitBytes: number | null;
}

/** The suspension of an agent by an operator. */
export interface AgentSuspension {
  since: string;
  /** Who suspended it; null where that is not stored. */
  by: string | null;
  note: string | null;
}

/** Users that are kept disabled for the limit or the suspension of one agent. */
export interface DisabledUsers {
  /** That agent. */
  uuid: string;
  name: string;
  reason: 'limit' | 'suspension';
  users: number;
}

/** The traffic of an agent; `usedBytes` counts by `accounting`. */
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
  /** Usage that would exceed the limit by one jump, and is not used until the next list confirms it; null for none. */
  doubted: Pick<AgentDoubt, 'at' | 'usedBytes'> | null;
  /** Sub-agents' users included. */
  users: number;
  /** The enabled ones of them, no matter who disabled the others. */
  enabledUsers: number;
  /** Sub-agents' users included, no matter for which agent. */
  usersDisabledByUs: number;
  /** Those users by the agent that they are disabled for: this one, one below or one above it. */
  disabledFor: DisabledUsers[];
  accounting: AccountingMode;
  period: { start: string; end: string | null } | null;
  /** Thresholds (percent) announced in this period. */
  thresholds: number[];
  /** From the direct parent upwards. */
  ancestors: AgentAncestor[];
  /** Reserved for users that are being created or have not used it yet. */
  reservedBytes: number;
  /** Stable code of why the agent is in its state. */
  rule: string;
  /** Since when its users are disabled for its limit; null while they are not. */
  heldSince: string | null;
  /** Null while no operator suspends the agent itself. */
  suspended: AgentSuspension | null;
  /** When the figures were read. */
  at: string;
}

/** Whether a user of some size may be created, and whose limit decides. */
export interface CreationCheck {
  allowed: boolean;
  /** A sentence that names the agent whose limit is too small; null when allowed. */
  reason: string | null;
  /** Bytes left under the tightest limit; null when no agent of the chain has one. */
  remainingBytes: number | null;
  /** Uuid of the agent with the least bytes left; null when none has a limit. */
  binding: string | null;
  /** Name of the agent that is suspended, where that is why no user may be created. */
  suspended?: string | null;
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

/** Limits of agents that an add-on on the panel keeps. */
export interface AgentAddon {
  readonly semantics: AgentSemantics;
  listAgents(): Promise<AddonAgent[]>;
  getAgent(agent: string): Promise<AddonAgent>;
  /** Whole bytes, or null for none. */
  setTrafficLimit(agent: string, limitBytes: number | null): Promise<AddonAgent>;
  canCreateUserWithTraffic(agent: string, newBytes: number): Promise<CreationCheck>;
  /** Checks one agent, and disables its users when it is over its limit. */
  checkAgent(agent: string): Promise<unknown>;
  checkAllAgents(): Promise<unknown>;
}

/** Everything stored about the agents of a panel. */
export interface AgentRecords {
  agents: readonly AgentRecord[];
  /** Reservations that are not closed. */
  reservations: readonly AgentReservationRecord[];
  snapshot: AgentSnapshotRecord | null;
  /** Open holds of the agents. */
  holds: readonly HoldRecord[];
  /** Open evidence of users disabled for an agent, under the agent's own hold or the `agent-limit` hold of a service. */
  evidence: readonly EvidenceRecord[];
  /** Who suspended agents, by the ids of the holds. */
  actors?: ReadonlyMap<string, string>;
  /** The instant that decides in which period an agent is. */
  periodNow: string;
}

/** Why the lists of a panel can't be used. */
export interface ListProblem {
  code: string;
  message: string;
  cause?: unknown;
}

/** The lists of agents and users from one reading; further members belong to the adapter. */
export interface AgentList {
  /** When the list of users was requested. */
  at: string;
}

/** The changes that one list makes to what is stored. */
export interface RecordedAgents {
  /** All agents, known and new, by uuid. */
  agents: Map<string, AgentRecord>;
  users: { changed: AgentUserRecord[]; removed: string[] };
  /** Reservations that change. */
  reservations: AgentReservationRecord[];
  snapshot: AgentSnapshotRecord;
  /** Thresholds that were reached and not announced yet. */
  crossed: { agent: string; percent: number }[];
  /** Consequences of each agent's limit, by uuid. */
  standing: Map<string, AgentStanding>;
}

/** What an agent's limit requires for the users below it. */
export interface AgentStanding {
  /** `over` disables them, `free` enables those that were disabled, `keep` changes nothing. */
  force: 'over' | 'keep' | 'free';
  /** Whether the agent has a limit in force, and so counts for the brake. */
  counts: boolean;
  /** Usage that would exceed its limit by one jump, and is not used; null where nothing is doubted. */
  doubted: AgentDoubt | null;
}

/** A user that belongs to a service: its service is held or released instead of a step for the user. */
export interface ServiceUser {
  uuid: string;
  name: string;
  owner: string | null;
  enabled: boolean;
  force: AgentStanding['force'];
  /** The agent whose limit decides; null when the user is free. */
  agent: string | null;
  /** The nearest suspended agent above it; null when there is none. */
  suspended: string | null;
  /** The agents above it, starting with its owner. */
  chain: string[];
  /** Our open evidence from before the user belonged to a service. */
  evidence: EvidenceRecord | null;
}

/** A notice for the operator; the same event always has the same `key`. */
export interface AgentNotice {
  key: string;
  code: string;
  message: string;
}

/** Input of a plan for the users of agents. */
export interface AgentPlanInput {
  records: AgentRecords;
  list: AgentList;
  recorded: RecordedAgents;
  /** Holds of agents in force, including those that start with this run. */
  holds: readonly HoldRecord[];
  /** Uuids of users that belong to services. */
  serviceUsers: ReadonlySet<string>;
  /** Uuid of the only agent to plan for; null: all. */
  agent: string | null;
}

/** The steps for the users of agents. */
export interface AgentPlan extends Pick<Plan, 'steps' | 'moves'> {
  /** Evidence that ends without a call, and its outcome. */
  endedEvidence: { evidence: string; outcome: string }[];
  /** How many steps are left to the next run. */
  left: number;
  serviceUsers: ServiceUser[];
  notices: AgentNotice[];
}

/** The steps that enable users again, and the users that stay disabled and why. */
export interface RestorePlan extends Pick<AgentPlan, 'steps' | 'moves' | 'endedEvidence'> {
  left: { uuid: string; name: string; outcome: string }[];
}

/** Opening balance of an agent's ledger: the current usage of its users, zero, or a number of bytes. */
export type LedgerOpening = 'current' | 'zero' | { bytes: number };

/** A limit to set. */
export interface AgentLimit {
  /** Uuid or unambiguous name. */
  agent: string;
  /** Whole bytes; 0 allows nothing; null removes the limit. */
  limitBytes: number | null;
  /** Default: `current` for the first limit, unchanged later. Passing one restarts the ledger. */
  opening?: LedgerOpening;
}

/** A user to create for an agent. */
export interface AgentUserRequest {
  name: string;
  limitBytes: number;
  packageDays?: number;
  mode?: string;
  comment?: string;
  startDate?: string;
  telegramId?: number;
}

/** What the panel shows for a reservation. */
export type ReservationState = 'settled' | 'not-created' | 'not-raised' | 'unknown' | 'half-made';

/** Agents of a panel: resellers with a traffic budget for all their users. */
export interface PanelAgents {
  readonly semantics: AgentSemantics;
  /** The restriction of a service whose agent is over its limit. */
  readonly serviceRestriction: string;
  /** Returns the add-on that keeps the limits where the config says so; null: Sluice keeps them. */
  addon(): Promise<AgentAddon | null>;
  /** Reads the lists; a failed or implausible answer is a problem, never an empty list. */
  read(
    last: AgentSnapshotRecord | null,
    options: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<AgentList | ListProblem>;
  /** Completes a list with what only single calls return. */
  complete(
    list: AgentList,
    known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
    signal: AbortSignal,
  ): Promise<AgentList | ListProblem>;
  /** Pure: computes what to store after a list. `actions` is the panel's journal since `recordsSince`; `jump` is the share of
   * a limit above which growth in one list is doubted, null for none. */
  record(
    list: AgentList,
    known: { records: AgentRecords; users: readonly AgentUserRecord[]; actions: readonly ActionRecord[] },
    at: { now: string; run: string | null; jump: number | null },
  ): RecordedAgents;
  /** Pure: returns from which instant on `record` needs the journal. */
  recordsSince(last: AgentSnapshotRecord): string;
  /** Pure: plans the steps that the agents' limits and suspensions require. */
  plan(input: AgentPlanInput): AgentPlan;
  /** Pure: plans to enable the users disabled below an agent (null: all); with `force` also while a limit is exceeded. */
  planRestore(input: AgentPlanInput, force: boolean): RestorePlan;
  /** Pure: plans to disable every enabled user below `input.agent`, which is suspended by one of the holds in force. */
  planSuspension(input: AgentPlanInput): AgentPlan;
  /** Pure: plans to enable the users that were disabled for ended suspensions of `input.agent`, where no other hold needs them. */
  planUnsuspension(input: AgentPlanInput): RestorePlan;
  /** Pure: returns the agents as documents show them. One that is gone is left out, unless it has a limit or a hold, or `also` names it. */
  describe(records: AgentRecords, also?: readonly string[]): AgentTraffic[];
  /** Pure: returns a sentence on why an agent is in its state; `keptBy` is what keeps runs from disabling its users. */
  explain(agent: AgentTraffic, at: { now: string; keptBy: 'observe' | 'brake' | null }): string;
  /**
   * Pure: returns the agent of that uuid or unambiguous name.
   *
   * @throws SluiceError `unknown_agent`, `ambiguous_agent`
   */
  find(text: string, records: AgentRecords): AgentRecord;
  /** Pure: returns the uuids of the agent and its ancestors. */
  listChain(agent: string, records: AgentRecords): string[];
  /** Pure: returns whether `bytes` more fit under the limit of every agent of a chain. */
  check(records: AgentRecords, chain: readonly string[], bytes: number): CreationCheck;
  /**
   * Pure: returns the agents with these limits; the last one counts for an agent that is named twice.
   *
   * @throws SluiceError `invalid_limit`, `unknown_agent`, `ambiguous_agent`, `not_an_agent`
   */
  withLimits(records: AgentRecords, limits: readonly AgentLimit[], now: string): AgentRecord[];
  /** Returns a user to create, with a new uuid. Throws for a user that the panel would refuse. */
  newUser(request: AgentUserRequest): WantedUser;
  /** Pure: returns what a raise reserves in addition to an earlier one of the same user, and whether that fits. */
  raise(
    records: AgentRecords,
    order: RaiseRequest,
    known: { earlier: AgentReservationRecord | null; user: AgentUserRecord | null },
  ): { bytes: number; wanted: unknown; check: CreationCheck };
  /** Pure: returns the key under which a user's raise is reserved. */
  raiseKey(user: string): string;
  /** Reads how a reservation ended; with `again` twice, since the last request may still be on its way. */
  readReservation(reservation: AgentReservationRecord, again: boolean): Promise<ReservationOutcome>;
  /** Performs one step on a user and reads back. Never throws for an answer of the panel. */
  apply(step: Step, context: ApplyContext): Promise<StepOutcome>;
  /** Reads one user. */
  observe(user: string): Promise<Observation>;
  /** Pure: returns how an action on a user ended; null while the observation doesn't show it. */
  resolve(action: ActionRecord, observation: Observation): StepOutcome | null;
  /** Pure: returns the uuid of a service's user; null where the service has none. */
  getServiceUser(service: Pick<ServiceRecord, 'refs'>): string | null;
}

/** How a reservation ended, as far as the panel shows it. */
export interface ReservationOutcome {
  state: ReservationState;
  /** For a half-made user: the step that completes it, and the step that removes it if that fails. */
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

/** Returns whether reading the lists failed. */
export function isListProblem(value: AgentList | ListProblem): value is ListProblem {
  return 'code' in value;
}
