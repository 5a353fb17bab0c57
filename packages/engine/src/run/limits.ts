import type { ServiceRecord } from '@sluice/state-store';
import type { CycleLimit } from '../dependencies.js';
import type { Session } from '../session.js';

/** Returns the limits of a service: its quota, then those passed to the engine. */
export function limitsOf(
  { deps }: Session,
  service: ServiceRecord,
  quota: Pick<CycleLimit, 'allowance' | 'mode' | 'restriction'>,
): [CycleLimit, ...CycleLimit[]] {
  return [{ id: 'quota', exceededAt: 'reached', release: 'margin', ...quota }, ...(deps.limits?.(service) ?? [])];
}

/** Returns the restriction of each limit of a service, by limit id; `action` is the quota's. */
export function limitRestrictions({ deps }: Session, service: ServiceRecord, action: string): Map<string, string> {
  const others = deps.limits?.(service) ?? [];
  return new Map([['quota', action], ...others.map(({ id, restriction }) => [id, restriction] as const)]);
}
