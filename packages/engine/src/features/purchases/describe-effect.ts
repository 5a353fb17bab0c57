import type { PackageEffect, PackageView } from '@sluice/contract/documents';
import { describeReason, formatBytes } from '@sluice/quota-core';
import { UNFINISHED } from '../../kernel/subject/termination.js';

/** Says to an operator why no package can be bought for a service now; null where one can. */
export function describeRefused(offered: readonly Pick<PackageView, 'refused'>[]): string | null {
  const refused = findRefusedAll(offered);
  if (refused === null) return null;
  return `No package can be bought for the service now: ${toReason(refused)}.`;
}

/** Says to an operator why one package of several can't be bought for a service now; null where it can, or its effect says why. */
export function describeRefusedOne(
  { refused }: Pick<PackageView, 'refused'>,
  offered: readonly Pick<PackageView, 'refused'>[],
): string | null {
  if (refused === undefined || refused === 'agent_limit' || findRefusedAll(offered) !== null) return null;
  return `It can't be bought for the service now: ${toReason(refused)}.`;
}

function toReason(refused: string): string {
  return REFUSED.get(refused) ?? `its purchase is refused (${refused})`;
}

/** Returns the code with which the purchase of each of these packages is refused now; null where one can be bought. */
export function findRefusedAll(offered: readonly Pick<PackageView, 'refused'>[]): string | null {
  const [first, ...others] = offered;
  return others.every(({ refused }) => refused !== undefined) ? (first?.refused ?? null) : null;
}

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['wrong_lifecycle', 'it is not active'],
  [UNFINISHED, 'its termination is not finished'],
  ['no_client', 'it has no client, so nobody can be charged'],
  ['unknown_panel', 'its panel is not in the config'],
  ['no_quota', 'it has no limited quota'],
  ['renewal_due', 'it is overdue, and no run reads or releases it until it is renewed'],
  ['not_metered_yet', 'it was not read in its current billing cycle'],
  ['agent_limit', 'the limit of its agent has no room for more traffic'],
  ['currency_mismatch', 'its client is billed in another currency'],
  ['client_closed', 'its client is closed in the billing system'],
]);

/**
 * Says before a purchase what the package does not end, in whole sentences; empty where it ends all that restricts the service, or
 * nothing does. For operators.
 */
export function describeEffect(
  { effect, refused }: Pick<PackageView, 'effect' | 'refused'>,
  offered: readonly Pick<PackageView, 'id' | 'name'>[],
): string[] {
  if (effect === null) return [];
  const { missingBytes, stays, stops } = effect;
  const kept = new Set(stops.flatMap(({ holds }) => holds));
  const others = stays.filter((reason) => reason !== 'quota' && !kept.has(reason)).map(describeReason);
  const ofQuota =
    missingBytes === null
      ? ['The usage is not known, so it is not known whether this package ends the restriction.']
      : missingBytes > 0
        ? [describeMissing({ ...effect, missingBytes }, offered)]
        : [];
  const isLimited = refused !== 'no_quota';
  const ofOthers =
    others.length === 0
      ? []
      : [`The service stays restricted for another reason, which no package ends: ${others.join('; ')}.`];
  return [...(isLimited ? ofQuota : []), ...ofOthers, ...stops.flatMap(describeStop)];
}

/** A client gets no cause: it reads who helps, in its language. */
function describeStop({ by, message }: PackageEffect['stops'][number]): string[] {
  if (message === null) return [];
  if (by === 'others') return [`${message}; the package alone may not end that.`];
  return [`${message[0]?.toUpperCase() ?? ''}${message.slice(1)}.`];
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
