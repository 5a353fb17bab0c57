import type { ItemError } from '@sluice/panel-kind';
import type { CycleRecord } from '@sluice/state-store';
import type { Loaded } from '../../kernel/subject/stages.js';

/** The cycle in which a package counts that is bought now, or why none can be bought. */
type CycleToBuy = { cycle: CycleRecord; refused: null } | { cycle: null; refused: ItemError };

/**
 * Returns the cycle in which a package counts that is bought for a service now, or why none can be bought. Extra traffic has an effect
 * only on a limited quota, and counts in a cycle that was read. Pure.
 */
export function findCycleToBuy({ service, error, allowance, cycle, cycleIsNew }: Loaded): CycleToBuy {
  const { id } = service;
  const refuse = (code: string, message: string): CycleToBuy => ({ cycle: null, refused: { code, message } });
  if (error !== null) return refuse(error.code, `"${id}": ${error.message}; nothing was charged`);
  if (allowance?.kind !== 'limited')
    return refuse('no_quota', `"${id}" has no limited quota, so extra traffic would have no effect`);
  if (cycle !== null && !cycleIsNew && cycle.readAt !== null) return { cycle, refused: null };
  return refuse('not_metered_yet', `"${id}" has not been read in its current billing cycle; nothing was charged`);
}
