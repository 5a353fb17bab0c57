import type { Mode } from './allowance.js';
import type { Language } from './language.js';

/** Status of a service. `suspended` comes from billing; a hold follows from it. */
export type ServiceStatus = 'pending' | 'active' | 'suspended' | 'terminated' | 'vanished';

/** What a customer bought on one panel, as imported or added. */
export interface ServiceRecord {
  id: string;
  panel: string;
  product: string;
  /** What people call it: one line, never empty; null where it has no name. */
  name: string | null;
  client: string | null;
  /** The name and the e-mail address of its client, and the language that he reads. They end with another client. */
  clientName: string | null;
  clientEmail: string | null;
  language: Language | null;
  /** When it got its client, where it had another one before; null: as long as it is known. */
  clientSince: string | null;
  billingCycle: string | null;
  /** Local date `YYYY-MM-DD` in the panel's time zone. */
  nextDueDate: string | null;
  status: ServiceStatus;
  trafficMode: Mode | null;
  /** Decimal GB as text, as imported. */
  baseQuotaOverrideGb: string | null;
  /** Ids of the panel and the billing system, by their import names (`easydcim_service_id`, `order_id`, …). */
  refs: Record<string, string>;
  /** Refs that Sluice found or created itself; an empty cell of an import does not remove them. */
  ownRefs: string[];
  /** Contact and telephony fields (`document`, `ddd`, `channels`, `email`, `first_name`, `last_name`), and what a sync, a run or an adoption stored last (`whmcs_name`, `whmcs_language`, `panel_name`, `adopted_name`). */
  fields: Record<string, string>;
  /** Local date until which nothing is restricted. */
  protectedUntil: string | null;
  /** Local date until which the quota restricts nothing. */
  quotaReleasedUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

/**
 * What a billing system knows of a service besides custom fields: the id of its order, its domain, names, e-mail and tax number of its
 * client, and the number in its configurable option with the name of the column.
 */
export type SourceFact = 'order' | 'domain' | 'first-name' | 'last-name' | 'email' | 'tax-number' | 'option';

/** Facts by the column that they fill where no custom field has a value. */
export type SourceFacts = Readonly<Record<string, SourceFact>>;

/** A reason to keep a service restricted, in force while `until` is null. */
export interface HoldRecord {
  id: string;
  service: string;
  /** A reserved word (`quota`, `billing`, `manual`, `agent-limit`), or the id of the limit that was exceeded. */
  reason: string;
  /** Restriction of the panel's kind. Null for holds of versions that did not store it. */
  restriction: string | null;
  since: string;
  until: string | null;
  note: string | null;
  /** Cycle and figures at its beginning (quota holds). */
  cycle: string | null;
  usedBytes: number | null;
  allowedBytes: number | null;
  /** `run` for a decision, `operator` for a command, `adopted`. */
  origin: 'run' | 'operator' | 'adopted';
}

/** One change that was made for a hold and is undone with it. Open while `until` is null. */
export interface EvidenceRecord {
  id: string;
  hold: string;
  service: string;
  panel: string;
  /** `port`, `order`, `user`, `permission`, `forward`, `redirect`, `speed-limit`, … */
  kind: string;
  target: string;
  /** State before the change (JSON). */
  prior: unknown;
  action: string | null;
  adopted: boolean;
  since: string;
  until: string | null;
  /** How it ended: `undone`, `dropped` (another tool undid or redid it), `moved`. */
  outcome: string | null;
}

/** State of an action. `planned` and `in-doubt` are unresolved; the others are final. */
export type ActionState = 'planned' | 'applied' | 'failed' | 'in-doubt' | 'unneeded';

/** A row of the journal: stored before the panel is called, resolved after the panel was read again. */
export interface ActionRecord {
  id: string;
  run: string;
  panel: string;
  service: string | null;
  type: string;
  target: string;
  state: ActionState;
  /** Idempotency key; an open key is unique, so that no action is planned twice. */
  key: string;
  hold: string | null;
  prior: unknown;
  payload: unknown;
  observed: unknown;
  errorCode: string | null;
  errorMessage: string | null;
  plannedAt: string;
  /** When the panel was about to be called; null: certainly never called. */
  calledAt: string | null;
  /** When a call without a known outcome was given up; null: there is none, or its run was killed in it. */
  givenUpAt: string | null;
  endedAt: string | null;
  /** Calls of the panel for it. */
  attempts: number;
}

/** The owner of a lease; on the same host it shows whether the process is still alive. */
export interface LeaseOwner {
  /** The host name; within a container with its PID namespace. */
  host: string;
  pid: number;
  /** Start of the process by the operating system, which distinguishes a reused pid. */
  processStart: string;
}
