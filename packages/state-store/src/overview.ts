import type { ReportedStatus } from '@sluice/quota-core';
import type { DecisionRecord } from './records.js';

/** Which services a list for operators has; all conditions apply. */
export interface OverviewFilter {
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  /**
   * As `service show` states it; `unreadable` and `failed` also find held services that the last run could not read, and
   * `would-be-held` those for which a hold would begin; `not-read` finds `unreadable` and `failed` ones; `held` finds all with an open
   * hold, or one that is not undone yet.
   */
  status?: string | undefined;
  /** Part of an id, client or product, of a name, or of the e-mail address of a client, in any spelling (`toComparable`). */
  search?: string | undefined;
  /** Only services with drift. */
  drifting?: boolean | undefined;
}

/** Order of such a list: worst state first (due to be held, over, held, not read, doubted), then largest share; least remaining, largest share used, most used, by id, by client. */
export type OverviewOrder = 'worst' | 'remaining' | 'share' | 'used' | 'id' | 'client';

/** A service with the figures of its last decision. */
export interface OverviewRow {
  id: string;
  panel: string;
  product: string;
  /** Of the service, as `ServiceRecord`. */
  name: string | null;
  client: string | null;
  clientName: string | null;
  lifecycle: string;
  /** As `service show` states it. */
  status: ReportedStatus;
  mode: string | null;
  observing: boolean;
  /** Reasons of its holds: of the open ones, and of those of `releasing`. */
  holds: string[];
  /** Reasons of holds that have ended, and whose restriction is not undone yet. */
  releasing: string[];
  /** Reasons of open holds whose restriction is not on the panel yet. */
  restricting: string[];
  /** Reasons of open holds of which only a part is on the panel yet. */
  partly: string[];
  /** Reasons that the last run would have held it for, and did not, without those that a protection or a release withholds today. */
  wouldHold: string[];
  /** In the mode that counts; null where it is not known. */
  usedBytes: number | null;
  /** Null for none. */
  allowedBytes: number | null;
  remainingBytes: number | null;
  readAt: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  /** Number of differences that the last run found. */
  drift: number;
}

/** Number of services of a panel in a status. */
export interface OverviewCount {
  panel: string;
  status: string;
  services: number;
  /** Of those, services that have ended. */
  ended: number;
  drifting: number;
  /** Of those, services whose differences are all acknowledged. */
  driftAcknowledged: number;
  /** Services that the last run could not read, or where it failed, held ones included. */
  failing: number;
  /** Services of which the last run doubted the reading, held ones included. */
  doubted: number;
  /** Services with an open hold, or one that is not undone yet, whatever their status. */
  held: number;
  /** Services for which a hold would begin. */
  wouldHold: number;
  /** Services that have used at least 80 % of their allowance. */
  nearLimit: number;
}

/** A hold of a service that is open, or not undone yet. */
export interface OverviewHold {
  service: string;
  /** Of the service. */
  name: string | null;
  panel: string;
  reason: string;
  since: string;
  note: string | null;
  /** Whether it has ended, and its restriction is not undone yet. */
  releasing: boolean;
  /** Whether its restriction is not on the panel yet. */
  restricting: boolean;
  /** Whether only a part of its restriction is on the panel yet. */
  partly: boolean;
  /** When it was added; null where no traffic decided. */
  usedBytes: number | null;
  allowedBytes: number | null;
}

/** The services of a panel whose last decision has the same error. */
export interface OverviewError {
  panel: string;
  code: string;
  services: number;
  /** One of the services; the instant and the message of its decision. */
  service: string;
  at: string;
  message: string | null;
}

/** The key of the condition that an open hold is not on the panel yet begins with this; the id of the hold follows. */
export const TO_RESTRICT = 'to-restrict:';

/** The local date of each panel, such as `2026-11-20`: protections and releases last until one. */
export interface LocalDates {
  panels: Readonly<Record<string, string>>;
  /** Of panels that are not named. */
  others: string;
}

/** What a service is allowed now, and for what it would be held then, where its last decision was made with something else. */
export type ChangedAllowance = Pick<DecisionRecord, 'service' | 'mode' | 'allowance' | 'wouldHold'>;

/** What lists are made with that the tables do not have. */
export interface OverviewNow extends LocalDates {
  /** Absent for none. */
  changed?: readonly ChangedAllowance[];
  /** Panels that left the config: no run reads their services. Absent for none. */
  removed?: readonly string[];
}

/** A part of the list of services, with the numbers of all. */
export interface OverviewPart {
  /** Of all services, by panel and status. */
  counts: OverviewCount[];
  /** How many services the filter names, in this part or not. */
  matching: number;
  rows: OverviewRow[];
}

/** Lists for operators, in one statement each. */
export interface OverviewTables {
  overview: {
    /** `after`: only rows with greater ids; a `limit` of -1 is none. */
    services(
      request: OverviewFilter & { order: OverviewOrder; limit: number; offset: number; after?: string },
      now: OverviewNow,
    ): Promise<OverviewPart>;
    /** Ids of the services that were changed, or whose override began or ended, after their last decision. */
    changed(): Promise<string[]>;
    /** Holds of services that are open or not undone yet, the newest first. */
    holds(limit: number): Promise<OverviewHold[]>;
    /** Number of services with such a hold by reason, the most first. */
    reasons(): Promise<{ reason: string; services: number }[]>;
    /** Errors of the last decisions by panel and code, the most services first, each with one of them. */
    errors(): Promise<OverviewError[]>;
  };
}
