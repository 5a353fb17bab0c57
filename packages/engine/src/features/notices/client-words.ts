import type { EventData, NoticeData } from '@sluice/contract/documents';
import type { ChannelMessage } from '@sluice/contract/ports';
import { type Figure, type Said, say } from '@sluice/messages/said';
import { padMoney, toPercent } from '@sluice/quota-core';
import type { NoticeRecord } from '@sluice/state-store';
import { sayReason } from '../../base/say-reason.js';
import { isStoppedOn } from '../../kernel/run/notice.js';
import type { NoticeWriter } from './notice-writer.js';

type Notice = Pick<NoticeRecord, 'code' | 'key' | 'service' | 'message'>;

/** A notice as its client reads it: the first sentence says what happened, the others say more of it. */
export type Sentences = readonly [first: string, ...others: string[]];

/** What the sentences of a notice are made of. */
export interface Spoken {
  notice: Notice;
  /** What the service is called; null where it has no name, or is another client's by now. */
  name: string | null;
  /** For the client: what is the provider's is null in it. */
  data: ChannelMessage['data'];
  /** How a service that is restricted comes back; none where that is not known. */
  back: readonly Said[];
}

/** Causes for which nothing is bought automatically that a client may read: his own credit and what he chose. Others are his provider's. */
export const OWN_CAUSES: readonly string[] = ['no-credit', 'limit-reached', 'would-not-lift', 'currency', 'link-spent'];

/** Returns a notice without what is the provider's, such as the limit of an agent, or other clients' services. */
export function sayNotice(spoken: Spoken, writer: NoticeWriter): Sentences {
  const { notice, name } = spoken;
  const id = notice.service ?? '';
  const service = name === null ? writer.name(id) : `${writer.name(name)} (${writer.name(id)})`;
  const said = toSaid(spoken, { service, writer });
  const [first, ...others] = said.map((each) => writer.said(each));
  // No client is notified of others.
  return first === undefined ? [writer.name(notice.message)] : [first, ...others];
}

interface Words {
  service: string;
  writer: NoticeWriter;
}

function toSaid({ notice, data, back }: Spoken, words: Words): readonly Said[] {
  const { code, key } = notice;
  const { service } = words;
  switch (code) {
    case 'threshold':
      return sayThreshold(data, words);
    case 'hold':
      return [say('notice.held', { service }), ...sayWhy(data, words), ...back];
    case 'release':
      return isStoppedOn({ code, key })
        ? [say('notice.stillStopped', { service }), say('notice.ask')]
        : [say('notice.released', { service })];
    case 'purchase':
    case 'purchase_ended': {
      const { status, late } = data as Spoken['data'] & Partial<EventData<'purchase'>>;
      const said = sayPurchase(status ?? null, data, words);
      if (status !== 'paid') return said;
      return [...said, ...(late === true ? [say('notice.boughtLate')] : []), ...sayBought(data, words)];
    }
    case 'auto_buy_refused':
      return [say('notice.notAutoBought', { service }), ...sayCause(data, words)];
    case 'auto_buy_ended':
      return [say(key.includes(':tok-') ? 'notice.autoBuyLinkEnded' : 'notice.autoBuyEnded', { service })];
    default:
      return [];
  }
}

function sayThreshold(data: Spoken['data'], { service, writer }: Words): Said[] {
  const { reached, limit } = data as Spoken['data'] & { reached?: number | null };
  if (reached == null) return [];
  const percent = { percent: reached };
  if (limit === null || limit === 'quota')
    return [say('notice.threshold', { service, percent }), ...sayUsed(data, writer)];
  return [say('notice.limitThreshold', { service, percent, limit: writer.name(limit) })];
}

/** Why a service is held, where its client may read it. */
function sayWhy(data: Spoken['data'], { writer }: Words): Said[] {
  const { limit } = data;
  const { reason } = data as Spoken['data'] & { reason?: string | null };
  if (reason == null) return [];
  const why = [say('because.sentence', { why: sayReason(reason) })];
  if (reason === 'quota') {
    const used = reason === limit ? sayUsed(data, writer) : [];
    return used.length === 0 ? why : used;
  }
  if (reason !== limit) return why;
  const share = toShare(data);
  if (share === null) return why;
  const figures = say('figures.share', share);
  return [say('because.sentence', { why: say('why.limitFigures', { limit: writer.name(limit), figures }) })];
}

const USED = { IN: 'notice.usedIn', OUT: 'notice.usedOut', TOTAL: 'notice.usedTotal' } as const;

function sayUsed(data: Spoken['data'], writer: NoticeWriter): Said[] {
  const { mode, from, until } = data;
  const share = toShare(data);
  if (mode === null || share === null || from === null || until === null) return [];
  const figures = say('notice.share', share);
  return [say(USED[mode], { figures, period: writer.period({ start: from, end: until }) })];
}

/** What is used, of how much, and its part; null where a figure is not known. */
function toShare(data: Spoken['data']): Record<'used' | 'allowed' | 'percent', Figure> | null {
  const [used, allowed, percent] = [toFigure(data, 'used'), toFigure(data, 'allowed'), toUsedPercent(data)];
  return used === null || allowed === null || percent === null ? null : { used, allowed, percent: { percent } };
}

const ENDED: Readonly<
  Record<string, 'notice.bought' | 'notice.buyWaits' | 'notice.buyCancelled' | 'notice.buyRefunded'>
> = {
  paid: 'notice.bought',
  pending: 'notice.buyWaits',
  cancelled: 'notice.buyCancelled',
  refunding: 'notice.buyRefunded',
  refunded: 'notice.buyRefunded',
};

function sayPurchase(status: string | null, data: Spoken['data'], { service, writer }: Words): Said[] {
  const price = toPrice(data);
  if (data.package === null || price === null) return [];
  const about = { service, package: writer.name(data.package.name) };
  const key = ENDED[status ?? ''];
  return [key === undefined ? say('notice.notBought', about) : say(key, { ...about, price })];
}

/** What is allowed with a package that is paid, and its invoice. */
function sayBought(data: Spoken['data'], { writer }: Words): Said[] {
  const { limit, from, until } = data;
  const { invoice } = data as Spoken['data'] & Partial<EventData<'purchase'>>;
  const size = limit === null || limit === 'quota' ? toFigure(data, 'allowed') : null;
  const isKnown = size !== null && from !== null && until !== null;
  return [
    ...(isKnown ? [say('notice.boughtAllowed', { size, period: writer.period({ start: from, end: until }) })] : []),
    ...(invoice == null ? [] : [say('done.invoice', { invoice: writer.name(invoice) })]),
  ];
}

/** Why nothing is bought automatically, for the causes of {@link OWN_CAUSES}. */
function sayCause(data: Spoken['data'], { writer }: Words): Said[] {
  const { cause } = data as Spoken['data'] & { cause?: string | null };
  const price = toPrice(data);
  switch (cause) {
    case 'no-credit':
      return [sayNoCredit(data, price, writer)];
    case 'limit-reached':
      return [say('notice.mostBought')];
    case 'would-not-lift':
      return [say('notice.wouldNotLift')];
    case 'currency':
      return [say('problem.currency')];
    case 'link-spent':
      return [say('problem.overBudget')];
    default:
      return [];
  }
}

/** What the client had and would have needed, where the notice says it; a price alone may be less than what he has. */
function sayNoCredit(data: Spoken['data'], price: Figure | null, writer: NoticeWriter): Said {
  const { credit, cost, packages } = data as Spoken['data'] & Partial<EventData<'auto-buy-refused'>>;
  if (data.package === null || price === null) return say('notice.noCredit');
  const named = { package: writer.name(data.package.name) };
  if (credit == null || cost == null || packages == null) return say('notice.noCreditFor', { ...named, price });
  const { currency } = data;
  const toMoney = (money: string): Figure => ({ money: padMoney(money, currency), currency });
  const figures = { ...named, credit: toMoney(credit), cost: toMoney(cost) };
  return packages === 1
    ? say('notice.noCreditOf', figures)
    : say('notice.noCreditSome', { ...figures, count: packages });
}

/** Returns a figure of the data of a notice; null where it is not known. */
export function toFigure(data: NoticeData, name: 'used' | 'allowed' | 'remaining'): Figure | null {
  const value = data[name];
  if (value === null) return null;
  if (typeof value === 'number') return { bytes: value };
  return { money: padMoney(value, data.unit), currency: data.unit };
}

/** Returns how much is used in percent, as `toPercent`: the figure of the data is whole. Null where it is not known. */
export const toUsedPercent = ({ used, allowed }: NoticeData): number | null => toPercent(used, allowed);

/** Returns the price of the package that a notice is about; null for none. */
export function toPrice({ price, currency }: NoticeData): Figure | null {
  return price === null ? null : { money: padMoney(price, currency), currency };
}
