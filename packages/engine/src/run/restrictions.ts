import type { HoldInForce, Panel } from '@sluice/panel-kind';
import type { HoldRecord } from '@sluice/state-store';

/**
 * Returns what a hold asks for on its panel. The quota's restriction is the product's (or an override's) of today; billing
 * and manual holds suspend; a limit of any other name has its own.
 */
export function restrictionOf(
  { reason, restriction }: Pick<HoldRecord, 'reason' | 'restriction'>,
  { kind }: Pick<Panel, 'kind'>,
  action: string,
): string {
  if (reason === 'quota') return action;
  if (reason === 'billing' || reason === 'manual') return kind.suspension;
  if (reason === 'agent-limit') return kind.agentRestriction ?? action;
  return restriction ?? action;
}

/** Returns holds with what they ask for. */
export function inForce(holds: readonly HoldRecord[], panel: Pick<Panel, 'kind'>, action: string): HoldInForce[] {
  return holds.map((hold) => ({ ...hold, restriction: restrictionOf(hold, panel, action) }));
}
