import type { Mode, ProductQuota } from '@sluice/quota-core';

/** Checked config of a panel (docs/config.md): the common keys, and those of its kind. */
export interface PanelSettings {
  kind: string;
  url: string;
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
  tls?: { ca?: string | undefined; rejectUnauthorized: boolean; pinSha256?: string | undefined } | undefined;
  [key: string]: unknown;
}

/** A product of the config, checked (docs/config.md); the section of its panel's kind stands under the kind's name. */
export interface ProductSettings {
  panel: string;
  quota?: ProductQuota | undefined;
  mode?: Mode | undefined;
  quotaPeriod: 'billing' | 'month';
  action?: string | undefined;
  enforce?: 'on' | 'observe' | undefined;
  packages: string[];
  autoBuy?: { package?: string | undefined } | undefined;
  allowSharedPorts: boolean;
  credentials?: { writeTo?: string | undefined; message?: string | undefined } | undefined;
  [section: string]: unknown;
}
