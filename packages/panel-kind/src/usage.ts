import type { ActionRecord, Reading, ResetBetween, ServiceRecord } from '@sluice/quota-core';
import type { ItemError } from './errors.js';
import type { FormerHistory } from './plan.js';
import type { ProductSettings } from './settings.js';

/** A request for the usage of one service in the elapsed part of its cycle. */
export interface UsageRequest {
  service: ServiceRecord;
  product: ProductSettings;
  /** Half open, ISO UTC; `end` is now or the end of the cycle, whichever is earlier. */
  window: { start: string; end: string };
  /** The checkpoint of the last run; null before the first. */
  checkpoint: unknown;
  /**
   * The checkpoint of the last reading that was accepted, which a reset of the counters is judged against: runs whose reading was
   * refused, and commands, store later ones. Null before the first.
   */
  counted: unknown;
  /** The history of the service that had the account before; absent where there is none. */
  former?: FormerHistory | null;
  /** The service's journal since then. */
  recent: readonly ActionRecord[];
  /** Changes in doubt, such as a reset of the counters. */
  unresolved: ActionRecord[];
  /** How many accounts Sluice removed from the panel since then. */
  removed: number;
}

/** A panel's answer about the usage of one service. */
export interface UsageAnswer {
  reading: Reading;
  /** The panel's figures, small and without secrets, for the sample. */
  raw: unknown;
  /** Key paths of the answer, for its fingerprint; may be empty. */
  shape: string[];
  warnings: ItemError[];
  /** Present where the figures are counters that grow. */
  counter?: {
    /** Returns whether they were reset between the last accepted reading and this one: no, perhaps, or for certain. */
    resetBetween: (previousAt: string, at: string) => ResetBetween;
    /**
     * A total that was zeroed and that the panel wrote back. It was counted before, so a counter that has not grown since
     * continues from there. Null or absent: none.
     */
    stoodAt?: number | null;
  };
}

/** The length of a panel's list of accounts, as it was last seen with one service. */
export interface KnownList {
  /** When it was read. */
  at: string;
  rows: number;
  /** How many accounts Sluice removed from the panel since then. */
  removed: number;
}

/**
 * Returns how many accounts the next list of a panel should have: those of the newest list, less those that Sluice removed since. A
 * service that was not read for a while knows an older list, which is compared with nothing. Null where no list is known.
 */
export function expectRows(lists: readonly KnownList[]): number | null {
  const [first, ...others] = [...lists].sort((a, b) => (a.at < b.at ? 1 : -1));
  if (first === undefined) return null;
  const removed = others.reduce(
    (most, list) => (list.at === first.at ? Math.max(most, list.removed) : most),
    first.removed,
  );
  return Math.max(0, first.rows - removed);
}
