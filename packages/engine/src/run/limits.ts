import type { HoldInForce, Panel } from '@sluice/panel-kind';
import type { HoldRecord, ServiceRecord } from '@sluice/state-store';
import type { CycleLimit } from '../dependencies.js';
import type { Session } from '../session.js';

/** Returns the limits of a service: its quota, then those passed to the engine. */
export function listLimits(
  { deps }: Session,
  service: ServiceRecord,
  quota: Pick<CycleLimit, 'allowance' | 'mode' | 'restriction'>,
): [CycleLimit, ...CycleLimit[]] {
  return [{ id: 'quota', exceededAt: 'reached', release: 'margin', ...quota }, ...(deps.limits?.(service) ?? [])];
}

/** A service with its holds; `action` is the restriction of its quota: the product's, or an override's. */
interface Restricted {
  service: ServiceRecord;
  holds: readonly HoldRecord[];
  action: string;
}

/**
 * Returns holds with the restriction that each requires: a limit's current one, or the suspension for billing and manual holds.
 * The hold of a removed limit keeps its original restriction.
 */
export function inForce(
  { deps }: Session,
  { kind, agents }: Pick<Panel, 'kind' | 'agents'>,
  { service, holds, action }: Restricted,
): HoldInForce[] {
  if (holds.length === 0) return [];
  const others = deps.limits?.(service) ?? [];
  const limits = new Map([['quota', action], ...others.map(({ id, restriction }) => [id, restriction] as const)]);
  const findRestriction = ({ reason, restriction }: HoldRecord): string => {
    if (reason === 'billing' || reason === 'manual') return kind.suspension;
    if (reason === 'agent-limit') return agents?.serviceRestriction ?? action;
    return limits.get(reason) ?? restriction ?? action;
  };
  return holds.map((hold) => ({ ...hold, restriction: findRestriction(hold) }));
}
