import type {
  ActionRecord,
  AgentRecord,
  AgentReservationRecord,
  AgentSnapshotRecord,
  AgentUserRecord,
  EvidenceRecord,
  ServiceRecord,
} from '@sluice/quota-core';
import type { AgentRecords, AgentRules, ListedUser, RecordedAgents } from '@sluice/quota-core/agents';
import type { RaiseRequest, WantedUser } from './budget.js';
import type { ItemError } from './errors.js';
import type { ApplyContext, Observation, Step, StepOutcome } from './plan.js';
import type { ProductSettings } from './settings.js';
import type { AgentAddon } from './agent-addon.js';
import type { AgentList, AgentNotice, AgentRename, BareAgentList, ListProblem } from './agent-plan.js';

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
  /** Where its ledger begins with its first limit; of an agent that has a ledger, nothing changes. */
  firstOpening?: LedgerOpening;
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

/** A listed user that can be changed. */
export type KnownListedUser = ListedUser & { uuid: string };

/** For whom a user is disabled. */
export interface UserRestriction {
  agent: string;
  hold: string;
  why: string;
  /** Figures of the agent, where its limit is why. */
  figures: { usedBytes: number | null; limitBytes: number | null } | null;
}

/** What a list shows of one user of an agent. */
export interface AgentUserFacts {
  /** Whether the panel serves it now; null where it does not say. */
  active: boolean | null;
  /** Days of its package; null where the panel does not say. */
  packageDays: number | null;
  /** Last local day (`YYYY-MM-DD`) on which the panel serves it; null before its first use. */
  lastDay: string | null;
  /** Days until then, 0 on the last one and negative once it is over; before its first use those of its package. */
  daysLeft: number | null;
  /** ISO UTC; null where it was never online. */
  lastOnlineAt: string | null;
}

/** More traffic and more days for a user. Whole numbers; 0 leaves one of them as it is. */
export interface UserExtension {
  bytes: number;
  days: number;
}

/** What a user has after an extension. `packageDays` is absent where its days stay. */
export interface ExtendedUser {
  limitBytes: number;
  packageDays?: number;
}

/** What agents do with their single users, beside creating them. */
export interface AgentUserChanges {
  /** Pure: returns what a list shows of a user; `now` is an instant. */
  getFacts(user: ListedUser, now: string): AgentUserFacts;
  /**
   * Pure: returns what a user has after an extension. Days of one whose last day is over count from today.
   * Throws for what the panel would refuse.
   */
  extend(user: ListedUser, by: UserExtension, now: string): ExtendedUser;
  /** Pure: returns the step that extends a user; it is not done where the user is neither as it was read nor extended yet. */
  toExtension(user: KnownListedUser, to: ExtendedUser, agent: string): Step;
  /** Pure: returns the evidence of a disabled user that its extension does not make one that others have changed. */
  afterExtension(user: KnownListedUser, to: ExtendedUser, prior: unknown): unknown;
}

/** What the panel shows for a reservation. */
export type ReservationState = 'settled' | 'not-created' | 'not-raised' | 'unknown' | 'half-made';

/** Agents of a panel: resellers with a traffic budget for all their users. */
export interface PanelAgents {
  /** How the limits are counted and enforced, by the config. */
  readonly rules: AgentRules;
  /** The restriction of a service whose agent is over its limit. */
  readonly serviceRestriction: string;
  /** What agents do with single users; absent where they only create them. */
  readonly users?: AgentUserChanges;
  /** Whether the config says that an add-on keeps the limits. Absent: no. */
  readonly hasAddon?: boolean;
  /** Returns the add-on that keeps the limits where the config says so; null or absent: Sluice keeps them. */
  addon?(): Promise<AgentAddon | null>;
  /** Reads the lists; a failed or implausible answer is a problem, never an empty list. */
  read(
    last: AgentSnapshotRecord | null,
    options: { acceptHalved: boolean; signal: AbortSignal },
  ): Promise<BareAgentList | ListProblem>;
  /**
   * Completes a list with what only single calls return. `disabled` are the uuids of users that Sluice has disabled: one that the list
   * shows as enabled is read again; where that fails, the figures of the list count, and nothing of Sluice's disabling ends.
   */
  complete(
    list: BareAgentList,
    known: {
      agents: readonly AgentRecord[];
      users: readonly AgentUserRecord[];
      disabled: ReadonlySet<string>;
    },
    signal: AbortSignal,
  ): Promise<AgentList | ListProblem>;
  /** Pure: returns the agents that have another uuid in the list than in what is stored. Absent: none ever has. */
  findRenames?(
    list: AgentList,
    known: { agents: readonly AgentRecord[]; users: readonly AgentUserRecord[] },
  ): AgentRename[];
  /** Pure: returns the users that the panel lets use as much as they want, by uuid. Absent: it has no such users. */
  listUnlimited?(list: AgentList): ReadonlyMap<string, Pick<AgentUserRecord, 'limitBytes' | 'panelId'>>;
  /**
   * Pure: computes what to store after a list. `actions` is the panel's journal since `recordsSince`; `jump` is the share of a limit above
   * which growth in one list is doubted, null for none.
   */
  record(
    list: AgentList,
    known: {
      records: AgentRecords;
      users: readonly AgentUserRecord[];
      actions: readonly ActionRecord[];
    },
    at: { now: string; run: string | null; jump: number | null },
  ): RecordedAgents;
  /** Pure: returns from which instant on `record` needs the journal. Absent: it needs none. */
  recordsSince?(last: AgentSnapshotRecord): string;
  /** Pure: returns the notices about what a list shows of users, and about rows that count although something about them is wrong. */
  listNotices?(list: AgentList, recorded: RecordedAgents): AgentNotice[];
  /** Pure: returns the step that disables a user for an agent; its evidence is the user's present state. */
  disable(user: KnownListedUser, due: UserRestriction): Step;
  /** Pure: returns the step that enables a user again, and ends the evidence. */
  enable(user: KnownListedUser, evidence: EvidenceRecord, why: string): Step;
  /** Pure: returns whether others have changed a user since it was disabled, by its evidence. */
  isTouched(user: ListedUser, prior: unknown): boolean;
  /** Returns a user to create, with a new uuid. Throws for a user that the panel would refuse. */
  newUser(request: AgentUserRequest): WantedUser;
  /**
   * Pure: returns what a service needs of the budget when more is sold to it while its limit on the panel is lifted; null for nothing,
   * as for a user that moves to another agent, whose step needs it. `toBytes` null: no limit. Absent where no limit is lifted.
   */
  toSoldRaise?(
    observation: Observation,
    sold: { service: ServiceRecord; product: ProductSettings; fromBytes: number; toBytes: number | null },
  ): RaiseRequest | null;
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
