import type { Cycle, Mode, MoneyReading, WindowCount } from '@sluice/quota-core';
import type { CycleRecord, DecisionRecord } from '@sluice/state-store';
import type { DestinationSpend } from '@sluice/telephony';
import { findHighest } from './accepted-figures.js';

/** A limit of a service in its window, besides the quota; stored with the decision. */
export interface LimitState {
  id: string;
  /** Null where the service has no cycle. */
  window: Cycle | null;
  /** Id of the window; holds that follow name it. */
  key: string | null;
  /** `bytes`, or the currency. */
  unit: string;
  /** Bytes, or decimal text; null where unknown. */
  used: number | string | null;
  allowed: number | string;
  /** Highest figure of the window. */
  peak: number | string | null;
  /** From where bytes in a window of the calendar are counted. */
  count: WindowCount | null;
}

/** Codes of readings of a limit in money that are only a part of what was spent. */
export const PARTLY_SPENT = { incomplete: 'spend_incomplete', unreadable: 'spend_unreadable' } as const;

/** What the calls of a service cost in the window of a limit. */
export interface Spend {
  /** Id of the limit. */
  limit: string;
  window: Cycle;
  /** Since when the present client has the line; null: as long as it is known. */
  since: string | null;
  /** ISO 4217; the panel's. */
  currency: string;
  reading: MoneyReading;
  /** The most expensive destinations; text of the panel. */
  destinations: readonly DestinationSpend[];
}

/** Returns the limits that a decision was based on; empty where there were none. */
export function findLimitStates(decision: Pick<DecisionRecord, 'inputs'> | null): readonly LimitState[] {
  const stored = (decision?.inputs as { limits?: unknown } | null)?.limits;
  return Array.isArray(stored) ? (stored as LimitState[]) : [];
}

/** Returns the highest figure of a cycle in a mode that a reading, and the open hold of its limit, is compared with. */
export function findPeak(
  cycle: Readonly<CycleRecord> | null,
  mode: Mode,
  hold: { since: string } | null,
): number | null {
  if (cycle === null) return null;
  const { inBytes, outBytes, totalBytes } = findHighest(cycle, hold);
  if (mode === 'IN') return inBytes;
  return mode === 'OUT' ? outBytes : totalBytes;
}
