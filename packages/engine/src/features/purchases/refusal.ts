import type { ItemError } from '@sluice/panel-kind';
import type { Loaded } from '../../kernel/subject/stages.js';

/**
 * Returns why no package can be bought for a service now; null where one can. Extra traffic has an effect only on a limited quota, and
 * counts in a cycle that was read. Pure.
 */
export function findRefusal({ service, error, allowance, cycle, cycleIsNew }: Loaded): ItemError | null {
  const { id } = service;
  if (error !== null) return { code: error.code, message: `"${id}": ${error.message}; nothing was charged` };
  if (allowance?.kind !== 'limited')
    return { code: 'no_quota', message: `"${id}" has no limited quota, so extra traffic would have no effect` };
  if (cycle !== null && !cycleIsNew && cycle.readAt !== null) return null;
  const message = `"${id}" has not been read in its current billing cycle; nothing was charged`;
  return { code: 'not_metered_yet', message };
}
