import type { Because, BecauseCode, ServiceDetail } from '@sluice/contract/documents';
import { formatBytes } from '@sluice/quota-core';
import { describeFigures } from '../../kernel/subject/used.js';
import type { Fact } from './basis.js';

type Hold = ServiceDetail['holds'][number];
type Words = string | ((service: ServiceDetail, fact: Fact, hold: Hold) => string);

const RESTRICTED: Readonly<Record<string, string>> = {
  quota: 'The traffic of this period is used up',
  billing: 'An invoice is not paid',
  manual: 'Your provider has suspended the service',
  'agent-limit': 'Your reseller is suspended, or has used up its traffic',
};

/** Returns why a service is restricted by a hold with this reason, for its client; a sentence without its stop. */
export function describeForClient(reason: string): string {
  return RESTRICTED[reason] ?? `The limit “${reason}” is used up`;
}

/** Returns why a service is restricted, with what its client may know of the hold. */
const held =
  (describe: (service: ServiceDetail, hold: Hold) => string): Words =>
  (service, _fact, hold) => {
    const why = describe(service, hold);
    if (hold.restricting === true) return `${why}; the service is ${service.observing ? 'not' : 'to be'} restricted.`;
    const since = hold.beforeClient === true ? 'before you became its customer' : hold.since;
    const what = hold.partly === true ? 'a part of the service' : 'the service';
    return `${why}; ${what} has been restricted since ${since}.`;
  };

const byReason = held((service, { reason }) => withFigures(service, reason));

function withFigures(service: ServiceDetail, reason: string): string {
  const figures = reason in RESTRICTED ? null : describeFigures(service, [reason]);
  return `${describeForClient(reason)}${figures === null ? '' : `: ${figures}`}`;
}

function describeFallen({ fallen }: ServiceDetail): string {
  const used = `the newest reading shows only ${formatBytes(fallen?.usedBytes ?? 0)}, and your provider has to check it`;
  const peak = fallen?.peakBytes ?? null;
  return peak === null
    ? `The traffic of this period was used up before; ${used}`
    : `Earlier in this period ${formatBytes(peak)} were read, which used up its traffic; ${used}`;
}

const describeBefore = (reason: string): string =>
  reason === 'quota'
    ? 'The traffic of the period before was used up, and a new period has begun'
    : `The limit “${reason}” was used up in the period before, and a new one has begun`;

/** The next run is the provider's, which may observe: nothing is promised. */
const atNextReading: Words = (_service, { details }) =>
  details['stays'] === undefined
    ? 'It comes back with the next reading of its usage, unless your provider has to allow that first.'
    : 'The next reading of its usage ends this restriction, unless your provider has to allow that first; the other one stays.';

const undone: Words = (_service, { details }) =>
  details['stays'] === undefined
    ? 'The service comes back as soon as its panel accepts that, unless your provider has to allow it first.'
    : 'It is undone as soon as the panel accepts that; the other one stays.';

const wouldHold: Words = (service, { details }) =>
  [details['reasons'] ?? []]
    .flat()
    .filter((reason) => reason !== 'billing' || service.unpaid !== false)
    .map((reason) => `${withFigures(service, reason)}.`)
    .join(' ');

const unread = ({ usage }: ServiceDetail): string =>
  `The usage can’t be read at the moment.${usage === null ? '' : ` These figures are from ${usage.readAt}.`}`;

const LIMITS_UNKNOWN = 'What is used of its limits is not known yet.';
const CHANGED = 'What the service may use has changed.';

/** What a client reads of a reason; one that is not here is an operator's. */
export const CLIENT_WORDS: Readonly<Partial<Record<BecauseCode, Words>>> = {
  held_quota: byReason,
  held_limit: byReason,
  held_manual: byReason,
  held_billing: byReason,
  held_agent: byReason,
  held_quota_room: held(() => 'The traffic of this period was used up, and there is room again'),
  held_quota_fallen: held(describeFallen),
  held_quota_gone: held(() => 'Traffic was used up before, and your provider has to release the service'),
  held_before: held((_service, { reason }) => describeBefore(reason)),
  held_paid: held(() => 'An invoice was not paid, which is no longer a reason to restrict it'),
  hold_ended: 'The restriction of the service has ended, and is not undone yet.',
  end_next_run: atNextReading,
  decide_next_run: atNextReading,
  undo_next_run: undone,
  undo_in_doubt: undone,
  end_stopped: (_service, { details }) =>
    details['stays'] === undefined
      ? 'It comes back once your provider allows that.'
      : 'This restriction ends once your provider allows that; the other one stays.',
  skipped_panel: 'Its usage isn’t read at the moment. Please ask your provider.',
  skipped_pending: 'Its usage is read again once the service is active.',
  skipped_overdue: 'Its due date has passed: its usage is read again once it is renewed.',
  panel_removed: (service) => `${unread(service)} Please ask your provider.`,
  would_hold_observed: wouldHold,
  would_hold_stopped: wouldHold,
  exceeded_withheld: (_service, { details }) =>
    `Your provider restricts nothing for that until ${String(details['day'])}.`,
  within_unknown: LIMITS_UNKNOWN,
  limit_unknown: LIMITS_UNKNOWN,
  stopped_by_panel: ({ stoppedByPanel }) =>
    `The service has been stopped on its panel since ${stoppedByPanel?.since ?? ''}. Please ask your provider.`,
  usage_unread: unread,
  usage_never: 'The usage could not be read yet.',
  reading_doubted: ({ usage }) =>
    `A newer figure is being checked.${usage === null ? '' : ` These figures are from ${usage.readAt}.`}`,
  panel_undecided: unread,
  allowance_changed: `${CHANGED} The next reading of its usage applies it.`,
  allowance_changed_unread: `${CHANGED} A reading of its usage applies it.`,
};

/** What a client may see of the details. */
const DETAILS = ['reason', 'day'];

/** Returns the reasons of a service's state as its client may read them; `service` is the detail for that client. */
export function toClientReasons(facts: readonly Fact[], service: ServiceDetail): Because[] {
  const reasons = facts.flatMap((fact): Because[] => {
    const words = CLIENT_WORDS[fact.code];
    if (words === undefined) return [];
    const { hold } = fact;
    const isOwn = ({ reason, releasing }: Hold): boolean => reason === hold?.reason && releasing === hold.releasing;
    const own = service.holds.find(isOwn);
    if (hold !== undefined && own === undefined) return [];
    const text = typeof words === 'string' ? words : words(service, fact, own as Hold);
    const details = Object.fromEntries(Object.entries(fact.details).filter(([name]) => DETAILS.includes(name)));
    return text === '' ? [] : [{ code: fact.code, text, details }];
  });
  return reasons.filter(({ text }, index) => reasons.findIndex((other) => other.text === text) === index);
}
