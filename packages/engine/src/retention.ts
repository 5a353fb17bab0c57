import { backupDaily } from './backups.js';
import type { Session } from './session.js';

const DAY_MS = 86_400_000;

/** Maintains the store after `reconcile`: daily backup, API log, old samples. */
export async function afterReconcile(session: Session): Promise<void> {
  const { apiLog, samples } = session.config.retention;
  await backupDaily(session);
  await session.store.maintenance.prune({
    now: session.now(),
    apiLogDays: apiLog / DAY_MS,
    samplesDays: samples / DAY_MS,
  });
}
