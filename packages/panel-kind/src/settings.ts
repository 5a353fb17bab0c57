import type { Mode, ProductQuota } from '@sluice/quota-core';

/** Checked config of a panel (docs/config.md): the common keys, and those of its kind. */
export interface PanelSettings {
  kind: string;
  url: string;
  /** Where customers reach it; `customerAddress` says what they are shown without one. */
  publicUrl?: string | undefined;
  allowHttp: boolean;
  enforce?: 'on' | 'observe' | undefined;
  timeZone?: string | undefined;
  concurrency?: number | undefined;
  adaptive: boolean;
  requestsPerSecond?: number | undefined;
  /** Milliseconds. */
  timeout?: number | undefined;
  retries?: number | undefined;
  proxy?: string | undefined;
  /** What the line of a service carries in one direction at most, in bytes per second. */
  lineSpeed?: number | undefined;
  tls?: { ca?: string | undefined; rejectUnauthorized: boolean; pinSha256?: string | undefined } | undefined;
  [key: string]: unknown;
}

/** Automatic purchases; what is not stated comes from the next level (docs/config.md). */
export interface AutoBuySettings {
  enabled?: boolean | undefined;
  package?: string | undefined;
  /** Buy when at most this remains. */
  thresholdGb?: number | undefined;
  /** The same, of the allowance. */
  thresholdPercent?: number | undefined;
  maxPerCycle?: number | undefined;
}

/** A limit of a product's services in addition to the quota (docs/config.md). */
export interface LimitSettings {
  /** Unique within the product; the reason of its holds. */
  id: string;
  /** A local day, week or month in the panel's time zone, or the service's cycle. */
  window: 'day' | 'week' | 'month' | 'cycle';
  /** Bytes, or an amount in the panel's currency as decimal text. */
  allowance: number | string;
  /** The restriction of its holds. */
  action: string;
}

/** A product of the config, checked (docs/config.md); the section of its panel's kind stands under the kind's name. */
export interface ProductSettings {
  /** What people call it; its id in the config without one. */
  name?: string | undefined;
  panel: string;
  quota?: ProductQuota | undefined;
  mode?: Mode | undefined;
  quotaPeriod: 'billing' | 'month';
  action?: string | undefined;
  enforce?: 'on' | 'observe' | undefined;
  packages: string[];
  limits?: LimitSettings[] | undefined;
  autoBuy?: AutoBuySettings | undefined;
  /** What the line of a service carries in one direction at most, in bytes per second. */
  lineSpeed?: number | undefined;
  /** How much more than a limit a service may use before it is held, in bytes; absent: `poll.maxOvershoot`. */
  maxOvershoot?: number | undefined;
  allowSharedPorts: boolean;
  /** `auto`: a reconcile creates the accounts of services that are ordered. */
  provision: 'manual' | 'auto';
  /** `auto`: a reconcile removes the accounts of services whose orders ended. */
  terminate: 'manual' | 'auto';
  /** Days after its due date after which a service is overdue, by the section of the panel's kind; absent: none. */
  graceDays?: number | undefined;
  /** `writeTo` is a folder, or the kind of a billing system. */
  credentials?: { writeTo?: string | undefined; message?: string | undefined } | undefined;
  [section: string]: unknown;
}
