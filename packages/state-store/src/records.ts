import type { LeaseOwner, Mode, ServiceRecord } from '@sluice/quota-core';

export type {
  ActionRecord,
  ActionState,
  EvidenceRecord,
  HoldRecord,
  LeaseOwner,
  ServiceRecord,
  ServiceStatus,
} from '@sluice/quota-core';

export type {
  AutoBuyRecord,
  BookingKind,
  BookingRecord,
  CallBillRecord,
  CallBillState,
  EntryRecord,
  InvoiceLineRecord,
  InvoiceRecord,
  RenamedPanel,
} from './ledger-records.js';

/** Instants in every record are ISO 8601 UTC with milliseconds, bytes are whole numbers, money is a decimal string. */

/** A panel that has another name in the config than before. */
export interface PanelRename {
  from: string;
  to: string;
  /** Whether the switches of the new name are another panel's: only its own stay. */
  dropsSwitches: boolean;
  /** What the keys of its conditions begin with, before its name, which ends them. */
  endedByName: readonly string[];
  /** What the keys of conditions about something of it begin with: its name follows, then a colon and more. */
  beforeName: readonly string[];
}

/** A change of some columns and keys of a service; all others stay. */
export interface ServiceChange extends Partial<
  Omit<ServiceRecord, 'id' | 'refs' | 'ownRefs' | 'fields' | 'createdAt' | 'updatedAt'>
> {
  id: string;
  /** By name: text sets, null unsets. */
  refs?: Record<string, string | null>;
  /** By name of the ref: true marks it as found or created by Sluice, false removes the mark. */
  ownRefs?: Record<string, boolean>;
  /** By name: text sets, null unsets. */
  fields?: Record<string, string | null>;
  updatedAt: string;
}

/** An operator's exception for one service: its own quota, mode or action, in force while `until` is null. */
export interface OverrideRecord {
  id: string;
  service: string;
  quotaBytes: number | null;
  unlimited: boolean;
  mode: Mode | null;
  action: string | null;
  since: string;
  until: string | null;
  note: string | null;
}

/** One billing cycle (or month) of one service. */
export interface CycleRecord {
  id: string;
  service: string;
  start: string;
  end: string;
  openedAt: string;
  closedAt: string | null;
  /** Last known usage inside the cycle; null for a direction that the panel does not report. */
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  readAt: string | null;
  /** Highest known usage per direction inside the cycle. */
  peakInBytes: number | null;
  peakOutBytes: number | null;
  peakTotalBytes: number | null;
  /** State of a counter panel's metering (JSON), null for window panels. */
  counter: unknown;
  /** Allowance in force at the last decision (JSON). */
  allowance: unknown;
  /** Thresholds (percent) already announced. */
  thresholds: number[];
}

/** One reading of one service. A later sample of the same service and time replaces it. */
export interface SampleRecord {
  service: string;
  at: string;
  cycle: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** The panel's answer as JSON text, without secrets. */
  raw: string;
  /** `raw` as read, `hour` and `day` after roll-up (the last reading of that hour or day, UTC). */
  resolution: 'raw' | 'hour' | 'day';
}

/**
 * Readings of a panel that repeat the samples of services. Their samples, cycles and decisions count as written again.
 */
export interface ConfirmationRecord {
  panel: string;
  run: string;
  /** Time of the repeated decision. */
  at: string;
  readAt: string;
  /** As in `SampleRecord`. */
  resolution: SampleRecord['resolution'];
}

/** A package bought for a cycle. */
export interface PurchaseRecord {
  id: string;
  service: string;
  package: string;
  bytes: number;
  price: string;
  currency: string;
  status: 'pending' | 'paid' | 'cancelled' | 'refunded' | 'failed';
  actor: 'manual' | 'auto';
  cycle: string;
  /** The client that is charged; null in rows of versions that did not store it. */
  client: string | null;
  /** The billing system that has the invoice: `ledger`, or the kind of another one. */
  billing: string | null;
  invoice: string | null;
  /** Whether the invoice adds tax to the price. */
  taxed: boolean;
  /** The invoice's own total, tax included; null until it is known. */
  charged: string | null;
  /** Unique: the same key is booked once. */
  key: string;
  at: string;
  paidAt: string | null;
  /** When the billing system confirmed the refund; null for a refund that it has not confirmed yet. */
  refundedAt: string | null;
  /** When the refund was sent, or its call given up, while its outcome is not known. */
  refundSentAt: string | null;
  /** The run that bought it: its row has the name of the actor. */
  run: string | null;
  /** The operator's note. */
  note: string | null;
}

/** The decision of one run about one service; kept for `explain`. */
export interface DecisionRecord {
  service: string;
  run: string;
  at: string;
  cycle: string | null;
  status: string;
  rule: string;
  mode: Mode | null;
  action: string | null;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  readAt: string | null;
  /** Allowance with all its parts (JSON), null where none was computed. */
  allowance: unknown;
  /** Reasons that would hold under `observe`, or are withheld by a protection. */
  wouldHold: string[];
  observing: boolean;
  errorCode: string | null;
  errorMessage: string | null;
  /** Other inputs of the decision (JSON): due date, policy, peak, panel state. */
  inputs: unknown;
}

/** A held lease; it may have expired. */
export interface LeaseRecord {
  name: string;
  owner: LeaseOwner;
  run: string;
  fence: number;
  acquiredAt: string;
  expiresAt: string;
}

/** A switch set by `enforce` or `observe`; `product` is null for the whole panel. */
export interface SwitchRecord {
  panel: string;
  product: string | null;
  enforce: 'on' | 'observe';
  since: string;
  /** Who set it; null where it was not stored. */
  actor: string | null;
}

/** Resources of a service as last read from its panel: ids that it may share with other services. */
export interface ResourcesRecord {
  service: string;
  panel: string;
  /** The service's refs at that time. With other refs it may have other resources. */
  mapping: string[];
  resources: string[];
  at: string;
}

/** Who had a service, or an object of a panel that services name, and when: the store records it with each change of a service. */
export interface OwnershipRecord {
  /** The panel of the object; empty for a service itself. */
  panel: string;
  /** `service:ID`, or the name and value of the ref that names the object: `flvx_user_id:7`. */
  subject: string;
  service: string;
  client: string | null;
  /** Null: since before the object was known. */
  since: string | null;
  /** Half open; null while it lasts. */
  until: string | null;
  /** When it was stored, ISO UTC; null: by an earlier version. */
  storedAt: string | null;
}

/** A list of which a store keeps the ids. */
export type PanelListName = 'speedLimits' | 'tunnelGroups';

/** What a run found a service compliant by: one like it need not decide again while the facts are the same. */
export interface CompliantRecord {
  service: string;
  /** The kind of the run. */
  scope: string;
  /** Digest of all facts that decided. */
  digest: string;
  /** The run's instant, and when time alone may decide otherwise. */
  since: string;
  until: string;
  /** How far the panel's clock was ahead, in milliseconds. */
  clockAhead: number;
  /** Whether its readings of the cycle were compared, and show traffic: what the run counted of it. */
  comparable: boolean;
  aboveZero: boolean;
  /** What decides when it is read next, until then: small plain JSON; null where a run over what is due has to plan that. */
  reading: unknown;
}

/** A service in a page of its panel, with what a run found it compliant by, as far as the time of that has not passed. */
export interface CompliantEntry {
  service: string;
  product: string;
  refs: Record<string, string>;
  ownRefs: string[];
  found: { record: Omit<CompliantRecord, 'service' | 'scope'>; text: string; sampleAt: string } | null;
}

/** All rows of a service without purchases, as one text, with the instants of its sample, last change and last action. */
export interface CompliantText {
  service: string;
  text: string;
  sampleAt: string;
  updatedAt: string;
  actedAt: string | null;
}

/** Usage of a service as last written into the billing system. */
export interface PushedUsageRecord {
  service: string;
  /** The figures as text: equal ones need not be written again. */
  figures: string;
  at: string;
}

/** A service whose refs are still to be written into the billing system. */
export interface WriteBackRecord {
  service: string;
  /** Refs that Sluice has made, and that are emptied there once they are gone. */
  columns: string[];
  /** When a command made it due. */
  at: string;
}

/** A graph drawn by a panel, stored until it expires. */
export interface GraphCacheRecord {
  /** Identifies the request: the same key is the same graph. */
  key: string;
  service: string;
  at: string;
  expiresAt: string;
  /** The panel's answer as the caller encodes it. */
  body: string;
}

/** The shape of an endpoint's answers. */
export interface FingerprintRecord {
  panel: string;
  endpoint: string;
  shape: string[];
  since: string;
  confirmed: boolean;
}
