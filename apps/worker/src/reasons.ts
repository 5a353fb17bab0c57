import { CLOCK_MS } from './clock.js';
import type { Found, Identity } from './members.js';

/** Why a worker begins no jobs. */
export interface Reason {
  code: 'clock_differs' | 'config_differs' | 'worker_outdated' | 'database_unreachable';
  /** Without a full stop, from a small letter. */
  message: string;
}

/** Returns why a worker may begin no jobs by what its sign of life found. */
export function findReasons(found: Found, { storeSchema }: Pick<Identity, 'storeSchema'>): Reason[] {
  const reasons: Reason[] = [];
  const { aheadMs, otherConfig } = found;
  if (Math.abs(aheadMs) > CLOCK_MS) {
    const seconds = Math.round(Math.abs(aheadMs) / 1000);
    const message = `the clock of this machine is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of the database`;
    reasons.push({ code: 'clock_differs', message });
  }
  if (otherConfig !== null) {
    const { host, pid, keys } = otherConfig;
    const differing = keys.length === 0 ? '' : ` (${keys.join(', ')})`;
    const message = `its config${differing} is another one than that of process ${pid} on ${host}, which began before; jobs are run by one config only`;
    reasons.push({ code: 'config_differs', message });
  }
  if (found.storeSchema > storeSchema) {
    const message = `a newer version works on this store (schema ${found.storeSchema}, this one knows ${storeSchema})`;
    reasons.push({ code: 'worker_outdated', message });
  }
  return reasons;
}

/** Returns what is said of a worker that was lost. */
export function describeLost({ host, pid, jobs }: Pick<Found['lost'][number], 'host' | 'pid' | 'jobs'>): string {
  const again = { 0: '', 1: '; its job is begun again' }[jobs.length] ?? `; its ${jobs.length} jobs are begun again`;
  return `The worker of process ${pid} on ${host} shows no sign of life${again}`;
}
