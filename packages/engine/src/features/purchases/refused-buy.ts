import { staffText } from '@sluice/messages/staff';
import { printable } from '@sluice/panel-http/printable';
import { fewestToLift, multiplyMoney } from '@sluice/quota-core';
import type { PurchaseRecord } from '@sluice/state-store';
import { describeCredit, type RefusedCredit } from '../../base/refused-credit.js';
import type { Context } from '../../context/context.js';
import type { Notice } from '../../kernel/run/notice.js';
import type { NoticeFacts } from '../../kernel/run/notice-data.js';
import type { Decided } from '../../kernel/subject/stages.js';
import type { Package } from './packages.js';
import { boughtFacts } from './purchase-notice.js';

/** What a service would buy in this run, if its client has enough credit. */
export interface Wish {
  package: Package;
  client: string;
  /** Traffic until the quota restricts the service, or how much is missing until it does not. */
  remainingBytes: number;
  overBytes: number;
  /** Counted from there. */
  thresholdBytes: number;
  maxPerCycle: number;
}

/** Why nothing is bought: a word for the cause, and the sentence. */
export interface Refusal {
  refused: string;
  why: string;
  /** What was to be bought; absent: what was drafted for the service. */
  wanted?: Package | undefined;
  /** The credit that was not enough. */
  credit?: RefusedCredit;
}

/** Returns why a wish is not fulfilled, in words; `credit`: what its client has, and would need. */
export function toRefusal(refused: string, wish: Wish, credit: RefusedCredit): Refusal {
  const { package: bought, maxPerCycle, client } = wish;
  if (refused === 'limit-reached') return { refused, why: staffText('staff.notBought.most', { count: maxPerCycle }) };
  if (refused === 'no-credit') return { refused, why: describeCredit(client, credit), credit };
  const why = staffText('staff.notBought.wouldNotLift', { package: bought.id, count: maxPerCycle });
  return { refused, why };
}

/** Returns what the fewest packages cost that are of use. */
export function toCost(wish: Wish, price: string): Omit<RefusedCredit, 'left'> {
  const { bytes, currency } = wish.package;
  const packages = fewestToLift({ ...wish, packageBytes: bytes });
  return { packages, cost: multiplyMoney(price, packages), currency };
}

/** Returns the notice of a service that buys nothing; reported once per cycle and cause, and to a client who came in the cycle again. */
export function refusedNotice(
  context: Pick<Context, 'config'>,
  { service, cycle, buys }: Pick<Decided, 'service' | 'cycle' | 'buys'>,
  { refused, why, wanted, credit }: Refusal,
): Notice {
  const { clientSince } = service;
  const { left = null, packages = null, cost = null } = credit ?? {};
  const isNew = clientSince != null && cycle !== null && clientSince > cycle.start;
  return {
    code: 'auto_buy_refused',
    key: `auto_buy_refused:${service.id}:${cycle?.id ?? 'none'}:${isNew ? `${clientSince}:` : ''}${refused}`,
    panel: service.panel,
    service: service.id,
    message: staffText('staff.notBought', { service: service.id, why }),
    client: service.client,
    facts: { cause: refused, credit: left, packages, cost, ...toWanted(context, wanted, buys) },
  };
}

/** Returns what was to be bought, as a notice states it. */
function toWanted(
  context: Pick<Context, 'config'>,
  wanted: Package | undefined,
  [draft]: readonly PurchaseRecord[],
): NoticeFacts {
  if (wanted === undefined) return draft === undefined ? {} : boughtFacts(context, draft);
  const { id, name, bytes, price, currency } = wanted;
  return { package: { id, name: printable(name), bytes }, price, currency };
}
