import type { Context } from '../../context/context.js';
import type { Line } from '../telephony/find-line.js';

/**
 * Returns whether it is known from when on a line is billed here, also on a panel without `billFrom`: since Sluice made it, as the journal
 * shows. What was called on another one may be on the bills of another system.
 */
export async function knowsFirstDay(context: Context, { telephony, service, subscriberId }: Line): Promise<boolean> {
  if (telephony.billFrom !== null) return true;
  const { accounts } = await context.panel(service.panel);
  const actions = await context.store.actions.list({ service: service.id });
  return actions.some((action) => action.panel === service.panel && accounts?.made?.(action) === subscriberId);
}
