import type { Because, BecauseCode, ServiceDetail } from '@sluice/contract/documents';
import { type Said, say } from '@sluice/messages/said';
import { isKnownReason, sayReason } from '../../base/say-reason.js';
import { sayFigures } from './say-figures.js';

type Hold = ServiceDetail['holds'][number];
/** A reason of an explanation, as far as clients read of it. */
export type ClientReason = Pick<Because, 'code' | 'details'>;
type Words = Said | ((service: ServiceDetail, reason: ClientReason, hold: Hold) => Said | null);

/** Returns why a service is restricted, with what its client may know of the hold. */
const held =
  (describe: (service: ServiceDetail, hold: Hold) => Said): Words =>
  (service, _reason, hold) => {
    const why = describe(service, hold);
    const { restricting, beforeClient, partly } = hold;
    if (restricting === true) return say(service.observing ? 'held.notRestricted' : 'held.toRestrict', { why });
    if (beforeClient === true) return say(partly === true ? 'held.partBefore' : 'held.before', { why });
    return say(partly === true ? 'held.part' : 'held.since', { why, since: { instant: hold.since } });
  };

const byReason = held((service, { reason }) => withFigures(service, reason));

function withFigures(service: ServiceDetail, reason: string): Said {
  const figures = isKnownReason(reason) ? null : sayFigures(service, reason);
  return figures === null ? sayReason(reason) : say('why.limitFigures', { limit: reason, figures });
}

/** Returns why a service is restricted whose usage fell by more than half since its quota was used up. */
export function sayFallen({ fallen }: Pick<ServiceDetail, 'fallen'>): Said {
  const used = { bytes: fallen?.usedBytes ?? 0 };
  const peak = fallen?.peakBytes ?? null;
  return peak === null ? say('why.fallen', { used }) : say('why.fallenPeak', { used, peak: { bytes: peak } });
}

/** Returns why a service is restricted whose limit was used up in the period before. */
export const sayBefore = (reason: string): Said =>
  reason === 'quota' ? say('why.quotaBefore') : say('why.limitBefore', { limit: reason });

/** The next run is the provider's, which may observe: nothing is promised. */
const atNextReading: Words = (_service, { details }) =>
  say(details['stays'] === undefined ? 'because.nextReading' : 'because.nextReadingStays');

const undone: Words = (_service, { details }) =>
  say(details['stays'] === undefined ? 'because.undone' : 'because.undoneStays');

const wouldHold: Words = (service, { details }) => {
  const reasons = [details['reasons'] ?? []]
    .flat()
    .filter((reason) => reason !== 'billing' || service.unpaid !== false)
    .map((reason) => say('because.sentence', { why: withFigures(service, reason) }));
  const [last, ...before] = reasons.reverse();
  return last === undefined ? null : before.reduce((rest, first) => say('list.sentences', { first, rest }), last);
};

const unread = ({ usage }: ServiceDetail): Said =>
  usage === null ? say('because.unread') : say('because.unreadFrom', { at: { instant: usage.readAt } });

/** What a client reads of a reason; one that is not here is an operator's. */
export const CLIENT_WORDS: Readonly<Partial<Record<BecauseCode, Words>>> = {
  held_quota: byReason,
  held_limit: byReason,
  held_manual: byReason,
  held_billing: byReason,
  held_agent: byReason,
  held_quota_room: held(() => say('why.room')),
  held_quota_fallen: held(sayFallen),
  held_quota_gone: held(() => say('why.gone')),
  held_before: held((_service, { reason }) => sayBefore(reason)),
  held_paid: held(() => say('why.paid')),
  hold_ended: say('because.ended'),
  end_next_run: atNextReading,
  decide_next_run: atNextReading,
  undo_next_run: undone,
  undo_in_doubt: undone,
  end_stopped: (_service, { details }) =>
    say(details['stays'] === undefined ? 'because.allowed' : 'because.allowedStays'),
  skipped_panel: say('because.notReadAsk'),
  skipped_pending: say('because.pending'),
  skipped_overdue: say('because.overdue'),
  panel_removed: (service) => say('because.unreadAsk', { unread: unread(service) }),
  would_hold_observed: wouldHold,
  would_hold_stopped: wouldHold,
  exceeded_withheld: (_service, { details }) => say('because.withheld', { day: { day: String(details['day']) } }),
  within_unknown: say('because.limitsUnknown'),
  limit_unknown: say('because.limitsUnknown'),
  stopped_by_panel: ({ stoppedByPanel }) => say('because.stopped', { since: { instant: stoppedByPanel?.since ?? '' } }),
  usage_unread: unread,
  usage_never: say('because.neverRead'),
  reading_doubted: ({ usage }) =>
    usage === null ? say('because.doubted') : say('because.doubtedFrom', { at: { instant: usage.readAt } }),
  panel_undecided: unread,
  allowance_changed: say('because.changed'),
  allowance_changed_unread: say('because.changedUnread'),
};

/** Codes of reasons of a hold that is not undone yet. */
const OF_ENDED: readonly BecauseCode[] = ['hold_ended', 'undo_next_run', 'undo_in_doubt'];

/**
 * Returns a reason of a service's state as its client reads it in each language; null for one that is an operator's. `service` is the
 * detail for that client, of which the reason is.
 */
export function sayForClient(reason: ClientReason, service: ServiceDetail): Said | null {
  const words = CLIENT_WORDS[reason.code];
  if (words === undefined) return null;
  if (typeof words !== 'function') return words;
  const { code, details } = reason;
  const isEnded = OF_ENDED.includes(code);
  const hold = service.holds.find((each) => each.reason === details['reason'] && (each.releasing === true) === isEnded);
  return words(service, reason, hold as Hold);
}
