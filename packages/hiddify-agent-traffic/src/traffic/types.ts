import type { Clock } from '@sluice/panel-http';
import type { HiddifyUser, HiddifyUserMode, UnreadableRow } from '../client/records.js';
import type { CallOptions, HiddifyClient } from '../client/types.js';
import type { HiddifyStep, StepHooks, StepResult } from '../steps/step.js';
import type { AccountingMode, AgentPeriod, DisabledUserRecord, ReservationRecord } from './records.js';
import type { AgentTrafficStore } from './store.js';
import type { Zeroing } from './zeroings.js';

/**
 * Why an agent is in its state. `no-limit`, `below-limit`, `full` (allocated exactly: still within), `at-or-over-limit`
 * (consumed and panel), `over-limit` (allocated), `within-release-margin` (held, no longer over, not yet low enough), `exempt`,
 * `dormant` (the account is no agent any more), `missing` (not in the list), `unknown` (no list could be read).
 */
export type AgentRule =
  | 'no-limit'
  | 'below-limit'
  | 'full'
  | 'at-or-over-limit'
  | 'over-limit'
  | 'within-release-margin'
  | 'exempt'
  | 'dormant'
  | 'missing'
  | 'unknown';

/** How agents' traffic is counted and enforced. */
export interface AgentTrafficSettings {
  /** Default `consumed`. */
  accounting?: AccountingMode;
  /** Default `none`. Concerns `consumed` only. */
  period?: AgentPeriod;
  /** IANA zone of the calendar that periods follow. Default UTC. */
  timeZone?: string;
  /** Agents (uuid or unambiguous name) whose limit is watched and announced but never enforced; their users are never disabled. */
  exempt?: string[];
  /** Whole percent of the limit below which the sweep gives users back, 1 to 100. Default 95. */
  releaseBelowPercent?: number;
  /** Whole percents announced once per crossing and period. Default 80, 90, 100. */
  thresholds?: number[];
}

/** What a manager works with: the client, the store, and its settings. Only `client` and `store` are required. */
export interface AgentTrafficManagerOptions extends AgentTrafficSettings {
  client: HiddifyClient;
  store: AgentTrafficStore;
  clock?: Clock;
  /**
   * The instant by which periods begin and end, ISO 8601 UTC: an earlier one while it is not certain that the clock is right.
   * Default: the clock's.
   */
  periodNow?: () => string;
  /** Source of v4 uuids. Default: the client's. */
  newUuid?: () => string;
  /** Between two writes, so that the panel's own apply runs keep up. Default 50 ms. */
  writePauseMs?: number;
  /** What is left is done by the next sweep. Default 1000. */
  maxWritesPerSweep?: number;
  /** A creation goes by figures at most this old and reads the lists anew otherwise. Default 60 s. */
  maxFiguresAgeMs?: number;
  /** Figures that were asked for at or before this instant are too old, however young. Default: none are. */
  figuresSince?: string;
  /** Until when a reserved user may be created; afterwards its fate is settled by looking. Default 10 min. */
  reservationMs?: number;
  /** Marks our reservations, so that those of a process that is gone are settled at once. */
  holder?: string;
  /** Does the maker of a reservation still live? Null: cannot be told. Default: null for all. */
  isHolderAlive?: (holder: string) => boolean | null;
  /**
   * Is the maker of a reservation gone, so that a repeat of its order may go on with the same user? Its last request may still be
   * on its way to the panel. Default: false for all, a repeat then makes a user of its own.
   */
  mayResume?: (holder: string) => boolean;
  /** `allocated` only: read the list once more after a creation and undo it when the panel's own form was quicker. Default true. */
  recheck?: boolean;
  /** Vanished users and agents looked up one by one in a sweep. Default 100. */
  maxLookups?: number;
  /**
   * Users whose usage the caller has set to zero itself since an instant, so that the ledger tells such a usage from new
   * traffic when the panel writes it back. Default: none.
   */
  zeroings?: (since: string) => Promise<readonly Zeroing[]>;
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
  /** Promised to users that are being made or have not yet used it. */
  reservedBytes: number;
  rule: AgentRule;
  /** Since when the sweep keeps its users disabled. */
  heldSince: string | null;
  /** When the figures were read. */
  at: string;
}

/** May a user of this size be created? */
export interface CreationCheck {
  allowed: boolean;
  /** Sentence that names the agent or ancestor whose limit decides; null when allowed. */
  reason: string | null;
  /** What still fits under the tightest limit; null when none in the chain has a limit. */
  remainingBytes: number | null;
  /** Uuid of the agent or ancestor with the least left; null when none has a limit. */
  binding: string | null;
}

/** A user to be created for an agent. */
export interface AgentUserRequest {
  name: string;
  limitBytes: number;
  packageDays?: number;
  mode?: HiddifyUserMode;
  comment?: string;
  startDate?: string;
  telegramId?: number;
  /** To repeat an attempt whose outcome was lost: the same uuid is never made twice and reserved once. */
  uuid?: string;
}

/** A user that was created for an agent, and the check that allowed it. */
export interface CreatedAgentUser {
  user: HiddifyUser;
  how: 'created' | 'repaired' | 'existed';
  agent: string;
  check: CreationCheck;
}

/** An event that somebody should hear of; `key` is the same for the same event. */
export interface AgentNotice {
  key: string;
  code: string;
  agent: string | null;
  message: string;
}

/** An agent whose usage reached a threshold that was not announced in this period. */
export interface ThresholdCrossing {
  agent: string;
  name: string;
  percent: number;
  usedBytes: number;
  limitBytes: number;
}

/** One agent in a sweep. */
export interface AgentSweep extends AgentTraffic {
  change: 'none' | 'goes-over' | 'comes-back' | 'stays-over';
}

/** What the mass-change brake counts: agents, never users, and never what only repeats a hold. */
export interface SweepBrake {
  goingOver: string[];
  comingBack: string[];
  /** `goingOver` and `comingBack` together. */
  changing: number;
  /** Agents with a limit that is in force. */
  active: number;
}

/** A step of a sweep and the record that belongs to it. */
export interface SweepStep {
  /** Its `agent` is the one whose limit decides. */
  step: Extract<HiddifyStep, { type: 'disable-user' | 'enable-user' }>;
  /** The open record that an `enable-user` closes, or that a repeated `disable-user` continues. */
  record: string | null;
}

/** A user whose switch somebody else keeps: no step is planned for it, this says what the limits above it call for. */
export interface UserElsewhere {
  uuid: string;
  name: string;
  /** Uuid, `SELF`, or null. */
  owner: string | null;
  enabled: boolean;
  /** `over`: it should be disabled. `keep`: leave it as it is. `free`: no limit asks for anything. */
  force: 'over' | 'keep' | 'free';
  /** The agent that is over, or that keeps; null when it is free. */
  agent: string | null;
  /** The agents above it, its owner first. */
  chain: string[];
  /** Our open record from a time when the switch was the sweep's; it ends (`handed-over`) when the plan is executed. */
  record: DisabledUserRecord | null;
}

/** What a sweep found and would do. Nothing has been changed on the panel. */
export interface SweepPlan {
  at: string;
  run: string | null;
  accounting: AccountingMode;
  dryRun: boolean;
  /** Why nobody is disabled or restored: `list_failed`, `list_halved`, `list_empty`, `list_unreadable`, … Steps are empty then. */
  problem: { code: string; message: string; cause?: unknown } | null;
  agents: AgentSweep[];
  steps: SweepStep[];
  /** Steps beyond the bound of one sweep. */
  left: number;
  /** The users of `keptElsewhere` that are there. */
  elsewhere: UserElsewhere[];
  /** Records that end without a call: the user was enabled by others, moved, touched, handed over, or is gone. */
  dropped: { record: DisabledUserRecord; outcome: string }[];
  /** Records put right without a call: intents that turn out to have been carried out, users that another agent holds now. */
  settled: DisabledUserRecord[];
  brake: SweepBrake;
  crossed: ThresholdCrossing[];
  notices: AgentNotice[];
  unreadableRows: UnreadableRow[];
}

/** What a sweep did. */
export interface SweepResult {
  plan: SweepPlan;
  steps: StepResult[];
  totals: { agents: number; exceeded: number; disabled: number; restored: number; failed: number; skipped: number };
}

/** What came of an order about one agent's users. */
export interface OrderResult {
  agent: string;
  planned: SweepStep[];
  steps: StepResult[];
  /** Users that stay disabled, and why: `moved`, `touched`, `enabled-by-others`, `still-over`. */
  left: { record: DisabledUserRecord; outcome: string }[];
}

/** Options of planning a sweep. */
export interface PrepareSweepOptions extends CallOptions {
  run?: string;
  /** Records nothing, not even the ledger. */
  dryRun?: boolean;
  /** Take a list of less than half of the last one for true. */
  acceptHalved?: boolean;
  /** Plan steps for this agent alone; the ledger is kept for all. */
  agent?: string;
  /** Uuids of users that count like all others, but whose switch somebody else keeps: see `SweepPlan.elsewhere`. */
  keptElsewhere?: ReadonlySet<string>;
}

/** Options of a whole sweep. */
export interface SweepOptions extends PrepareSweepOptions {
  hooks?: StepHooks;
  /** Stops before the first change, default `{ share: 0.2, atLeast: 10 }`; false: never. */
  brake?: { share: number; atLeast: number } | false;
}

export interface AgentExplanation extends AgentTraffic {
  /** What the decision rested on, agent by agent of the chain. */
  chain: AgentTraffic[];
  /** The agent or ancestor whose limit decides about a further user. */
  binding: string | null;
  readings: { at: string; allocatedBytes: number; currentBytes: number; consumedBytes: number | null; users: number }[];
  reservations: ReservationRecord[];
  /** Users that we disabled, open and past, newest first. */
  actions: DisabledUserRecord[];
  sentence: string;
}
