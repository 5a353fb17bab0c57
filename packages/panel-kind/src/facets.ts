import type { ActionRecord, EvidenceRecord, ServiceRecord, UsageBytes } from '@sluice/quota-core';
import type { PanelAgents } from './agents.js';
import type { ItemError } from './errors.js';
import type { Inventory, PanelEntry } from './inventory.js';
import type { TargetState, HoldInForce, Observation, StepOutcome } from './plan.js';
import type { ProductSettings } from './settings.js';
import type { PanelTelephony } from './telephony.js';
import type { Subscriber } from '@sluice/quota-core/telephony';

/**
 * What only some panels have, one small interface each. A use case asks for the facet that it needs; where a panel lacks it,
 * the use case fails as `unsupported` before any call.
 */
export interface PanelFacets<State = unknown> {
  readonly snapshot: Snapshot;
  readonly unchanged: Unchanged;
  readonly objects: PanelObjects<State>;
  readonly plausibility: Plausibility<State>;
  readonly refresh: Refresh;
  readonly history: History<State>;
  readonly accounts: Accounts<State>;
  readonly passwords: Passwords;
  readonly names: AccountNames;
  readonly adoption: Adoption<State>;
  readonly contract: Contract;
  readonly graphs: Graphs;
  readonly lookups: Lookups;
  readonly inventory: Inventory;
  readonly mark: PanelMark;
  readonly agents: PanelAgents;
  readonly telephony: PanelTelephony;
}

/** The panel is read in whole lists: a poll observes all services, not only those held or about to change. */
export interface Snapshot {
  /**
   * Whether observing costs no call once usage was read: services are then observed page by page. Otherwise all services of
   * the panel are one page.
   */
  readonly paged: boolean;
}

/**
 * What the lists of a panel show of services that a run found compliant: a later run of the same scope that is shown the same, of a
 * service that is stored as it was, has nothing to decide.
 */
export interface Unchanged {
  /** The settings of the panel that its plans depend on, as text without secrets. */
  readonly settings: string;
  /** Reads the lists that runs of this scope observe services in, once a run; `show` and `stands` are about these. */
  read(scope: TargetState['scope'], signal: AbortSignal): Promise<ReadLists>;
  /**
   * Returns as text all that these lists show of a service and that decides on it in such a run; null where it has to be read and
   * observed.
   */
  show(service: NamedService): string | null;
  /** Notes a service that is left as it was: what the lists show of it is believed, as after a reading. */
  accept(service: NamedService): void;
  /**
   * Returns until when a service that was found compliant stays so by what the lists and its checkpoint show, `endsAt` at the latest;
   * null where more decides.
   */
  stands(request: { service: NamedService; checkpoint: unknown }, endsAt: string): string | null;
}

/** A service, by what it is found by on the panel. */
export type NamedService = Pick<ServiceRecord, 'id' | 'refs' | 'ownRefs'>;

/** The instant of lists, and how far the panel's clock was ahead then, in milliseconds. */
export interface ReadLists {
  readonly at: string;
  readonly clockAhead: number;
}

/** A service has several objects on the panel (ports, an order) instead of one account. All members are pure. */
export interface PanelObjects<State = unknown> {
  /**
   * Returns the object that a step or action changes, such as `port:7001`. An action in doubt blocks further steps on its
   * object; without this facet it blocks all steps of its service.
   */
  toObjectKey(change: Pick<ActionRecord, 'type' | 'target'>): string;
  /** Returns whether an object of the service is restricted on the panel, by anyone. */
  isRestricted(observation: Observation<State>): boolean;
  /** Returns whether an observation contains all objects of the service. */
  isComplete(service: ServiceRecord, observation: Observation<State>): boolean;
  /** Returns whether two services may share more than their known resources. */
  mayShare(own: readonly string[], other: readonly string[]): boolean;
  /**
   * Returns whether an observation with an error lacks what a difference or a notice of an earlier plan is about; absent: it lacks
   * all.
   */
  lacks?(observation: Observation<State>, text: string): boolean;
  /** Returns the name of a resource that only one service should use, such as `port 7001`; null for others. */
  nameShared?(resource: string): string | null;
}

/** Refuses implausible readings. All members are pure. */
export interface Plausibility<State = unknown> {
  /** Endpoint of the usage, as stored with fingerprints of its answers. */
  readonly endpoint: string;
  /** The setting that says which direction is which; figures that were read with another one are not compared. Absent for none. */
  readonly directions?: string;
  /**
   * Returns the bounds of later readings, from an observation and the `previous` bounds; they are stored with the cycle.
   * Undefined where nothing was observed.
   */
  bounds(observation: Observation<State>, previous: unknown): unknown;
  /** Returns why a reading of the window is impossible within the bounds; null where it is plausible. */
  check(bounds: unknown, window: { start: string; end: string }, usage: UsageBytes): ItemError | null;
  /** Returns whether the bounds say how much a service can use in a time. */
  isBounded(bounds: unknown): boolean;
  /** Returns how many bytes the line carries per second in one direction at most; null where the bounds do not say that. */
  bytesPerSecond(bounds: unknown): number | null;
  /**
   * Returns why a reading has grown by more than is possible since the earlier readings of its window (`impossible_jump`); null
   * where it has not, and without an earlier one.
   */
  checkGrowth(bounds: unknown, reading: WindowReading): ItemError | null;
  /**
   * Returns whether the service can have used in the time since the last reading what a reading shows more than that one, if the
   * panel's figures are up to date; false where the bounds do not say that.
   */
  explains(bounds: unknown, reading: WindowReading): boolean;
  /** Returns the bounds of later readings after an accepted one. */
  withReading(bounds: unknown, reading: WindowReading): unknown;
}

/** What a panel answered for a window. */
export interface WindowReading {
  /** Instant of the reading. */
  at: string;
  /** Start of the window. */
  start: string;
  usage: UsageBytes;
  /** Instant of the last accepted reading before it, or from which its figures were confirmed; null without one. */
  previousAt: string | null;
}

/**
 * Readings and plans depend on earlier runs: they receive the checkpoint of the last run, and the journal since then. All
 * members are pure.
 */
export interface History<State = unknown> {
  /**
   * Returns what later runs need from this one: small plain JSON without secrets, stored with the decision. `at` is the instant
   * of the observation; every ended action in the target's journal is included. Null where there is nothing to store. Absent:
   * nothing is ever stored, and only commands about one service receive its journal, all of it.
   */
  checkpoint?(target: TargetState, observation: Observation<State>): { at: string; account: unknown } | null;
  /** Returns whether an action removed an account from the lists of the panel. */
  removes(action: Pick<ActionRecord, 'type' | 'state'>): boolean;
  /**
   * Returns how many bytes the panel lets through and counts per second in one direction at most, by a checkpoint that is the last one at
   * an instant; null where that is not known. Absent where the panel limits no speed that Sluice has set.
   */
  bytesPerSecond?(checkpoint: unknown, now: string): number | null;
}

/**
 * A place on the panel that nothing else uses and customers are not shown, for a mark of the store that changes the panel. A copy
 * of the store finds there that another one has changed the panel since.
 */
export interface PanelMark {
  /** Returns the text under a name; null where there is none. */
  read(name: string, signal: AbortSignal): Promise<string | null>;
  /** Writes the text under a name, of letters, digits, `-`, `_` and `.`. */
  write(name: string, text: string, signal: AbortSignal): Promise<void>;
}

/** Creates and removes accounts on the panel. */
export interface Accounts<State = unknown> {
  /** The ref with the customer that an operator states for a new account; absent where accounts have none. */
  readonly customerRef?: string;
  /** Returns refs to store before an account is created, such as an unguessable name. */
  newRefs(
    service: ServiceRecord,
    product: ProductSettings,
    randomBytes: (count: number) => Uint8Array,
  ): Record<string, string>;
  /**
   * Pure: returns the id on the panel of the account that an action has made; null for another action. Where its answer was lost, that
   * follows only from a line of now. Absent: that is not known.
   */
  made?(action: ActionRecord, line?: Subscriber): string | null;
  /** Refs that end with the account where Sluice chose them; others stay, such as that of a line, for calls that come late. */
  readonly endingRefs?: readonly string[];
  /**
   * Returns whether the service's own account exists on the panel, or with `adopt` one that can be adopted, which keeps its
   * password; null where it was not observed.
   */
  exists(observation: Observation<State>, how: { adopt: boolean }): boolean | null;
  /** Returns why a service can't be provisioned with a product, before anything is called or stored; null where it can. */
  check(service: ServiceRecord, product: ProductSettings): ItemError | null;
  /** Pure: returns the outcome of an action that an operator reports as done. */
  doneOutcome(action: ActionRecord, at: string): StepOutcome;
}

/** Sets the passwords of accounts. */
export interface Passwords {
  /** Returns the account name that belongs to the password, as observed last in this run. */
  username(service: ServiceRecord): string | null;
  /** Returns why the password of an existing account can't be changed; null or absent where it can. Pure. */
  unchangeable?(): string | null;
  /** Returns whether the panel accepts a generated password; absent: it accepts any. Pure. */
  accepts?: (password: string) => boolean;
}

/** What the panel calls the accounts of services. All members are pure. */
export interface AccountNames {
  /**
   * Returns the name that people call the account of a service by, as this run has read it, without a call of its own; it may have any
   * characters. Null where it was not read, or its name says nothing, such as one that Sluice made up.
   */
  of(service: NamedService): string | null;
}

/** Adopts what another tool restricted. */
export interface Adoption<State = unknown> {
  /** Pure: returns the evidence to adopt, and a problem for each target that is not restricted or not this service's. */
  adopt(
    service: ServiceRecord,
    observation: Observation<State>,
    what: { ports: string[]; order: boolean; forwards: string[] },
  ): { targets: { kind: string; target: string; prior: unknown }[]; problems: ItemError[] };
  /** Pure: returns what of the service is restricted now, by anyone, as `adopt` accepts it. Null where a part of it could not be read. */
  restricted(
    service: ServiceRecord,
    observation: Observation<State>,
  ): { ports: string[]; order: boolean; forwards: string[] } | null;
}

/** Checks the API of the panel against what the adapter expects. */
export interface Contract {
  /** Reads each endpoint once, and checks the refs of every service. */
  check(services: ServiceRecord[], signal: AbortSignal): Promise<ContractReport>;
}

/** Reads graphs that the panel draws. */
export interface Graphs {
  /** Reads the graph of a service over a window. */
  read(service: ServiceRecord, window: { start: string; end: string }, signal: AbortSignal): Promise<PanelGraph>;
}

/** A held service whose restrictions were in place at the end of the run. */
export interface HeldService {
  service: ServiceRecord;
  /** Open holds, oldest first. */
  holds: HoldInForce[];
  evidence: EvidenceRecord[];
  /** The restriction that the product (or an override) names for the quota. */
  action: string;
}

/** A call that applies restrictions again on one part of a panel, such as a node. */
export interface RefreshCall {
  part: string;
  /** Ids of the restricted targets, by service. */
  items: { service: string; targets: string[] }[];
}

/** The calls that apply restrictions again. */
export interface RefreshPlan {
  calls: RefreshCall[];
  /** Parts that are unreachable; they stay due. */
  away: string[];
  /** Returns what the next plan needs after these calls; small plain JSON. */
  stateAfter(made: { call: RefreshCall; at: string }[]): unknown;
}

/** Applies restrictions again that a panel may have undone without showing it. */
export interface Refresh {
  plan(
    held: HeldService[],
    options: {
      /** The last result of `stateAfter`; null at first. */
      state: unknown;
      /** Returns when Sluice last restricted each target of a service, from the journal. */
      restrictedAt: (service: string) => Promise<Map<string, string>>;
      signal: AbortSignal;
    },
  ): Promise<RefreshPlan>;
  /** Returns for how many targets the call failed; rejects where the part did not answer. */
  make(call: RefreshCall, signal: AbortSignal): Promise<{ failed: number }>;
}

/** Result of a contract check. */
export interface ContractReport {
  checks: { name: string; object: string; status: 'ok' | 'warning' | 'failed' | 'skipped'; message: string }[];
  /** Key paths in the answer of each endpoint. */
  shapes: { endpoint: string; shape: string[] }[];
  /** Ids of the lists that were read, for completion. */
  lists?: Partial<Record<LookupList, string[]>>;
  /** What `inventory` returns, where its lists were read; null where one could not be read whole, absent where not all were read. */
  entries?: readonly PanelEntry[] | null;
}

/** A graph from a panel: figures of an unknown unit, or a picture. Never used for a quota. */
export type PanelGraph =
  | { kind: 'series'; labels: string[]; series: { name: string; values: (number | null)[] }[] }
  | { kind: 'png'; bytes: Uint8Array }
  | { kind: 'csv'; text: string };

/** A tunnel of a relay panel. */
export interface TunnelView {
  id: number;
  name: string;
  /** 1 port forward, 2 tunnel with exit nodes. */
  type: number;
  /** 1 enabled, 0 disabled. */
  status: number;
  /** Whole factor applied to traffic; `ratio` is applied as well. */
  multiplier: number;
  ratio: number;
}

/** An account of a panel. */
export interface UserView {
  id: number;
  name: string;
  /** 1 active, 0 disabled. */
  status: number;
  usedBytes: number;
  /** As the panel has it; null for a figure that is not a size. */
  quotaBytes: number | null;
  /** Whether that quota is the panel's way to say "no limit". */
  unlimited: boolean;
  expiresAt: string | null;
}

/** A speed limit of a relay panel. */
export interface SpeedLimitView {
  id: number;
  name: string;
  /** Mbit/s; 0 means unlimited. */
  speedMbit: number;
  tunnel: { id: number; name: string };
  /** Products of the config whose services have it. */
  products: string[];
}

/** A group of tunnels of a relay panel. */
export interface TunnelGroupView {
  id: number;
  name: string;
  /** A tunnel that the panel no longer has is without a name. */
  tunnels: { id: number; name: string | null }[];
  /** Products of the config whose services have it. */
  products: string[];
}

/** A forward of an account, as last observed. */
export interface ForwardView {
  id: number;
  name: string;
  /** 1 running, 0 paused. */
  status: number;
  pausedByUs: boolean;
  /** Where it listens, each as `address:port`; absent where an earlier version read it. */
  listens?: string[];
  /** Where it leads to, each as `host:port`; absent where an earlier version read it. */
  targets?: string[];
}

/** A service's account on the panel, as last observed (docs/json.md). */
export interface AccountView {
  /** Address of the panel's API; for a client the one that customers are shown, null where there is none. */
  url: string | null;
  username: string;
  expiresAt: string | null;
  /** Each with the speed of its limit in Mbit/s: null where it has none, absent where that is not known. */
  tunnels: { id: number; name: string; nodes: string[]; speedMbit?: number | null }[];
  /** How many forwards its customer may have; absent where an earlier version read it. */
  maxForwards?: number;
  forwards: ForwardView[];
}

/** A list of which operators choose an id. */
export type LookupList = 'speedLimits' | 'tunnelGroups';

/** Lists for operators. */
export interface Lookups {
  /** All tunnels of the panel. */
  tunnels(): Promise<TunnelView[]>;
  /** All accounts except administrators. */
  users(): Promise<UserView[]>;
  /** All speed limits. */
  speedLimits(): Promise<SpeedLimitView[]>;
  /** All groups of tunnels. */
  tunnelGroups(): Promise<TunnelGroupView[]>;
}
