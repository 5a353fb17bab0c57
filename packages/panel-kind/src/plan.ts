import type { ActionRecord, ActionState, EvidenceRecord, HoldRecord, Mode, ServiceRecord } from '@sluice/quota-core';
import type { AgentBudget } from './budget.js';
import type { ItemError } from './errors.js';
import type { ProductSettings } from './settings.js';

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
  /** The checkpoint of the last run; null where there was none. */
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
  /** Shown in dry runs; to be done it is planned again, after reading what the steps before it made (`again`). */
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

/** Hooks around a changing call. */
export interface ApplyContext {
  signal: AbortSignal;
  /** Must be awaited directly before the panel is called. */
  calling: () => Promise<void>;
  /** Journals what is known of a change that the panel accepted and does not show yet, should the run end meanwhile. */
  accepted: (observed: unknown) => Promise<void>;
  /** The new password, for the steps that set one; never journaled. */
  password: string | null;
  /** Budget of the panel's agents, for steps on users that belong to one; absent on panels without agents. */
  budget?: AgentBudget;
}
