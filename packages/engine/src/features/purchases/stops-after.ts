import type { PackageEffect } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';
import type { Loaded } from '../../kernel/subject/stages.js';
import { limitNotRaised, underObserve } from './observed.js';

/** Why a service stays stopped, or keeps a limit, after a purchase whatever the package brings. */
type Stops = PackageEffect['stops'];

/**
 * Returns what would still stop a service after a purchase besides the holds that it does not end, by what is stored; the only place
 * that decides that. `ending`: the reasons of the holds that it ends.
 */
export function listStopsAfter(
  context: Pick<Context, 'findKind'>,
  { service, enforcement, holds }: Pick<Loaded, 'service' | 'enforcement' | 'holds'>,
  ending: readonly string[],
): Stops {
  const keepsLimit = holds.length === 0 && context.findKind(service.panel)?.keepsQuota === true;
  if (enforcement.value !== 'observe' || (ending.length === 0 && !keepsLimit)) return [];
  const { message } = ending.length > 0 ? underObserve(service) : limitNotRaised(service);
  return [{ by: 'observe', holds: [...ending], message }];
}
