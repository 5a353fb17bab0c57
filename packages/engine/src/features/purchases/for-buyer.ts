import type { PurchaseReport } from '@sluice/contract/documents';
import type { ItemError } from '@sluice/panel-kind';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { isOfLimit } from '../../kernel/subject/holds.js';
import { foreseeHolds } from '../../loop/decide.js';
import { errorFor } from '../services/for-reader.js';
import { LIMIT_NOT_RAISED, UNDER_OBSERVE } from './observed.js';
import { loadBuyer } from './package-effects.js';

/** What the buyer of a package that is enough waits for, by the code of the error; default: the panel. */
const WAITS = new Map([
  [UNDER_OBSERVE, 'Your provider restores the service later'],
  [LIMIT_NOT_RAISED, 'Your provider has to raise the limit of the panel, too'],
]);
const PANEL = 'The panel has not confirmed yet that the service can use it';

/**
 * Returns what the buyer reads of what a paid package has not done on the panel yet: one that is enough must not be bought again, and
 * whether it is enough is decided by the last reading, whatever failed.
 */
export async function errorForBuyer(
  context: Context,
  error: ItemError,
  { service, cycle }: Pick<PurchaseReport['purchase'], 'service' | 'cycle'>,
): Promise<ItemError> {
  // One of a former cycle counts for nothing now.
  if (cycle === null || cycle.end <= context.now()) return errorFor(error);
  const isEnough = await findEnough(context, service);
  const { code } = error;
  if (isEnough === false)
    return {
      code,
      message: 'The package is paid and counts, but it is not enough to end the restriction of the service',
    };
  const waits =
    isEnough === null
      ? 'Whether it is enough is known once the service has been read again; do not buy again before'
      : `${WAITS.get(code) ?? PANEL}; do not buy again`;
  return { code, message: `The package is paid and counts. ${waits}` };
}

/** Returns whether no limit restricts a service any more, by its last reading and with all that is bought for it; null for unknown. */
async function findEnough(context: Context, id: string): Promise<boolean | null> {
  const loaded = await loadBuyer(context, await requireService(context, id));
  if (loaded === null) return null;
  const foreseen = foreseeHolds(context, await context.panel(loaded.service.panel), loaded, context.now());
  if (foreseen === null || foreseen.usedBytes === null) return null;
  return !foreseen.holdsQuota && !foreseen.staying.some(isOfLimit);
}
