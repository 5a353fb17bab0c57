import type {
  ActionRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import type { RaiseRequest, WantedUser } from './budget.js';
import type { ItemError } from './errors.js';
import type { ApplyContext, Observation, Step, StepOutcome } from './plan.js';
import type { ProductSettings } from './settings.js';
import type { AgentAddon, AgentSemantics } from './agent-addon.js';
import type {
  AgentList,
  AgentPlan,
  AgentPlanInput,
  AgentRecords,
  AgentRename,
  ListProblem,
  RecordedAgents,
  RestorePlan,
} from './agent-plan.js';
import type { AgentTraffic, CreationCheck } from './agent-traffic.js';
import type { AgentEnd } from './limit-end.js';

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
  /** Whether the config says that an add-on keeps the limits. */
  readonly hasAddon: boolean;
  /** Returns the add-on that keeps the limits where the config says so; null: Sluice keeps them. */
  addon(): Promise<AgentAddon | null>;
  /** Reads the lists; a failed or implausible answer is a problem, never an empty list. */
  read(
    last: AgentSnapshotRecord | null,
    options: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<AgentList | ListProblem>;
  /**
   * Completes a list with what only single calls return. `disabled` are the uuids of users that Sluice has disabled: one that the list
   * shows as enabled is read again; where that fails, the figures of the list count, and nothing of Sluice's disabling ends.
   */
  complete(
    list: AgentList,
    known: {
      agents: readonly AgentRecord[];
      users: readonly AgentUserRecord[];
      disabled: ReadonlySet<string>;
    },
    signal: AbortSignal,
  ): Promise<AgentList | ListProblem>;
  /** Pure: returns the agents that have another uuid in the list than in what is stored. */
  findRenames(
    list: AgentList,
    known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
  ): AgentRename[];
  /** Pure: returns the users that the panel lets use as much as they want, by uuid. */
  listUnlimited(list: AgentList): ReadonlyMap<string, Pick<AgentUserRecord, 'limitBytes' | 'panelId'>>;
  /**
   * Pure: computes what to store after a list. `actions` is the panel's journal since `recordsSince`; `sold` is what users without a
   * limit count instead, by uuid; `jump` is the share of a limit above which growth in one list is doubted, null for none.
   */
  record(
    list: AgentList,
    known: {
      records: AgentRecords;
      users: readonly AgentUserRecord[];
      actions: readonly ActionRecord[];
      sold: ReadonlyMap<string, number>;
    },
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
  /**
   * Pure: returns a sentence on why an agent is in its state; `keptBy` is what keeps runs from disabling its users, `keeping` are other
   * agents that keep its users disabled.
   */
  explain(
    agent: AgentTraffic,
    at: { now: string; keptBy: 'observe' | 'brake' | null; keeping: readonly AgentEnd[] },
  ): string;
  /** Pure: returns whether no limit counts for an agent's own users, by the config. */
  isExempt(agent: string, records: AgentRecords): boolean;
  /** Pure: returns for which agent users are disabled, by the ids of their evidence; without those that no agent keeps disabled. */
  listCauses(records: AgentRecords): ReadonlyMap<string, string>;
  /**
   * Pure: returns the agent of that uuid or unambiguous name.
   *
   * @throws SluiceError `unknown_agent`, `ambiguous_agent`
   */
  find(text: string, records: AgentRecords): AgentRecord;
  /** Pure: returns the uuids of the agent and its ancestors. */
  listChain(agent: string, records: AgentRecords): string[];
  /** Pure: returns the reservations that `reservedBytes` of an agent counts. */
  listReserved(agent: string, records: AgentRecords): AgentReservationRecord[];
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
  /**
   * Pure: returns what a service needs of the budget when more is sold to it while its limit on the panel is lifted; null for nothing,
   * as for a user that moves to another agent, whose step needs it. `toBytes` null: no limit.
   */
  toSoldRaise(
    observation: Observation,
    sold: { service: ServiceRecord; product: ProductSettings; fromBytes: number; toBytes: number | null },
  ): RaiseRequest | null;
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
