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

/** Instants in every record are ISO 8601 UTC with milliseconds, bytes are whole numbers, money is a decimal string. */

/** A change of some columns and keys of a service. What is left out stays as it is. */
export interface ServiceChange extends Partial<
  Omit<ServiceRecord, 'id' | 'refs' | 'ownRefs' | 'fields' | 'createdAt' | 'updatedAt'>
> {
  id: string;
  /** By name: text sets, null unsets. */
  refs?: Record<string, string | null>;
  /** By name of the ref: true counts it as found or made by Sluice itself, false no longer. */
  ownRefs?: Record<string, boolean>;
  /** By name: text sets, null unsets. */
  fields?: Record<string, string | null>;
  updatedAt: string;
}

/** An operator's exception for one service: quota, mode or action of its own, in force while `until` is null. */
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

/** One billing (or month) period of one service. */
export interface CycleRecord {
  id: string;
  service: string;
  start: string;
  end: string;
  openedAt: string;
  closedAt: string | null;
  /** Last known usage inside the cycle; null where a direction is not told. */
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  readAt: string | null;
  /** Highest known figure of each kind inside the cycle. */
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

/** One reading of one service. A service has one sample at a time; a later one of the same time replaces it. */
export interface SampleRecord {
  service: string;
  at: string;
  cycle: string;
  inBytes: number | null;
  outBytes: number | null;
  totalBytes: number | null;
  /** What the panel said, as JSON text without secrets. */
  raw: string;
  /** `raw` as read, `hour` and `day` after roll-up (the last reading of that hour or day, UTC). */
  resolution: 'raw' | 'hour' | 'day';
}

/** Readings of a panel that repeated the samples of services: their samples, cycles and decisions count as written again. */
export interface ConfirmationRecord {
  panel: string;
  run: string;
  /** When it was decided again. */
  at: string;
  readAt: string;
  /** As of samples. */
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
  invoice: string | null;
  /** Unique: the same key is booked once. */
  key: string;
  at: string;
  paidAt: string | null;
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
  /** Whatever else the decision rested on (JSON): due date, policy, peak, panel state. */
  inputs: unknown;
}

/** What somebody should hear of. */
export interface NoticeRecord {
  id: string;
  /** Unique per event: a second notice with the same key is not written. */
  key: string;
  code: string;
  panel: string | null;
  service: string | null;
  message: string;
  run: string | null;
  at: string;
}

/** How a run ended: complete, not at all, in part, or why it was refused or stopped. */
export type RunOutcome = 'done' | 'failed' | 'usage' | 'partial' | 'busy' | 'brake' | 'interrupted' | 'terminated';

/** One run of a command; `finishedAt` stays null when it was killed. */
export interface RunRecord {
  id: string;
  command: string;
  dryRun: boolean;
  observing: string[];
  startedAt: string;
  finishedAt: string | null;
  outcome: RunOutcome | null;
  totals: unknown;
  error: string | null;
  host: string;
  pid: number;
  /** The service that a command is about. */
  service: string | null;
  /** Who ran it; null for runs of versions that did not store it. */
  actor: string | null;
  /** The operator's note. */
  note: string | null;
}

/** Restrictions of a panel that a run applied once more, in case the panel had undone them unseen. */
export interface RefreshRecord {
  id: string;
  run: string;
  panel: string;
  startedAt: string;
  /** Null while it is under way, and for one that was broken off. */
  finishedAt: string | null;
  /** What was to be restricted once more: forwards. */
  targets: number;
  calls: number;
  failed: number;
  /** Parts of the panel that were left out since they are away. */
  away: string[];
  error: string | null;
  /** What the panel's adapter wants to know at the next one; kept of a panel's newest only. */
  state: unknown;
}

/** One attempt of one call to a panel, redacted by the caller: the store writes what it receives. */
export interface ApiCallRecord {
  at: string;
  run: string | null;
  panel: string;
  service: string | null;
  endpoint: string;
  method: string;
  path: string;
  status: number | null;
  durationMs: number;
  attempt: number;
  ok: boolean;
  code: string | null;
  message: string | null;
  changing: boolean;
}

/** A lease that somebody holds; it may have run out. */
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
}

/** What a service stands on, as its panel showed it last: ids that it may share with other services. */
export interface ResourcesRecord {
  service: string;
  panel: string;
  /** The service's own refs at that time. With other refs it may stand on something else. */
  mapping: string[];
  resources: string[];
  at: string;
}

/** A graph as a panel drew it, kept until it expires. */
export interface GraphCacheRecord {
  /** Says what was asked: the same key is the same graph. */
  key: string;
  service: string;
  at: string;
  expiresAt: string;
  /** The answer, as the caller writes it. */
  body: string;
}

/** What is stored of an answer's shape, per panel and endpoint. */
export interface FingerprintRecord {
  panel: string;
  endpoint: string;
  shape: string[];
  since: string;
  confirmed: boolean;
}
