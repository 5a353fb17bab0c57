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
  const { code } = error;
  const waits = WAITS.get(code) ?? PANEL;
  const rest = {
    unknown: '. Whether it is enough is known once the service has been read again; do not buy again before',
    'too-little': ', but it is not enough to end the restriction of the service',
    'other-limit': ', but another limit restricts the service, which no package ends',
    enough: `. ${waits}; do not buy again`,
  }[await findEffect(context, service)];
  return { code, message: `The package is paid and counts${rest}` };
}

/** Returns what restricts a service by its last reading, with all that is bought for it. */
async function findEffect(context: Context, id: string): Promise<'unknown' | 'too-little' | 'other-limit' | 'enough'> {
  const loaded = await loadBuyer(context, await requireService(context, id));
  if (loaded === null) return 'unknown';
  const foreseen = foreseeHolds(context, await context.panel(loaded.service.panel), loaded, context.now());
  if (foreseen === null || foreseen.usedBytes === null) return 'unknown';
  if (foreseen.holdsQuota) return 'too-little';
  return foreseen.staying.some(isOfLimit) ? 'other-limit' : 'enough';
}
