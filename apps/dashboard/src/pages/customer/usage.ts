import type { FallenUsage, ServiceDetail } from '@sluice/engine';
import {
  describeExceeded,
  describeFigures,
  type NextDecision,
  findNextDecision,
  hasCycleEnded,
  isHeldBesides,
  isLeftBySkip,
  isWithinUnknown,
  type SkipReason,
} from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import { badge, type Fill, notice, usageBar } from '../../layout/components.js';
import { bytes, name, NONE, type Times, UNKNOWN } from '../../layout/format.js';
import { html, type Html, type Part } from '../../layout/html.js';

/** Readings older than this are shown with a warning, in milliseconds. */
const OLD_MS = 6 * 3_600_000;

/** Returns how much of its quota a service has used. */
export function toFill({ limits, usage, allowance }: ServiceDetail): Fill {
  const quota = limits.find(({ id }) => id === 'quota');
  const used = typeof quota?.used === 'number' ? quota.used : (usage?.totalBytes ?? null);
  return { used, allowed: allowance?.allowedBytes ?? null };
}

/** Whether the usage of a service is read at all, or will be. */
export function isMetered({ allowance, usage, error, quota, limits }: ServiceDetail): boolean {
  // What failed where there are only limits in money is about these.
  const isUnknown = error !== null && (limits.length === 0 || limits.some(({ unit }) => unit === 'bytes'));
  return allowance !== null || usage !== null || quota !== null || isUnknown;
}

/** Whether a service has a quota and no run has read it yet. */
export function isUnread({ allowance, usage, error, quota }: ServiceDetail): boolean {
  return quota !== null && allowance === null && usage === null && error === null;
}

/** The state of a service in a word that its client understands. */
export function showState(service: ServiceDetail): Html {
  const word = stateWord(service);
  const isWarning = ['not read', 'coming back', 'to be restricted', USED_UP, STOPPED].includes(word);
  return badge(word, word === RESTRICTED ? 'bad' : isWarning ? 'warning' : undefined);
}

const USED_UP = 'used up';
const RESTRICTED = 'restricted';
const STOPPED = 'stopped';

/** What a client reads of a restriction that has ended and is not undone yet. */
export const COMES_BACK =
  'The service comes back as soon as its panel accepts that, unless your provider has to allow it first.';

function stateWord(service: ServiceDetail): string {
  const { lifecycle, holds, status, observing } = service;
  if (lifecycle !== 'active' && lifecycle !== 'suspended') return lifecycle;
  // A suspension restricts only once its hold does: a protected service runs on.
  if (holds.some(({ releasing, restricting }) => releasing !== true && restricting !== true))
    return lifecycle === 'suspended' ? lifecycle : RESTRICTED;
  if (holds.some(({ releasing }) => releasing === true)) return 'coming back';
  if (holds.length > 0 && !observing) return 'to be restricted';
  if (service.stoppedByPanel !== undefined) return STOPPED;
  if (describeExceeded(service) !== null) return USED_UP;
  return status === 'unreadable' && isMetered(service) ? 'not read' : 'active';
}

/** A service in one line of text: its state, and what is used of its quota until when. */
export function toSummary(service: ServiceDetail, times: Times): string {
  const { used, allowed } = toFill(service);
  if (!isMetered(service)) return stateWord(service);
  if (isUnread(service)) return `${stateWord(service)}: not read yet, ${showQuota(service)}`;
  const of = allowed === null ? '' : ` of ${formatBytes(allowed)}`;
  const usage = used === null ? 'usage unknown' : `${formatBytes(used)}${of} used`;
  const word = hasCycleEnded(service, times.now) ? 'in the period that ended on' : 'until';
  const until = service.cycle === null ? '' : ` ${word} ${times.bound(service.cycle.end)} (${times.timeZone})`;
  return `${stateWord(service)}: ${usage}${until}`;
}

/** Used and allowed in words; unknown is said, and never a zero. */
export function showUsed(service: ServiceDetail): Html {
  const { used, allowed } = toFill(service);
  if (isUnread(service)) return html`<span class="unknown">not read yet</span>, ${showQuota(service)}`;
  if (service.allowance === null) return used === null ? html`<span class="soft">not metered</span>` : bytes(used);
  const of = service.allowance.unlimited ? 'without a limit' : html`of ${bytes(allowed)}`;
  return html`${bytes(used)} ${of}`;
}

/** The quota of a service that was not read yet. */
function showQuota({ quota }: ServiceDetail): string {
  return quota?.bytes == null ? 'without a limit' : `${formatBytes(quota.bytes)} allowed`;
}

/** What is left of the quota. */
export function showRemaining(service: ServiceDetail): Part {
  const { allowance, quota } = service;
  if (isUnread(service)) return quota?.bytes === null ? 'no limit' : UNKNOWN;
  if (allowance === null) return html`<span class="soft">–</span>`;
  return allowance.unlimited ? 'no limit' : bytes(allowance.remainingBytes);
}

/** The bar of a service with its figures below. */
export function headline(service: ServiceDetail): Html {
  const bar = usageBar(toFill(service));
  return html`<div class="headline">${bar}</div>
    <p>${showUsed(service)}</p>`;
}

/** One plain sentence where the figures are not those of now; nothing where they are. */
export function ageNotice(service: ServiceDetail, times: Times): Html | null {
  const { error, usage, doubted, unread, panelUndecided } = service;
  if (!isMetered(service))
    return isWithinUnknown(service) ? notice('warning', 'What is used of its limits is not known yet.') : null;
  if (doubted !== null && usage !== null) {
    const from = times.full(usage.readAt);
    return notice('warning', html`A newer figure is being checked. These figures are from ${from}.`);
  }
  if (usage === null) return error === null ? null : notice('warning', 'The usage could not be read yet.');
  if (unread === true || panelUndecided !== undefined) {
    const from = times.full(usage.readAt);
    return notice('warning', html`The usage can’t be read at the moment. These figures are from ${from}.`);
  }
  if (!times.isOlder(usage.readAt, OLD_MS)) return null;
  return notice('warning', html`These figures are from ${times.full(usage.readAt)}; newer ones have not arrived.`);
}

/** Says that what the service may use has changed and is not in force yet; nothing where it is. */
export function changeNotice({ allowance }: ServiceDetail, skip: SkipReason | null): Html | null {
  if (allowance === null || allowance.decided) return null;
  const applies = skip === null ? 'The next reading of its usage applies it.' : 'A reading of its usage applies it.';
  return notice('warning', `What the service may use has changed. ${applies}`);
}

/** Says that nothing is restricted although the quota or a limit is used up, so that nobody buys for that; nothing elsewhere. */
export function leniencyNotice(service: ServiceDetail, times: Times): Html | null {
  const { quotaReleasedUntil: released, protectedUntil, holds } = service;
  const until = [released, service.protected ? protectedUntil : null]
    .filter((date) => date !== null)
    .sort()
    .at(-1);
  if (until === undefined || holds.length > 0 || describeExceeded(service) === null) return null;
  return notice('info', html`Your provider restricts nothing for that until ${times.day(until)}.`);
}

/** Why a service is restricted, and what is used up without a restriction, in words for its client. */
export function holdNotices(service: ServiceDetail, times: Times, skip: SkipReason | null): Html[] {
  const { holds, wouldHold, observing } = service;
  const due = wouldHold.filter((reason) => reason !== 'billing' || service.unpaid !== false);
  const used = due.map((reason) => notice('warning', html`${toWhy(reason, service)[0]}.`));
  const released = service.quotaReleasedUntil === null ? null : service;
  const restricted = holds.map((hold) => {
    const { reason, since, beforeClient, releasing, restricting, partly } = hold;
    const unread = skip !== null && isLeftBySkip(skip, hold) ? UNREAD[skip] : null;
    const known = { service, released, at: times.now };
    const isAnother = isHeldBesides(known, holds, hold);
    if (releasing === true)
      return notice(
        'warning',
        unread !== null || observing ? `${ENDED_HOLD}${unread ?? ''}` : isAnother ? ENDS_ALONE : COMES_BACK,
      );
    const next = findNextDecision(known, { reason, since, note: null });
    const [why, tone] = toWhyNow(service, reason, next);
    if (restricting === true)
      return notice('warning', html`${why}; the service is ${observing ? 'not' : 'to be'} restricted.`);
    const comesBack = next !== null && next !== 'product';
    const end = comesBack ? (unread ?? (observing ? '' : isAnother ? NEXT_READING_ALONE : NEXT_READING)) : '';
    return notice(
      tone,
      html`${why}; ${partly === true ? 'a part of the service' : 'the service'} has been restricted since
      ${beforeClient === true ? 'before you became its customer' : times.full(since)}.${end}`,
    );
  });
  const { stoppedByPanel: stopped } = service;
  const isStopped = stopped === undefined ? [] : [notice('warning', stoppedText(times.full(stopped.since)))];
  return [...restricted, ...used, ...isStopped];
}

function stoppedText(since: Part): Html {
  return html`The service has been stopped on its panel since ${since}. Please ask your provider.`;
}

/** Why a service is held, with what the next run decides about that. */
function toWhyNow(
  service: ServiceDetail,
  reason: string,
  next: NextDecision | null,
): readonly [Part, 'bad' | 'warning'] {
  if (next === 'window' || next === 'cycle') return toWhyEnded(reason);
  if (next === 'paid') return ['An invoice was not paid, which is no longer a reason to restrict it', 'warning'];
  return reason === 'quota' ? toWhyQuota(service, next) : toWhy(reason, service);
}

function toWhyQuota({ fallen, quota }: ServiceDetail, next: NextDecision | null): readonly [Part, 'bad' | 'warning'] {
  if (quota === null) return FORMER_QUOTA;
  if (fallen !== null) return [fallenText(fallen), 'warning'];
  return next === 'room' ? OUTLASTED : toWhy('quota');
}

/** Says of a restriction why the figures shown do not call for it. */
function fallenText({ usedBytes, peakBytes }: FallenUsage): Html {
  if (peakBytes === null)
    return html`The traffic of this period was used up before; the newest reading shows only ${bytes(usedBytes)}, and
    your provider has to check it`;
  return html`Earlier in this period ${bytes(peakBytes)} were read, which used up its traffic; the newest reading shows
  only ${bytes(usedBytes)}, and your provider has to check it`;
}

function toWhy(reason: string, service?: ServiceDetail): readonly [Part, 'bad' | 'warning'] {
  const figures = service === undefined ? null : describeFigures(service, [reason]);
  const used = figures === null ? null : `: ${figures}`;
  return [WHY[reason] ?? html`The limit “${name(reason)}” is used up${used}`, 'bad'];
}

/** The limits of a service besides its quota, with what is used of each. */
export function limitFacts(service: ServiceDetail): [string, Part][] {
  const others = service.limits.filter(({ id }) => id !== 'quota');
  return others.map(({ id }) => [`Limit “${id}”`, describeFigures(service, [id]) ?? UNKNOWN]);
}

/** Returns why a service is restricted, as a text for its client. */
export function whyText(reason: string): string {
  return WHY[reason] ?? `The limit “${reason}” is used up`;
}

const WHY: Readonly<Record<string, string>> = {
  quota: 'The traffic of this period is used up',
  billing: 'An invoice is not paid',
  manual: 'Your provider has suspended the service',
  'agent-limit': 'Your reseller is suspended, or has used up its traffic',
};

/** What ends a hold of a service that has room again. */
const NEXT_READING = ' It comes back with the next reading of its usage, unless your provider has to allow that first.';

/** The same of one of several restrictions. */
const NEXT_READING_ALONE =
  ' The next reading of its usage ends this restriction, unless your provider has to allow that first; the other one stays.';
const ENDS_ALONE = 'This restriction has ended, and is undone as soon as the panel accepts that; the other one stays.';

/** What a client reads of a restriction that has ended, and that nothing undoes at present. */
export const ENDED_HOLD = 'The restriction of the service has ended, and is not undone yet.';

/** Until when the usage of a service is not read, which alone would end a restriction; of one that has ended, it never is again. */
const UNREAD: Readonly<Record<SkipReason, string>> = {
  panel: ' Its usage isn’t read at the moment. Please ask your provider.',
  pending: ' Its usage is read again once the service is active.',
  overdue: ' Its due date has passed: its usage is read again once it is renewed.',
  terminated: '',
  vanished: '',
};

/** Why a service is held whose figures show room: its allowance grew, and nothing has released it yet. */
const OUTLASTED = ['The traffic of this period was used up, and there is room again', 'warning'] as const;

/** Why a service is held that has no quota any more: no run releases it. */
const FORMER_QUOTA = ['Traffic was used up before, and your provider has to release the service', 'warning'] as const;

/** Why a service is held whose period, or that of a limit, ended before it could be read again. */
function toWhyEnded(reason: string): readonly [Part, 'bad' | 'warning'] {
  if (reason === 'quota')
    return ['The traffic of the period before was used up, and a new period has begun', 'warning'];
  return [html`The limit “${name(reason)}” was used up in the period before, and a new one has begun`, 'warning'];
}

/** When a cycle ends; nothing for a service without usage. */
export function cycleEnd(service: ServiceDetail, times: Times, timeZone: string): Part {
  if (service.cycle === null) return isMetered(service) ? UNKNOWN : NONE;
  return times.bound(service.cycle.end, timeZone);
}
