import { SluiceError } from '@sluice/panel-kind';
import type { HeldLease } from '@sluice/state-store';
import { callsLease } from '../../context/leases.js';
import type { Run } from '../../kernel/run/bracket.js';
import type { BillOptions } from './bill-view.js';

/** Which bills to make, and how. */
export interface BillRequest extends BillOptions {
  waitMs: number;
}

/**
 * Bills calls of a service under its lease for billing, beside the service's own: a poll or a command does not stop it. A dry run needs none.
 * Null where another run bills them now and the request is not for this service.
 */
export async function withBillLease<T>(
  run: Run,
  { service, request }: { service: string; request: BillRequest },
  work: (fences: HeldLease[]) => Promise<T>,
): Promise<T | null> {
  if (request.dryRun) return work([]);
  const lease = callsLease(service);
  try {
    const held = await run.leases.take(lease, request.waitMs);
    return await work([held]);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.kind !== 'busy' || request.service !== null) throw error;
    return null;
  } finally {
    await run.leases.release(lease);
  }
}
