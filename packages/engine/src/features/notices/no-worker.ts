import { type StaffText, staffText } from '@sluice/messages/staff';
import type { StoreTables } from '@sluice/state-store';

/** Code of the notice and alarm that nobody begins jobs. */
export const NO_WORKER = 'no_worker';

/** Key of the condition that nobody begins jobs. */
export const NO_WORKER_KEY = 'no-worker';

/** Says since when nobody begins jobs. */
export const describeIdle = (since: string): StaffText => staffText('staff.noWorker', { since });

/** Returns since when no worker begins jobs, as it was noted last, and how that is said; null where one does. */
export async function readIdle({
  conditions,
}: Pick<StoreTables, 'conditions'>): Promise<{ since: string; message: string } | null> {
  const known = await conditions.get(NO_WORKER_KEY);
  return known === null || known.runs === 0 ? null : { since: known.since, message: describeIdle(known.since) };
}
