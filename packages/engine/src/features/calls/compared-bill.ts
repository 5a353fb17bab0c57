import type { CallBillRecord } from '@sluice/state-store';

/** Which bills to compare. */
export interface ReconcileCallsRequest {
  service: string | null;
  period: string | null;
  /** Reads the calls of a bill's report back; null where it is gone. Without it, ids stay unknown. */
  billed: ((bill: CallBillRecord) => Promise<AsyncIterable<{ id: string; charge: string | null }> | null>) | null;
}
