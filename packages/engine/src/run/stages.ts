import { printable } from '@sluice/panel-http/printable';
import type {
  Desired,
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
import type { Enforcement } from '../enforcement.js';
import type { Termination } from '../provision/termination.js';
import type { Session } from '../session.js';

/** What a run on one panel shares between its services. */
export interface RunOnPanel {
  readonly session: Session;
  readonly panel: Panel;
  /** Id of the run. */
  readonly run: string;
  /** What of the panel the run may bring in line. */
  readonly scope: Desired['scope'];
  /** What services were seen to stand on and is not stored yet, by service. */
  readonly resources: Map<string, ResourcesRecord>;
}

/** A run on one panel, with the leases that its writes are checked against. */
export interface FencedRun extends RunOnPanel {
  readonly fences: HeldLease[];
}

/** What the last look at a service left behind, and what was journaled since. */
export interface Remembered {
  /** The checkpoint of the panel's adapter; null where there was no look yet. */
  readonly seen: unknown;
  /** The decision of the last run; null where there is none. */
  readonly decision: Readonly<DecisionRecord> | null;
  readonly recent: readonly ActionRecord[];
  /** Accounts that were removed from the panel since. */
  readonly removed: number;
}

/** The cycle that a service is in. */
export interface Placement {
  /** Null when the service has none. */
  readonly cycle: Readonly<CycleRecord> | null;
  /** A cycle that this run closes because a new one opens. */
  readonly closing: Readonly<CycleRecord> | null;
  readonly cycleIsNew: boolean;
  /** Recorded cycles that are forgotten: a run by a clock that was ahead opened them. */
  readonly wrongCycles: readonly CycleRecord[];
}

/**
 * The stages of a service in a run, in their order. Each is made from the one before and never changed: a function that
 * needs one stage accepts no other, and `Loaded<Stage>` accepts any from that one on.
 */
export type Stage = 'loaded' | 'read' | 'decided' | 'planned' | 'applied';

/** A service as the store and the config have it. */
export interface Loaded<S extends Stage = 'loaded'> extends Placement {
  readonly stage: S;
  readonly service: Readonly<ServiceRecord>;
  readonly product: ProductSettings;
  readonly enforcement: Enforcement;
  readonly override: OverrideRecord | null;
  readonly mode: Mode;
  readonly action: string;
  /** Newest recorded cycle before this run. */
  readonly recorded: Readonly<CycleRecord> | null;
  readonly purchases: readonly PurchaseRecord[];
  readonly allowance: Allowance | null;
  /** Open holds. */
  readonly holds: readonly Readonly<HoldRecord>[];
  readonly evidence: readonly Readonly<EvidenceRecord>[];
  readonly unsettled: readonly ActionRecord[];
  readonly remembered: Remembered;
  /** A termination that was ordered and is not finished. */
  readonly termination: Termination | null;
  /** Why it is left out: its status, its due date, or `LEASED`. */
  readonly skipped: string | null;
  /** The first error; later ones mostly follow from it. */
  readonly error: ItemError | null;
}

/** A service with its usage, as far as it was read. */
export interface Read<S extends Stage = 'read'> extends Loaded<S> {
  readonly answer: UsageAnswer | null;
  /** Known usage inside the cycle; null when it was not readable. */
  readonly usage: (UsageBytes & { readonly at: string }) | null;
  readonly warnings: readonly ItemError[];
}

/** A service with the holds that it should have. */
export interface Decided<S extends Stage = 'decided'> extends Read<S> {
  /** Null where nothing was decided: the service is left out, or its allowance is unknown. */
  readonly decision: Decision | null;
  /** Holds that begin and end; under `observe` or in a dry run they are only shown. */
  readonly opens: readonly DueHold[];
  readonly closes: readonly HoldRecord[];
  /** Percentages of the allowance that usage has reached for the first time in the cycle. */
  readonly thresholds: readonly number[];
}

/** A service with what the panel shows of it, and the steps that follow. */
export interface Planned<S extends Stage = 'planned'> extends Decided<S> {
  /** The rows of the holds that begin. */
  readonly drafts: readonly HoldRecord[];
  readonly observation: Observation | null;
  /** Other services that stand on the same thing. */
  readonly sharers: readonly Sharer[];
  /** Services that may share with this one and could not be read; null as long as nobody has looked. */
  readonly unread: readonly string[] | null;
  /** Null where the panel was not looked at. */
  readonly plan: Plan | null;
  readonly drift: readonly string[];
}

/** A service with what the run has done for it so far; `holds` and `evidence` are what is open by now. */
export interface Applied extends Planned<'applied'> {
  /** Actions of this run, as journaled or (dry run) as they would be. */
  readonly actions: readonly ActionRecord[];
  /** A password was set, or may have been. */
  readonly passwordSet: boolean;
  /** A command changed it since it was read: the run leaves it as it is. */
  readonly changedMeanwhile: boolean;
  readonly released: boolean;
}

/** A service that steps can be planned for. */
export type Plannable = Planned | Applied;

/** Why a service is skipped that another run works on: the only reason that makes this run an incomplete one. */
export const LEASED = 'leased';

/** Returns the value with this error, its message as one line; unchanged where it has an error already. */
export function withError<T extends { readonly error: ItemError | null }>(value: T, error: ItemError | null): T {
  if (error === null || value.error !== null) return value;
  return { ...value, error: onOneLine(error) };
}

/** Returns an error with its message as one line. */
export function onOneLine(error: ItemError | null): ItemError | null {
  return error && { code: error.code, message: printable(error.message) };
}

/** Returns a service that nothing is read of. */
export function unread(loaded: Loaded): Read {
  return { ...loaded, stage: 'read', answer: null, usage: null, warnings: [] };
}

/** Returns a service that the panel was not looked at for. */
export function unplanned(decided: Decided): Planned {
  return {
    ...decided,
    stage: 'planned',
    drafts: [],
    observation: null,
    sharers: [],
    unread: null,
    plan: null,
    drift: [],
  };
}

/** Returns a service for which nothing is done yet. */
export function unapplied(planned: Planned): Applied {
  return { ...planned, stage: 'applied', actions: [], passwordSet: false, changedMeanwhile: false, released: false };
}

/** Returns a service that the run is done with once it is decided on; `observation` is what was seen of it. */
export function untouched(decided: Decided, observation: Observation | null = null): Applied {
  return {
    ...decided,
    stage: 'applied',
    drafts: [],
    observation,
    sharers: [],
    unread: null,
    plan: null,
    drift: [],
    actions: [],
    passwordSet: false,
    changedMeanwhile: false,
    released: false,
  };
}
