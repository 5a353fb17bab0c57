import type { PackageEffect, PackageView } from '@sluice/contract/documents';
import { describeReason, formatBytes } from '@sluice/quota-core';

/**
 * Says before a purchase what the package does not end, in whole sentences; empty where it ends all that restricts the service, or
 * nothing does. `why` words a reason of a hold for the reader.
 */
export function describeEffect(
  { effect }: Pick<PackageView, 'effect'>,
  offered: readonly Pick<PackageView, 'id' | 'name'>[],
  why: (reason: string) => string = describeReason,
): string[] {
  if (effect === null) return [];
  const { missingBytes, stays } = effect;
  const others = stays.filter((reason) => reason !== 'quota').map(why);
  const ofQuota =
    missingBytes === null
      ? ['The usage is not known, so it is not known whether this package ends the restriction.']
      : missingBytes > 0
        ? [describeMissing({ ...effect, missingBytes }, offered)]
        : [];
  const ofOthers =
    others.length === 0
      ? []
      : [`The service stays restricted for another reason, which no package ends: ${others.join('; ')}.`];
  return [...ofQuota, ...ofOthers];
}

function describeMissing(
  { missingBytes, least, instead, stays }: PackageEffect & { missingBytes: number },
  offered: readonly Pick<PackageView, 'id' | 'name'>[],
): string {
  const names = instead.map((id) => `“${offered.find((each) => each.id === id)?.name ?? id}”`);
  const one = names.length === 0 ? '' : `, or one ${names.length > 1 ? 'of ' : ''}${names.join(', ')}`;
  const state = stays.includes('quota') ? ', and the service stays restricted' : '';
  const ways = least === null ? '' : ` At least ${least} of this package are needed${one}.`;
  return `With this package ${formatBytes(missingBytes)} of traffic are still missing${state}.${ways}`;
}
