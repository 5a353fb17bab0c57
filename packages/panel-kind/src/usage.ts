import type { ActionRecord, Reading, ResetBetween, ServiceRecord } from '@sluice/quota-core';
import type { ItemError } from './errors.js';
import type { ProductSettings } from './settings.js';

/** One reading to take: the service and the part of its cycle that has passed. */
export interface UsageRequest {
  service: ServiceRecord;
  product: ProductSettings;
  /** Half open, ISO UTC; `end` is the smaller of now and the cycle's end. */
  window: { start: string; end: string };
  /** The checkpoint of the last run; null where there was none. */
  seen: unknown;
  /** What was journaled of the service since it was taken. */
  recent: readonly ActionRecord[];
  /** Changes that were begun and whose end is not known yet: a reset of the counters may be among them. */
  unsettled: ActionRecord[];
  /** How many accounts Sluice has removed from the panel since then. */
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
