import { type ItemError, SluiceError, toItemError } from '@sluice/panel-kind';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { requirePanelName } from '../../base/config/find-panel.js';
import { isLiving } from '../../base/lifecycle.js';
import { requirePayer } from '../billing/refusals.js';
import type { Context } from '../../context/context.js';
import { findSkip } from '../../kernel/subject/skip.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { describeTermination, UNFINISHED } from '../../kernel/subject/termination.js';

/** The cycle in which a package counts that is bought now, or why none can be bought. */
type CycleToBuy = { cycle: CycleRecord; refused: null } | { cycle: null; refused: ItemError };

/** Returns the client that is charged for a package of a service; throws where the service is not active or not read, or has none. */
export function requireChargeable(context: Pick<Context, 'config' | 'now'>, service: ServiceRecord): string {
  const { id, status } = service;
  if (!isLiving(service)) {
    throw new SluiceError('wrong_lifecycle', `"${id}" is ${status}: there is nothing to buy traffic for`, {
      details: { service: id, lifecycle: status },
    });
  }
  const { panel, product, nextDueDate } = service;
  const now = context.now();
  if (findSkip(context.config, { panel, product, lifecycle: status, nextDueDate }, now) === 'overdue') {
    const message = `"${id}" was due on ${nextDueDate ?? 'an unknown date'}, and runs leave overdue services as they are (poll.overdue: ignore): extra traffic has no effect until it is renewed`;
    throw new SluiceError('renewal_due', message, { details: { service: id } });
  }
  return requirePayer(service);
}

/** Returns the code with which a purchase for a service is refused now; null where a package can be bought, or that is not known. */
export function findRefused(
  context: Pick<Context, 'config' | 'now'>,
  service: ServiceRecord,
  loaded: Loaded | null,
): string | null {
  try {
    requireChargeable(context, service);
    requirePanelName(context, service.panel);
  } catch (error) {
    return toItemError(error).code;
  }
  return loaded === null ? null : (findCycleToBuy(loaded).refused?.code ?? null);
}

/**
 * Returns the cycle in which a package counts that is bought for a service now, or why none can be bought. Extra traffic has an effect
 * only on a limited quota of a service that is not being ended, and counts in a cycle that was read. Pure.
 */
export function findCycleToBuy({ service, termination, error, allowance, cycle, cycleIsNew }: Loaded): CycleToBuy {
  const { id } = service;
  const refuse = (code: string, message: string): CycleToBuy => ({ cycle: null, refused: { code, message } });
  if (termination !== null)
    return refuse(UNFINISHED, `"${id}": ${describeTermination(id, termination)}; nothing was charged`);
  if (error !== null) return refuse(error.code, `"${id}": ${error.message}; nothing was charged`);
  if (allowance?.kind !== 'limited')
    return refuse('no_quota', `"${id}" has no limited quota, so extra traffic would have no effect`);
  if (cycle !== null && !cycleIsNew && cycle.readAt !== null) return { cycle, refused: null };
  return refuse('not_metered_yet', `"${id}" has not been read in its current billing cycle; nothing was charged`);
}
