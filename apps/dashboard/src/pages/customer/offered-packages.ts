import { may } from '@sluice/contract';
import type { PackageView, ServiceDetail } from '@sluice/engine';
import { findRefusedAll, hasCycleEnded } from '@sluice/engine/words';
import type { Key } from '@sluice/messages';
import type { PageRequest } from '../../requests/page-request.js';
import type { PanelReads } from '../../requests/panel-reads.js';
import { readCredit } from './credit.js';

/**
 * Returns the packages that the product of a service offers, with their effect for it; none where it has not begun, or has ended.
 * With `reads`, those that can't be charged to its client are refused where the page shows its credit.
 */
export async function offeredPackages(
  request: PageRequest,
  { id, lifecycle, client, product }: Pick<ServiceDetail, 'id' | 'lifecycle' | 'client' | 'product'>,
  reads: PanelReads | null,
): Promise<PackageView[]> {
  const { sluice, viewer, isEmbedded } = request;
  const isNone = sluice.config.products[product]?.packages.length === 0;
  if (isNone || (lifecycle !== 'active' && lifecycle !== 'suspended')) return [];
  const isShown = reads !== null && client !== null && (isEmbedded || may(viewer, 'purchases.create'));
  const credit = isShown ? (await readCredit(request, reads)).value : null;
  const of = { reader: client ?? undefined, service: id, credit: credit ?? undefined };
  return (await sluice.purchases.packages(of)).packages;
}

/** Returns what a client reads while nothing can be bought for a service; null where a package can. */
export function findRefusal(
  offered: readonly Pick<PackageView, 'refused'>[],
  service: Pick<ServiceDetail, 'cycle' | 'holds'>,
  now: string,
): (Key & `packages.${string}`) | null {
  const refused = findRefusedAll(offered);
  if (refused === null) return null;
  if (offered.length === 1 && (refused === 'agent_limit' || refused === 'currency_mismatch'))
    return 'packages.oneNotAvailable';
  // Without a quota a hold of the former one stays until the provider ends it.
  const isHeld = service.holds.some(({ reason }) => reason === 'quota');
  if (refused === 'no_quota' && !isHeld) return 'packages.noEffect';
  if (refused !== 'not_metered_yet') return 'packages.noneNow';
  return hasCycleEnded(service, now) ? 'packages.periodEnded' : 'packages.notRead';
}
