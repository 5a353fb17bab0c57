import type { Enforcement } from '@sluice/contract/documents';
import type {
  FormerHistory,
  TargetState,
  ItemError,
  Observation,
  Panel,
  Plan,
  ProductSettings,
  Sharer,
  UsageAnswer,
} from '@sluice/panel-kind';
import type { Allowance, Decision, Mode, UsageBytes, DueHold } from '@sluice/quota-core';
import type {
  ActionRecord,
  CycleRecord,
  DecisionRecord,
  EvidenceRecord,
  HeldLease,
  HoldRecord,
  OverrideRecord,
  PurchaseRecord,
  ResourcesRecord,
  ServiceRecord,
} from '@sluice/state-store';
import type { Termination } from './termination.js';
import type { Context } from '../../context/context.js';
import type { LimitState, Spend } from './figures.js';
import type { StoppedTargets } from './stopped-targets.js';

/** Holds that are not on their panel yet, by id: the service of each, and since when that is noted. */
export type ToRestrict = ReadonlyMap<string, { service: string; since: string }>;

/** What the services in a run over one panel share. */
export interface RunOnPanel {
  readonly context: Context;
  readonly panel: Panel;
  /** Id of the run. */
  readonly run: string;
  /** What the run may change on the panel. */
  readonly scope: TargetState['scope'];
  /** Observed resources that are not stored yet, by service. */
  readonly resources: Map<string, ResourcesRecord>;
  /** Objects that the run leaves alone; absent for a command, which changes what it names. */
  readonly stopped?: StoppedTargets;
  /** Whether everything is given back: without a hold, no quota of ours may stop the service on the panel. */
  readonly givesBack?: boolean;
  readonly ended?: GivenAway;
  /** What services are sold that have ended, and whose lifted limit on the panel ends in this run. */
  readonly lowered?: ReadonlyMap<string, LimitedAllowance> | undefined;
  /** Services that count as having the account they name, although they are still pending; absent for none. */
  readonly ordered?: ReadonlySet<string>;
}

/** An allowance with a quota. */
export type LimitedAllowance = Extract<Allowance, { kind: 'limited' }>;

/** Services that have ended, with the ids of their evidence that ends in this run because its object is not theirs any more. */
export type GivenAway = ReadonlyMap<string, ReadonlySet<string>>;

/** A run over one panel, with the leases that its writes require. */
export interface FencedRun extends RunOnPanel {
  readonly fences: HeldLease[];
}

/** The checkpoint of the last run, and the journal since. */
export interface ServiceHistory {
  /** The checkpoint of the panel's adapter; null before the first. */
  readonly checkpoint: unknown;
  /** The decision of the last run; null where there is none. */
  readonly decision: Readonly<DecisionRecord> | null;
  readonly recent: readonly ActionRecord[];
  /** How many accounts were removed from the panel since. */
  readonly removed: number;
}

/** The cycle that a service is in. */
export interface Placement {
  /** Null when the service has none. */
  readonly cycle: Readonly<CycleRecord> | null;
  /** The cycle that this run closes. */
  readonly closing: Readonly<CycleRecord> | null;
  readonly cycleIsNew: boolean;
  /** Recorded cycles to remove: a wrong clock opened them. */
  readonly wrongCycles: readonly CycleRecord[];
}

/**
 * The stages of a service in a run, in order. Each is derived from the one before and never changed: a function that needs one
 * stage accepts no other, and `Loaded<Stage>` is any stage from `loaded` on.
 */
export type Stage = 'loaded' | 'read' | 'decided' | 'planned' | 'applied';

/** A service as stored and configured. */
export interface Loaded<S extends Stage = 'loaded'> extends Placement {
  readonly stage: S;
  readonly service: Readonly<ServiceRecord>;
  readonly product: ProductSettings;
  readonly enforcement: Enforcement;
  readonly override: OverrideRecord | null;
  readonly mode: Mode;
  readonly action: string;
  /** The newest cycle before this run. */
  readonly recorded: Readonly<CycleRecord> | null;
  readonly purchases: readonly PurchaseRecord[];
  readonly allowance: Allowance | null;
  /** Open holds. */
  readonly holds: readonly Readonly<HoldRecord>[];
  /** Holds that have ended, but not all of what they restricted was undone when the service was loaded, and those that this run ended. */
  readonly ended: readonly Readonly<HoldRecord>[];
  /** Holds whose restriction is not on the panel yet, or not all of it. */
  readonly toRestrict: ToRestrict;
  readonly evidence: readonly Readonly<EvidenceRecord>[];
  /** Whether its limit on the panel may be lifted. */
  readonly lifted: boolean;
  /** Whether a hold of its agent has disabled its account; the next check of agents passes the evidence to the service. */
  readonly disabledForAgent: boolean;
  /** What its account counts where the limits of agents count what is sold; null where nothing is known, or they count otherwise. */
  readonly countedBytes: number | null;
  /** Whether its account was another client's, and was not read since: what its counter shows was used by others. */
  readonly takenOver: boolean;
  /** What is known from the service that had its account before, until its own checkpoint describes the account; null without one. */
  readonly former: FormerHistory | null;
  readonly unresolved: readonly ActionRecord[];
  readonly history: ServiceHistory;
  /** The limits besides the quota at the last decision. */
  readonly limitsBefore: readonly LimitState[];
  /** An ended cycle whose final figures a limit waits for; once it was read, with them. */
  readonly awaited: Readonly<CycleRecord> | null;
  /** Whether the creation of its account is not finished. */
  readonly creating: boolean;
  /** Whether the billing system may lack the password that its account has. */
  readonly delivering: boolean;
  /** An unfinished termination. */
  readonly termination: Termination | null;
  /** What its calls cost, by limit; empty without a limit in money. */
  readonly spend: readonly Spend[];
  /** Why it is skipped: its status, its due date, or `LEASED`. */
  readonly skipped: string | null;
  /** The first error; later ones mostly follow from it. */
  readonly error: ItemError | null;
}

/** Usage inside the cycle that a doubted reading showed. */
export type Doubted = UsageBytes & {
  readonly at: string;
  /** When a reading that this one confirms was first doubted. */
  readonly since: string;
  /** Reasons of open holds that began by this very reading, before it was found impossible. */
  readonly holds: readonly string[];
};

/** A service with its usage. */
export interface Read<S extends Stage = 'read'> extends Loaded<S> {
  readonly answer: UsageAnswer | null;
  /** Usage inside the cycle; null where it is unknown. */
  readonly usage: (UsageBytes & { readonly at: string }) | null;
  /** Usage by a reading that is too high to be used. */
  readonly doubted: Doubted | null;
  readonly warnings: readonly ItemError[];
}

/** A service with the holds that start and end. */
export interface Decided<S extends Stage = 'decided'> extends Read<S> {
  /** Null where nothing was decided: the service is skipped, or its allowance is unknown. */
  readonly decision: Decision | null;
  /** The limits besides the quota, with what was used in their windows. */
  readonly limits: readonly LimitState[];
  readonly opens: readonly DueHold[];
  readonly closes: readonly HoldRecord[];
  /** Percentages of the allowance reached for the first time in the cycle. */
  readonly thresholds: readonly number[];
  /** Packages that auto-buy buys before the holds; the decision counts them as paid. */
  readonly buys: readonly PurchaseRecord[];
  /** What a part of the run has to do for it beside the steps of its plan; null for nothing. */
  readonly more: MoreToDo | null;
}

/** What a part of a run does for a service: the brake counts it. */
export interface MoreToDo {
  readonly changesPanel: boolean;
  /** Whether it removes the account of the service. */
  readonly removes: boolean;
}

/** A service with its observation and its plan. */
export interface Planned<S extends Stage = 'planned'> extends Decided<S> {
  /** Rows of the holds that start. */
  readonly drafts: readonly HoldRecord[];
  readonly observation: Observation | null;
  readonly sharers: readonly Sharer[];
  /** Services that may share with this one and could not be read; null until they are needed. */
  readonly unread: readonly string[] | null;
  /** Null where the service was not observed. */
  readonly plan: Plan | null;
  readonly drift: readonly string[];
  /** What would still stop it if its holds ended, as far as that was seen; null where it was not, or the service is not held. */
  readonly besides: readonly string[] | null;
}

/** A service with what the run has changed so far; `holds` and `evidence` are those open now. */
export interface Applied extends Planned<'applied'> {
  /** Actions of this run, journaled or (dry run) planned. */
  readonly actions: readonly ActionRecord[];
  /** A password was set, or may have been. */
  readonly passwordSet: boolean;
  /** Whether a command changed it since it was read; then the run leaves it as it is. */
  readonly changedMeanwhile: boolean;
  /** Whether its account was created in this run, so that nothing was read of it yet. */
  readonly made?: boolean;
}

/** A service that steps can be planned for. */
export type Plannable = Planned | Applied;
