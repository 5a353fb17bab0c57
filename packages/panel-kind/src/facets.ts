import type { ActionRecord, EvidenceRecord, ServiceRecord, UsageBytes } from '@sluice/quota-core';
import type { PanelAgents } from './agents.js';
import type { ItemError } from './errors.js';
import type { Observation } from './observation.js';
import type { Desired, HoldInForce, StepOutcome } from './plan.js';
import type { ProductSettings } from './settings.js';

/**
 * What only some panels have, one small interface each. A use case asks for the facet that it needs; where a panel lacks it,
 * the use case is `unsupported` before anything is called.
 */
export interface PanelFacets<State = unknown> {
  readonly snapshot: Snapshot;
  readonly objects: PanelObjects<State>;
  readonly plausibility: Plausibility<State>;
  readonly refresh: Refresh;
  readonly history: History<State>;
  readonly accounts: Accounts<State>;
  readonly passwords: Passwords;
  readonly adoption: Adoption<State>;
  readonly contract: Contract;
  readonly graphs: Graphs;
  readonly lookups: Lookups;
  readonly agents: PanelAgents;
}

/** The panel is read in whole lists: a poll observes all services, not only those held or about to change. */
export interface Snapshot {
  /**
   * Observing costs no call once usage was read: services are observed page by page, and most need nothing more. Otherwise
   * all services of the panel are read as one page.
   */
  readonly paged: boolean;
}

/** A service is several objects of the panel (ports, an order), not one account. All members are pure. */
export interface PanelObjects<State = unknown> {
  /**
   * Returns the object that a step or action changes, such as `port:7001`. While the outcome of an action on it is unknown, no
   * further step on it is begun. Without this facet such an action holds up all steps of its service.
   */
  objectOf(change: Pick<ActionRecord, 'type' | 'target'>): string;
  /** Returns whether the panel shows an object of the service restricted, by anyone. */
  isRestricted(observation: Observation<State>): boolean;
  /** Returns whether an observation has all objects of the service. */
  isComplete(service: ServiceRecord, observation: Observation<State>): boolean;
  /** Returns whether two services may share more than the resources that are known of them. */
  mayShare(own: readonly string[], other: readonly string[]): boolean;
}

/** Refuses readings that can't be right. All members are pure. */
export interface Plausibility<State = unknown> {
  /** Endpoint that usage is read from, as fingerprints of its answers name it. */
  readonly endpoint: string;
  /**
   * Returns what later readings are checked against, from an observation and the `previous` bounds; it is stored with the
   * cycle. Undefined where nothing was observed.
   */
  bounds(observation: Observation<State>, previous: unknown): unknown;
  /** Returns why a reading of that window is impossible within these bounds; null when nothing speaks against it. */
  check(bounds: unknown, window: { start: string; end: string }, usage: UsageBytes): ItemError | null;
}

/**
 * Readings and plans need what earlier runs observed and changed: they receive the checkpoint of the last run, and the journal
 * since then. All members are pure.
 */
export interface History<State = unknown> {
  /**
   * Returns what later runs need of this one as small plain JSON without secrets; it is stored with the decision and handed
   * back as `seen`. `at` is the instant of the observation. Null where there is nothing to store.
   */
  checkpoint(desired: Desired, observation: Observation<State>): { at: string; account: unknown } | null;
  /** Returns whether an action removed an account: later lists of the panel are shorter by it. */
  removes(action: Pick<ActionRecord, 'type' | 'state'>): boolean;
}

/** Accounts that are made and removed on the panel. */
export interface Accounts<State = unknown> {
  /** Refs to be stored before an account is made: an unguessable name. */
  newRefs(
    service: ServiceRecord,
    product: ProductSettings,
    randomBytes: (count: number) => Uint8Array,
  ): Record<string, string>;
  /** Whether the panel shows the account that is provably the service's; null where it was not observed. */
  exists(observation: Observation<State>): boolean | null;
  /** Checks an order before anything is called or stored; a problem is a usage error. */
  check(service: ServiceRecord, product: ProductSettings): ItemError | null;
  /** Pure: the outcome of an action that an operator reports as done. */
  doneOutcome(action: ActionRecord, at: string): StepOutcome;
}

/** Accounts have passwords that Sluice can set. */
export interface Passwords {
  /** Returns the name that a password is for, as this run observed it last. */
  username(service: ServiceRecord): string | null;
}

/** Takes over what another tool restricted. */
export interface Adoption<State = unknown> {
  /** Pure: the evidence to be taken over, and a problem for each target that is not this service's or not restricted. */
  adopt(
    service: ServiceRecord,
    observation: Observation<State>,
    what: { ports: string[]; order: boolean; forwards: string[] },
  ): { targets: { kind: string; target: string; prior: unknown }[]; problems: ItemError[] };
}

/** Checks the panel's API against what the adapter expects of it. */
export interface Contract {
  /** Reads each endpoint once, and the mapping of every service. */
  check(services: ServiceRecord[], signal: AbortSignal): Promise<ContractReport>;
}

/** Graphs that the panel draws. */
export interface Graphs {
  /** Reads the panel's own graph of a service over a stretch of time. */
  read(service: ServiceRecord, window: { start: string; end: string }, signal: AbortSignal): Promise<PanelGraph>;
}

/** A service that is held and whose restrictions are in place, as far as the run could tell. */
export interface HeldService {
  service: ServiceRecord;
  /** Open holds, oldest first. */
  holds: HoldInForce[];
  evidence: EvidenceRecord[];
  /** The restriction that the product (or an override) names for the quota. */
  action: string;
}

/** One call that applies restrictions again on one part of a panel (a node). */
export interface RefreshCall {
  part: string;
  /** The panel's ids of what is restricted, by service. */
  items: { service: string; targets: string[] }[];
}

/** What of a panel is to be restricted again. */
export interface RefreshPlan {
  calls: RefreshCall[];
  /** Parts that are left out since they are away; they stay due. */
  away: string[];
  /** What the next plan needs, once these calls were made; small plain JSON. */
  stateAfter(made: { call: RefreshCall; at: string }[]): unknown;
}

/** Applies restrictions again that a panel may have undone unseen. */
export interface Refresh {
  plan(
    held: HeldService[],
    options: {
      /** What `stateAfter` gave last; null at first. */
      state: unknown;
      /** When Sluice last restricted each target of a service, by the journal. */
      restrictedAt: (service: string) => Promise<Map<string, string>>;
      signal: AbortSignal;
    },
  ): Promise<RefreshPlan>;
  /** Gives how many targets it failed for; rejects where the part did not answer. */
  make(call: RefreshCall, signal: AbortSignal): Promise<{ failed: number }>;
}

/** What a check of the contract found on a panel. */
export interface ContractReport {
  checks: { name: string; object: string; status: 'ok' | 'warning' | 'failed' | 'skipped'; message: string }[];
  /** Key paths of each endpoint's answer. */
  shapes: { endpoint: string; shape: string[] }[];
}

/** A graph as a panel gives it: figures of an unknown unit, or a picture. For eyes only, never for a quota. */
export type PanelGraph =
  | { kind: 'series'; labels: string[]; series: { name: string; values: (number | null)[] }[] }
  | { kind: 'png'; bytes: Uint8Array }
  | { kind: 'csv'; text: string };

/** A tunnel of a relay panel: type, status and multiplier as the panel has them. */
export interface TunnelView {
  id: number;
  name: string;
  /** 1 port forward, 2 tunnel with exit nodes. */
  type: number;
  /** 1 enabled, 0 disabled. */
  status: number;
  /** Whole factor by which traffic counts; `ratio` is a further one. */
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
  quotaBytes: number;
  expiresAt: string | null;
}

/** The account that a panel has for a service, as last seen (docs/json.md). */
export interface AccountView {
  url: string;
  username: string;
  expiresAt: string | null;
  tunnels: { id: number; name: string; nodes: string[] }[];
  forwards: { id: number; name: string; status: number; pausedByUs: boolean }[];
}

/** Lists of a panel that an operator looks things up in. */
export interface Lookups {
  /** All tunnels of the panel. */
  tunnels(): Promise<TunnelView[]>;
  /** All accounts of the panel but its administrators. */
  users(): Promise<UserView[]>;
}
