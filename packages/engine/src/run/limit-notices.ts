import { crossedThresholds } from '@sluice/quota-core';
import type { NoticeRecord } from '@sluice/state-store';
import type { LimitState } from './limit-state.js';
import { THRESHOLDS } from './limits.js';
import type { Applied } from './stages.js';

/** Returns the notices of thresholds that usage is the first of a window to reach, of the limits besides the quota. */
export function limitThresholdNotices({
  service,
  limits,
  limitsBefore,
}: Applied): Omit<NoticeRecord, 'id' | 'run' | 'at'>[] {
  return limits.flatMap((limit) => {
    const before = limitsBefore.find(({ id, key }) => id === limit.id && key === limit.key);
    const reached = listReached(before?.peak ?? null, limit.allowed, []);
    const percent = listReached(limit.used, limit.allowed, reached).at(-1);
    if (percent === undefined) return [];
    return [
      {
        code: 'threshold',
        key: `threshold:${service.id}:${limit.id}:${limit.key ?? 'none'}:${percent}`,
        panel: service.panel,
        service: service.id,
        message: `${service.id} has used ${percent}% of its limit "${limit.id}"`,
      },
    ];
  });
}

function listReached(used: LimitState['used'], allowed: LimitState['allowed'], already: number[]): number[] {
  const thresholds = THRESHOLDS;
  if (typeof used === 'number' && typeof allowed === 'number')
    return crossedThresholds({ usedBytes: used, allowedBytes: allowed, thresholds, already });
  if (typeof used === 'string' && typeof allowed === 'string')
    return crossedThresholds({ used, allowed, thresholds, already });
  return [];
}

/** Returns what the calls of a limit in money cost, and where they went, for the notice of its hold. */
export function spendDetail({ spend, limits }: Applied, reason: string): string {
  const found = spend.find(({ limit }) => limit === reason);
  const state = limits.find(({ id }) => id === reason);
  if (found === undefined || state === undefined) return '';
  const most = found.destinations.map(({ destination, charge }) => `${destination} (${charge})`).join(', ');
  const spent = `: ${state.used ?? '?'} of ${state.allowed} ${found.currency} spent`;
  return most === '' ? spent : `${spent}, most of it on calls to ${most}`;
}
