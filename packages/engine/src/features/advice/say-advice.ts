import type { Advice, ServiceDetail } from '@sluice/contract/documents';
import { type Said, say, type Value } from '@sluice/messages/said';
import { padMoney, toLocalDate, zonedMidnight } from '@sluice/quota-core';
import { hasCycleEnded, hasRoomAgain, isOfEarlierWindow, listExceeded } from '../../kernel/subject/used.js';
import { sayReason } from '../../base/say-reason.js';
import { sayBefore, sayFallen } from '../explain/for-client.js';
import { sayFigures } from '../explain/say-figures.js';
import { findFullest } from './situation.js';

type Known = Omit<Advice, 'text'>;

/**
 * Returns an advice in sentences: what is going on stands first. `service` is the detail that it is about, as of `now`; `timeZone` is that
 * of its panel, in which a period begins on a day. `owesNothing`: the billing system has no open invoice of the service any more.
 */
export function sayAdvice(
  advice: Omit<Advice, 'text'>,
  service: ServiceDetail,
  { now, timeZone, owesNothing = false }: { now: string; timeZone: string; owesNothing?: boolean },
): [Said, ...Said[]] {
  if (owesNothing && advice.state === 'unpaid')
    return [sayRestricted(advice, service, say('why.wasUnpaid')), ...sayAge(advice)];
  const [first = sayState(advice, service, now)] =
    advice.state === 'running-out' ? sayRunsOut(advice, service, timeZone) : [];
  return [first, ...sayBack(advice, service, timeZone), ...sayMissing(advice), ...sayAge(advice)];
}

/** Returns when the traffic runs out before the next period; none where that is not known. */
function sayRunsOut({ runsOut }: Known, { cycle }: ServiceDetail, timeZone: string): Said[] {
  if (runsOut === null || cycle === null) return [];
  const { at, earliest, latest } = runsOut;
  const reset = toBound(cycle.end, timeZone);
  if (latest === null) return [say('advice.mayRunOut', { date: { day: toLocalDate(at, timeZone) }, reset })];
  const [from, to] = [toLocalDate(earliest ?? at, timeZone), toLocalDate(latest, timeZone)];
  if (from === to) return [say('advice.runsOut', { date: { day: from }, reset })];
  return [say('advice.runsOutBetween', { from: { day: from }, to: { day: to }, reset })];
}

function sayAge({ state, lastReadAt }: Known): Said[] {
  if (lastReadAt === null) return [];
  return [say(state === 'unreachable' ? 'advice.figuresOnly' : 'advice.figures', { at: { instant: lastReadAt } })];
}

function sayState({ state, restriction, owed }: Known, service: ServiceDetail, now: string): Said {
  if (owed !== null)
    return say('advice.owing', {
      amount: { money: padMoney(owed.amount, owed.currency), currency: owed.currency },
    });
  const why = sayWhy(state, service, now);
  return why === null ? (SENTENCES[state] ?? sayGood(state, service)) : sayRestricted({ restriction }, service, why);
}

function sayRestricted({ restriction }: Pick<Known, 'restriction'>, service: ServiceDetail, why: Said): Said {
  switch (restriction) {
    case 'whole':
      return say('advice.restricted', { why });
    case 'part':
      return say('advice.restrictedPart', { why });
    case 'due':
      return say('held.toRestrict', { why });
    default:
      // Of what only would restrict it, a client reads no more than that it is so.
      return say(service.holds.length === 0 ? 'because.sentence' : 'held.notRestricted', { why });
  }
}

/** Returns why a service is restricted, or is to be; null for what restricts nothing. */
function sayWhy(state: Known['state'], service: ServiceDetail, now: string): Said | null {
  switch (state) {
    case 'used-up':
      return sayUsedUp(service, now);
    case 'unpaid':
      return service.unpaid === false ? say('why.paid') : sayReason('billing');
    case 'suspended':
      return sayReason('manual');
    case 'reseller':
      return sayReason('agent-limit');
    case 'limit':
      return sayLimit(service);
    default:
      return null;
  }
}

/** Returns what used up the quota, in words that fit the figures of now. */
function sayUsedUp(service: ServiceDetail, now: string): Said {
  const isHeld = service.holds.some(({ reason, releasing }) => reason === 'quota' && releasing !== true);
  if (!isHeld) return sayReason('quota');
  if (hasCycleEnded(service, now)) return sayBefore('quota');
  if (service.quota === null) return say('why.gone');
  if (service.fallen !== null) return sayFallen(service);
  return hasRoomAgain(service) ? say('why.room') : sayReason('quota');
}

function sayLimit(service: ServiceDetail): Said {
  const hold = service.holds.find(({ reason, releasing }) => reason !== 'quota' && releasing !== true);
  if (hold !== undefined && isOfEarlierWindow(service, hold)) return sayBefore(hold.reason);
  const id = hold?.reason ?? listExceeded(service).find((each) => each !== 'quota') ?? '';
  const figures = sayFigures(service, id);
  return figures === null ? sayReason(id) : say('why.limitFigures', { limit: id, figures });
}

const SENTENCES: Readonly<Partial<Record<Known['state'], Said>>> = {
  unreachable: say('advice.unreachable'),
  unknown: say('advice.unknown'),
  'new-period': say('advice.newPeriod'),
  stopped: say('advice.stopped'),
  'coming-back': say('because.ended'),
  'not-begun': say('advice.notBegun'),
  ending: say('advice.ending'),
  ended: say('advice.ended'),
};

function sayGood(state: Known['state'], service: ServiceDetail): Said {
  const near = findFullest(service);
  const figures = sayFigures(service, state === 'near' && near !== null ? near.id : 'quota');
  if (figures === null) return say('advice.fine');
  return say(state === 'near' ? 'advice.near' : 'advice.fineFigures', { figures });
}

/** Returns when a restricted service comes back, or when the next period begins; `timeZone` as in {@link sayAdvice}. */
export function sayBack(advice: Known, service: ServiceDetail, timeZone: string): Said[] {
  const { state, restriction, also, back, action, runsOut } = advice;
  if (also) return [say('advice.also')];
  if (runsOut !== null) return state === 'running-out' ? [] : sayRunsOut(advice, service, timeZone);
  if (back === null) return sayReset(state, restriction, service, timeZone);
  switch (back.by) {
    case 'payment':
      return [say(state === 'unpaid' ? 'advice.afterPayment' : 'because.overdue')];
    case 'reading':
      return [say('because.nextReading')];
    case 'panel':
      return [say('because.undone')];
    case 'provider':
      return [say('because.allowed')];
    case 'date': {
      const date = toBound(back.at ?? '', timeZone);
      if (action?.do === 'add-credit') return [say('advice.onDateOrCredit', { date })];
      if (action?.do === 'pay') return [say('advice.onDateOrPaid', { date })];
      return [action?.do === 'buy' ? say('advice.onDateOrBought', { date }) : say('advice.onDate', { date })];
    }
  }
}

/** Returns what the credit lacks; none where that is not known. */
function sayMissing({ action }: Known): Said[] {
  if (action?.missing == null) return [];
  const { amount, currency } = action.missing;
  return [say('advice.missingCredit', { missing: { money: padMoney(amount, currency), currency } })];
}

/** Of what begins again with the next period. */
const COUNTED: readonly Known['state'][] = ['fine', 'near', 'used-up'];

function sayReset(
  state: Known['state'],
  restriction: Known['restriction'],
  { cycle, quota }: ServiceDetail,
  timeZone: string,
): Said[] {
  const isSaid = COUNTED.includes(state) && quota?.bytes != null && restriction !== 'whole' && restriction !== 'part';
  return cycle === null || !isSaid ? [] : [say('advice.resets', { date: toBound(cycle.end, timeZone) })];
}

/** Returns the begin of a period as its day, where it is the begin of one. */
function toBound(instant: string, timeZone: string): Value {
  const day = toLocalDate(instant, timeZone);
  return zonedMidnight(day, timeZone) === new Date(instant).toISOString() ? { day } : { instant };
}
