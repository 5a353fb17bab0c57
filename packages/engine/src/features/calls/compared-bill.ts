import type { ComparedBill } from '@sluice/contract/documents';
import type { CallBillRecord } from '@sluice/state-store';
import type { ImportRow } from '../services/plan-rows.js';

/** A compared bill, before the name of its service is read. */
export type Compared = Omit<ComparedBill, 'name'>;

/** Which bills to compare. */
export interface ReconcileCallsRequest {
  service: string | null;
  period: string | null;
  /** Reads the calls of a bill's report back; null where it is gone. Without it, ids stay unknown. */
  billed: ((bill: CallBillRecord) => Promise<AsyncIterable<{ id: string; charge: string | null }> | null>) | null;
}

/** Periods that another system has billed, as rows of a file. */
export interface BilledElsewhere {
  /** Columns `service`, `from`, `to` (local days; the second one is not a part of the period), `total`, `currency` (empty: that of the panel). */
  with: readonly (ImportRow | Record<string, string>)[];
  /** Name of the file in messages. */
  file?: string | undefined;
}
