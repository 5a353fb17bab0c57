import type { PeriodView } from '@sluice/contract/documents';
import type { CallBillRecord } from '@sluice/state-store';

/** Which bills to compare. */
export interface ReconcileCallsRequest {
  service: string | null;
  period: string | null;
  /** Reads the calls of a bill's report back; null where it is gone. Without it, ids stay unknown. */
  billed: ((bill: CallBillRecord) => Promise<AsyncIterable<{ id: string; charge: string | null }> | null>) | null;
}

/** A bill compared with the records of now, in `call reconcile --json` (docs/json.md). */
export interface ComparedBill {
  /** The service that had the line; null: none, or several of different clients. */
  service: string | null;
  /** The subscriber of the line. */
  line: string;
  /** Id of the bill; null: calls that no bill has, and that are not due. */
  bill: string | null;
  period: PeriodView;
  currency: string;
  billed: { calls: number; total: string };
  now: { calls: number; total: string };
  /** What came later, less what is gone; with all digits of the charges. */
  difference: string;
  /** Ids; empty where the report of the bill is gone. */
  late: string[];
  missing: string[];
  changed: string[];
}
