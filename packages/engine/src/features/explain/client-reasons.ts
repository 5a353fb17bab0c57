import type { Because, ServiceDetail } from '@sluice/contract/documents';
import { type Said, toTexts } from '@sluice/messages';
import type { Fact } from './basis.js';
import { sayForClient } from './for-client.js';

type Hold = ServiceDetail['holds'][number];

/** What a client may see of the details. */
const DETAILS = ['reason', 'day', 'reasons', 'stays'];

/**
 * Returns the reasons of a service's state as its client may read them, in English with instants and days as ISO 8601; a front end in
 * another language words them by `sayForClient`. `service` is the detail for that client.
 */
export function toClientReasons(facts: readonly Fact[], service: ServiceDetail): Because[] {
  const reasons = facts.flatMap((fact): Because[] => {
    const { code, hold } = fact;
    const isOwn = ({ reason, releasing }: Hold): boolean => reason === hold?.reason && releasing === hold.releasing;
    if (hold !== undefined && !service.holds.some(isOwn)) return [];
    const details = Object.fromEntries(Object.entries(fact.details).filter(([name]) => DETAILS.includes(name)));
    const said = sayForClient({ code, details }, service);
    return said === null ? [] : [{ code, text: inEnglish(said), details }];
  });
  return reasons.filter(({ text }, index) => reasons.findIndex((other) => other.text === text) === index);
}

/** Returns a message for a client in English, with instants and days as ISO 8601. */
export function inEnglish(said: Said): string {
  const texts = toTexts('en');
  return texts
    .said<string>(said, (figure) => {
      if ('instant' in figure) return figure.instant;
      if ('day' in figure) return figure.day;
      if ('bytes' in figure) return texts.bytes(figure.bytes);
      return 'money' in figure ? texts.money(figure.money, figure.currency) : texts.percent(figure.percent);
    })
    .join('');
}
