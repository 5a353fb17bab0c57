import type {
  ActionRecord,
  ActionState,
  EvidenceRecord,
  HoldRecord,
  Mode,
  Reading,
  ResetBetween,
  ServiceRecord,
  UsageBytes,
} from '@sluice/quota-core';
import type { AgentBudget, PanelAgents } from './agents.js';
import type { ItemError } from './errors.js';
import type { ProductSettings } from './settings.js';

/** What a kind of panel can do; shown by `panel list`. */
export type Capability =
  | 'usage'
  | 'window-usage'
  | 'counter-usage'
  | 'enforce'
  | 'suspend'
  | 'accounts'
  | 'passwords'
  | 'packages'
  | 'graphs'
  | 'agents';

/** One reading to take: the service and the part of its cycle that has passed. */
export interface UsageRequest {
  service: ServiceRecord;
  product: ProductSettings;
  /** Half open, ISO UTC; `end` is the smaller of now and the cycle's end. */
  window: { start: string; end: string };
  /** What `keep` gave after the last look; null where there was none. */
  seen: unknown;
  /** What was journaled of the service since that look. */
  recent: readonly ActionRecord[];
  /** Changes that were begun and whose end is not known yet: a reset of the counters may be among them. */
  unsettled: ActionRecord[];
  /** How many accounts Sluice has removed from the panel since that look. */
  removed: number;
}

/** What the panel said of one service's usage. Bytes of the panel's own window or counters. */
export interface UsageAnswer {
  reading: Reading;
  /** The panel's own words, small and without secrets, for the sample. */
  raw: unknown;
  /** Key paths of the answer, for the fingerprint; empty where there is none. */
  shape: string[];
  warnings: ItemError[];
  /** Present where the figures are counters that grow. */
  counter?: {
    /** Whether the panel (or we) reset them between two instants: no, perhaps, or for certain. */
    resetBetween: (previousAt: string, at: string) => ResetBetween;
    /**
     * A total that was zeroed and that the panel wrote back: it was counted before, so a counter that was not seen to grow
     * since it was zeroed goes on from there. Null or absent: none.
     */
    stoodAt?: number | null;
  };
}

/** What a panel shows of one service; `error` when it could not be seen or understood. */
export interface Observation<State = unknown> {
  service: string;
  at: string;
  state: State | null;
  error: ItemError | null;
  /** Enough to tell whether something has to be done, not to do it: look again with `fresh` before. */
  partial?: boolean;
}

/** How a panel is looked at. */
export interface Look {
  scope: Desired['scope'];
  /** Read anew, not from lists that were read earlier in the run. */
  fresh: boolean;
}

/** A hold with what it asks for: one of the restrictions of the panel's kind. Adapters go by that, never by its reason. */
export type HoldInForce = HoldRecord & { restriction: string };

/** What a service should be like, handed to `plan`. */
export interface Desired {
  service: ServiceRecord;
  product: ProductSettings;
  /** Holds that should restrict it now, oldest first; empty: nothing of ours should. */
  holds: HoldInForce[];
  /** Open evidence of this service. */
  evidence: EvidenceRecord[];
  /** The restriction that the product (or an override) names for the quota. */
  action: string;
  /** The directions that count. */
  mode: Mode;
  allowance: { unlimited: boolean; allowedBytes: number | null } | null;
  /** Other services that stand on something of this one's (server, port, order, account). */
  sharers: Sharer[];
  /**
   * Services that may share with this one and could not be read. Null as long as nobody has looked at those that were
   * never read; a plan that needs it says so (`needsSharers`).
   */
  unread: string[] | null;
  /** What of the panel may be brought in line: `hold` the restrictions, `poll` the quota too, the others everything. */
  scope: 'hold' | 'poll' | 'reconcile' | 'order';
  /** What an operator ordered by name; null in runs. */
  order: AccountOrder | null;
  /** The open cycle; null where the service has none. A counter that was not reset in it yet is reset by the plan. */
  cycle: { id: string; start: string; end: string; isNew: boolean; readAt: string | null } | null;
  /** Panels with counters: the last reading, and what of it counts for the open cycle; null before the first one. */
  counted: { counterBytes: number; usedBytes: number } | null;
  timeZone: string;
  now: string;
  /** What `keep` gave after the last look; null where there was none. */
  seen: unknown;
  /** What was journaled for the service since then, oldest first, of this run too. */
  recent: ActionRecord[];
}

/** Another service that stands on the same thing. */
export interface Sharer {
  service: ServiceRecord;
  /** The restriction that its product (or an override) names for the quota. */
  action: string;
  /** Whether its product accepts that a hold restricts what others share. */
  allowSharedPorts: boolean;
  /** Its open holds. */
  holds: HoldInForce[];
  /** What both stand on, as `resources` names it. */
  shared: string[];
}

/** Returns the ids of the services that stand on the same thing. */
export function sharerIds({ sharers }: Pick<Desired, 'sharers'>): string[] {
  return sharers.map(({ service }) => service.id);
}

/** An order about the account itself. Renewal and change of package need none: they change what is desired. */
export type AccountOrder =
  /** `proof`: the operator's word (or the service's own id) that an existing account is this service's. */
  { verb: 'create'; adopt: boolean; setPassword: boolean } | { verb: 'change-password' } | { verb: 'terminate' };

/** One change to a panel, decided and not yet done. */
export interface Step {
  /** Unique within its plan, where other steps need it. */
  id?: string;
  /** Ids of steps of the same plan without whose success this one must not be done. */
  needs?: string[];
  /** Shown in dry runs; to be done it is planned anew, after a look at what the steps before it made (`again`). */
  later?: boolean;
  type: string;
  /** The panel's id of what is changed. */
  target: string;
  /** Hold that it is done for, or whose evidence it undoes. */
  hold: string | null;
  /** State before, as evidence. */
  prior: unknown;
  /** What the adapter needs to perform it; no secrets. */
  payload: unknown;
  /** Evidence rows that end when this step is done. */
  ends: string[];
  /** Evidence that begins when this step is done. */
  begins: { kind: string; target: string; prior: unknown } | null;
  /** Needs the password of the order. */
  needsPassword?: boolean;
}

/** The steps, what they could not cover and why, and evidence that needs no call (already so on the panel). */
export interface Plan {
  steps: Step[];
  problems: ItemError[];
  /** Evidence that ends without a call, and how. */
  settle: { evidence: string; outcome: 'undone' | 'dropped' }[];
  /** Evidence that passes to another open hold: of this service, or of one that shares the target. */
  moves: { evidence: string; hold: string }[];
  /** Differences between what is desired and what the panel shows, in words. */
  drift: string[];
  /** By what the panel itself stops the service, after the steps, and not for one of our holds; in words. */
  stops?: string[];
  /** More steps follow once these are done and the panel was looked at again. */
  again?: boolean;
  /** A step restricts what a service that was never read might share: look at those first, then plan again. */
  needsSharers?: boolean;
  /** Counts for the mass-change brake although no hold begins or ends (quota, speed or expiry falls, account made or removed). */
  counts?: boolean;
  /** Refs to be stored as Sluice's own (null: gone), without a call. */
  refs?: Record<string, string | null>;
  /** What an operator should hear of, each once by its key; `hold`: the open hold of another service that it is about. */
  notices?: { code: string; key: string; message: string; hold?: string }[];
}

/** How one step ended, after the panel was read again. */
export interface StepOutcome {
  state: ActionState;
  observed: unknown;
  error: ItemError | null;
  /** Refs of the service that this step brought to light (null: gone); stored together with the outcome. */
  refs?: Record<string, string | null>;
  /** Evidence that begins, where it is known only after the step; replaces the step's own `begins`. */
  begins?: { kind: string; target: string; prior: unknown }[];
  /** The account's counters begin at zero now; they stood at this directly before, null where that is not known. */
  zeroed?: { at: string; inBytes: number | null; outBytes: number | null };
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

/** What `doctor --contract` found on a panel. */
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

/** Hooks around a changing call. */
export interface ApplyContext {
  signal: AbortSignal;
  /** Must be awaited directly before the panel is called. */
  calling: () => Promise<void>;
  /** Journals what is known of a change that the panel accepted and does not show yet, should the run end meanwhile. */
  accepted: (observed: unknown) => Promise<void>;
  /** The new password, for the steps that set one; never journaled. */
  password: string | null;
  /** Budget of the panel’s agents, for steps on users that belong to one; absent where no agent has a limit to keep. */
  budget?: AgentBudget;
}

/** One kind of panel as the operations see it. */
export interface Panel<State = unknown> {
  readonly name: string;
  readonly kind: string;
  readonly url: string;
  readonly capabilities: readonly Capability[];
  /** Actions that a product on it may name; the first is the default. */
  readonly actions: readonly string[];
  /** The restriction of billing and manual holds. */
  readonly suspension: string;
  /** The restriction of a service whose agent is over its limit; absent on panels without agents. */
  readonly agentRestriction?: string;
  /** Ref that a service must have to be metered here; null when none. */
  readonly requiredRef: string | null;
  /** The panel gives everything in whole lists: a poll sees all services, not only those held or about to change. */
  readonly wholeLists: boolean;
  /** Looking costs no calls once usage was read: services are looked at page by page, and most are done with at once. */
  readonly quickLook?: boolean;
  /** A real authenticated read. Throws a PanelError. `clockDifferenceMs`: the panel's clock less ours, where it tells. */
  testConnection(): Promise<{ message: string; clockDifferenceMs?: number }>;
  /** Endpoint that usage is read from, as fingerprints name it; absent where answers have no shape to compare. */
  readonly usageEndpoint?: string;
  /** Window panels: what of an observation and of `previous` later readings are measured against; kept with the cycle. */
  memory?(observation: Observation<State>, previous: unknown): unknown;
  /** Pure: why a reading of that window is impossible, by what was remembered; null when nothing speaks against it. */
  implausible?(memory: unknown, window: { start: string; end: string }, usage: UsageBytes): ItemError | null;
  /** `doctor --contract`: one read per endpoint and what was understood of it, every service's mapping, and the shapes. */
  contract?(services: ServiceRecord[], signal: AbortSignal): Promise<ContractReport>;
  /** Reads usage; calls `onAnswer` for each service as its answer comes, in any order. Never throws for a single service. */
  readUsage(
    requests: UsageRequest[],
    onAnswer: (service: string, answer: UsageAnswer) => void,
    signal: AbortSignal,
    /** `allowShort`: a list of accounts that has shrunk by more than half is believed. */
    options?: { allowShort: boolean },
  ): Promise<void>;
  /** Looks at what the panel shows of these services; without `look` everything, anew. Never throws for a single service. */
  observe(services: ServiceRecord[], signal: AbortSignal, look?: Look): Promise<Map<string, Observation<State>>>;
  /** Pure: what turns what is into what should be. */
  plan(desired: Desired, observation: Observation<State>): Plan;
  /** Performs one step and reads back. Never throws. */
  apply(service: ServiceRecord, step: Step, context: ApplyContext): Promise<StepOutcome>;
  /** Absent where what is restricted stays restricted. */
  readonly refresh?: Refresh;
  /** Pure: what an observation says about an action that was left unsettled; null when it does not tell. */
  settle(action: ActionRecord, observation: Observation<State>): StepOutcome | null;
  /**
   * Pure: the object that a step or action changes, such as `port:7001`. While the outcome of an action on it is unknown, no
   * further step on it is begun. Absent where a service is one account: then such an action holds up all its steps.
   */
  objectOf?(change: Pick<ActionRecord, 'type' | 'target'>): string;
  /** Pure: what an action has brought about that an operator says was done. Absent where the journal row has all of it. */
  believe?(action: ActionRecord, at: string): StepOutcome;
  /**
   * What a later run has to know of what this one saw and did last, as small plain JSON without secrets: stored with the
   * decision and handed back as `seen`. Its `at` is the instant of the look. Absent where nothing has to be remembered.
   */
  keep?(desired: Desired, observation: Observation<State>): { at: string; account: unknown } | null;
  /** Absent where nothing can be looked up. */
  readonly lookups?: Lookups;
  /** Absent on panels without agents. */
  readonly agents?: PanelAgents;
  /** Pure: whether an action removed an account from the panel. Absent where none ever does. */
  removesAccount?(action: Pick<ActionRecord, 'type' | 'state'>): boolean;
  /**
   * Where the panel has accounts: refs to be stored before an account is made (an unguessable name), and what to show
   * of the account. Absent where there are none.
   */
  readonly accounts?: {
    readonly passwords: boolean;
    newRefs(
      service: ServiceRecord,
      product: ProductSettings,
      randomBytes: (count: number) => Uint8Array,
    ): Record<string, string>;
    /** Whether the panel shows the account that is provably the service's; null where it could not be seen. */
    exists?(observation: Observation<State>): boolean | null;
    /** Name of the account as this run saw it last, for `credentials.username`. */
    username(service: ServiceRecord): string | null;
    /** Checks an order before anything is called or stored; a problem is a usage error. */
    check(service: ServiceRecord, product: ProductSettings): ItemError | null;
  };
  /**
   * Pure: what another tool shut, as evidence to be taken over; a problem for each that is not this service's or not
   * shut. Absent where nothing can be adopted.
   */
  adopt?(
    service: ServiceRecord,
    observation: Observation<State>,
    what: { ports: string[]; order: boolean; forwards: string[] },
  ): { targets: { kind: string; target: string; prior: unknown }[]; problems: ItemError[] };
  /** The panel's own graph of a service over a stretch of time. Absent where it draws none. */
  graph?(service: ServiceRecord, window: { start: string; end: string }, signal: AbortSignal): Promise<PanelGraph>;
  /**
   * Pure: what a service stands on (`port:7001`), by its refs and, where given, by what the panel shows of it. Services
   * with a common entry share it.
   */
  resources(service: ServiceRecord, observation: Observation<State> | null): string[];
  /** Pure: whether the panel shows a part of the service restricted, by whomever. Absent on panels with accounts. */
  isRestricted?(observation: Observation<State>): boolean;
  /**
   * Where a poll does not see all services: what may be concluded about services that were not read in this run. Absent
   * where whole lists show everybody.
   */
  readonly unread?: {
    /** Pure: whether an observation says all that the service stands on. */
    isComplete(service: ServiceRecord, observation: Observation<State>): boolean;
    /** Pure: whether two services, by what is known that they stand on, may share more than that. */
    mayShare(own: readonly string[], other: readonly string[]): boolean;
  };
  close(): void;
}
