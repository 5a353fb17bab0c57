import type { Mode } from './mode.js';

/** `suspended` is what billing says; a hold follows from it. */
export type ServiceStatus = 'pending' | 'active' | 'suspended' | 'terminated' | 'vanished';

/** What a customer bought on one panel, as imported or added. */
export interface ServiceRecord {
  id: string;
  panel: string;
  product: string;
  client: string | null;
  billingCycle: string | null;
  /** Local date `YYYY-MM-DD` in the panel's time zone. */
  nextDueDate: string | null;
  status: ServiceStatus;
  trafficMode: Mode | null;
  /** Decimal GB as text, as imported. */
  baseQuotaOverrideGb: string | null;
  /** The panel's own ids and the billing system's, by their import names (`easydcim_service_id`, `order_id`, …). */
  refs: Record<string, string>;
  /** Names of refs that Sluice found or made itself: an empty cell of an import does not unset them. */
  ownRefs: string[];
  /** Contact and telephony fields (`document`, `ddd`, `channels`, `email`, `first_name`, `last_name`). */
  fields: Record<string, string>;
  /** Local date until which nothing is restricted. */
  protectedUntil: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A reason to keep a service restricted, in force while `until` is null. */
export interface HoldRecord {
  id: string;
  service: string;
  /** A reserved word (`quota`, `billing`, `manual`, `agent-limit`), or the id of the limit that was exceeded. */
  reason: string;
  /** What it asks for on the panel: a restriction of the panel's kind. Null for holds of versions that did not store it. */
  restriction: string | null;
  since: string;
  until: string | null;
  note: string | null;
  /** Cycle and figures that it was taken on (quota holds). */
  cycle: string | null;
  usedBytes: number | null;
  allowedBytes: number | null;
  /** `run` for a decision, `operator` for an order by name, `adopted`. */
  origin: 'run' | 'operator' | 'adopted';
}

/** One thing that was done for a hold and has to be undone with it. Open while `until` is null. */
export interface EvidenceRecord {
  id: string;
  hold: string;
  service: string;
  panel: string;
  /** `port`, `order`, `user`, `permission`, `forward`, `redirect`, `speed-limit`, … */
  kind: string;
  target: string;
  /** State before we changed it (JSON). */
  prior: unknown;
  action: string | null;
  adopted: boolean;
  since: string;
  until: string | null;
  /** How it ended: `undone`, `dropped` (somebody else undid or redid it), `moved`. */
  outcome: string | null;
}

/** `planned` and `in-doubt` are unsettled; the others are final. */
export type ActionState = 'planned' | 'applied' | 'failed' | 'in-doubt' | 'unneeded';

/** A journal row: written before the panel is called, settled after it was read again. */
export interface ActionRecord {
  id: string;
  run: string;
  panel: string;
  service: string | null;
  type: string;
  target: string;
  state: ActionState;
  /** Idempotency key of the intent; a unique open key makes planning twice impossible. */
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
  settledAt: string | null;
  /** How often the panel was called for it; each `called` counts one. */
  attempts: number;
}

/** Who holds a lease: enough to tell on the same host whether that process still lives. */
export interface LeaseOwner {
  host: string;
  pid: number;
  /** Start of the process as the operating system tells it; tells a reused pid from the owner. */
  processStart: string;
}
