import type { Because, ServiceDetail } from '@sluice/engine';
import { describeExceeded, hasCycleEnded, sayFigures, sayForClient } from '@sluice/engine/words';
import type { Key } from '@sluice/messages';
import { coloured, type Fill, findTone, notice, usageBar } from '../../layout/components.js';
import type { Times } from '../../layout/format.js';
import { html, type Html, join, type Part } from '../../layout/html.js';
import type { Wording } from '../../layout/wording.js';

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
export function showState(service: ServiceDetail, wording: Wording): Html {
  const state = findState(service);
  const isWarning = ['notRead', 'comingBack', 'toRestrict', 'usedUp', 'stopped'].includes(state);
  const tone = state === 'restricted' ? 'bad' : isWarning ? 'warning' : findTone(state);
  return coloured(wording.code('state', state), tone);
}

/** Returns the last part of the key of a state: that of its lifecycle where nothing else is to be said. */
function findState(service: ServiceDetail): string {
  const { lifecycle, holds, status, observing } = service;
  if (lifecycle !== 'active' && lifecycle !== 'suspended') return lifecycle;
  // One word for all that restricts; why stands beside it. A suspension restricts only once its hold does: a protected service runs on.
  if (holds.some(({ releasing, restricting }) => releasing !== true && restricting !== true)) return 'restricted';
  if (holds.some(({ releasing }) => releasing === true)) return 'comingBack';
  if (holds.length > 0 && !observing) return 'toRestrict';
  if (service.stoppedByPanel !== undefined) return 'stopped';
  if (describeExceeded(service) !== null) return 'usedUp';
  return status === 'unreadable' && isMetered(service) ? 'notRead' : 'active';
}

/** A service in one line of text: its state, and what is used of its quota until when. */
export function toSummary(service: ServiceDetail, times: Times, wording: Wording): string {
  const { texts } = wording;
  const state = wording.codeText('state', findState(service));
  if (!isMetered(service)) return state;
  if (isUnread(service)) {
    const usage = texts.text('summary.notRead', { quota: quotaText(service, wording) });
    return texts.text('summary.whole', { state, usage });
  }
  const used = usedText(service, wording);
  if (service.cycle === null) return texts.text('summary.whole', { state, usage: used });
  const key: Key = hasCycleEnded(service, times.now) ? 'summary.ended' : 'summary.until';
  const date = `${times.bound(service.cycle.end)} (${times.timeZone})`;
  return texts.text('summary.whole', { state, usage: texts.text(key, { usage: used, date }) });
}

function usedText(service: ServiceDetail, { texts }: Wording): string {
  const { used, allowed } = toFill(service);
  if (used === null) return texts.text('summary.unknown');
  if (allowed === null) return texts.text('summary.used', { used: texts.bytes(used) });
  return texts.text('summary.usedOf', { used: texts.bytes(used), allowed: texts.bytes(allowed) });
}

/** Used and allowed in words; unknown is said, and never a zero. */
export function showUsed(service: ServiceDetail, wording: Wording): Html {
  const { used, allowed } = toFill(service);
  if (isUnread(service)) {
    const unknown = (content: Part[]): Html => html`<span class="unknown">${content}</span>`;
    return wording.say('usage.unread', { unknown, quota: quotaText(service, wording) });
  }
  if (service.allowance === null) {
    if (used !== null) return wording.bytes(used);
    const [first, ...others] = limitFacts(service, wording).map(([limit, figures]) => html`${limit} ${figures}`);
    if (first === undefined) return html`<span class="soft">${wording.say('usage.notMetered')}</span>`;
    return html`${first}${others.map((other) => html`<br />${other}`)}`;
  }
  const shown = { used: wording.bytes(used) };
  return service.allowance.unlimited
    ? wording.say('usage.unlimited', shown)
    : wording.say('usage.of', { ...shown, allowed: wording.bytes(allowed) });
}

/** The quota of a service that was not read yet. */
function quotaText({ quota }: ServiceDetail, { texts }: Wording): string {
  if (quota?.bytes == null) return texts.text('usage.withoutLimit');
  return texts.text('usage.quota', { size: texts.bytes(quota.bytes) });
}

/** What is left of the quota. */
export function showRemaining(service: ServiceDetail, wording: Wording): Part {
  const { allowance, quota } = service;
  if (isUnread(service)) return quota?.bytes === null ? wording.say('service.noLimit') : wording.unknown;
  if (allowance === null) return html`<span class="soft">–</span>`;
  return allowance.unlimited ? wording.say('service.noLimit') : wording.bytes(allowance.remainingBytes);
}

/** The bar of a service with its figures below. */
export function headline(service: ServiceDetail, wording: Wording): Html {
  const bar = usageBar(toFill(service), { wording });
  return html`<div class="headline">${bar}</div>
    <p>${showUsed(service, wording)}</p>`;
}

/** Of what no newer figures are expected at once. */
const SAID_OLD = ['usage_unread', 'panel_undecided', 'panel_removed', 'reading_doubted'];

/** Says that the figures are old where nothing else says it; nothing where they are not. */
export function ageNotice({ usage, because = [] }: ServiceDetail, times: Times, wording: Wording): Html | null {
  if (usage === null || !times.isOlder(usage.readAt, OLD_MS)) return null;
  if (because.some(({ code }) => SAID_OLD.includes(code))) return null;
  return notice('warning', wording.say('usage.old', { at: times.full(usage.readAt) }));
}

/** What of a hold stands in the advice, which is on top of the page. */
const ADVISED_OF_HOLD: ReadonlySet<string> = new Set([
  ...['held_quota', 'held_limit', 'held_manual', 'held_billing', 'held_agent', 'held_quota_room', 'held_quota_fallen'],
  ...['held_quota_gone', 'held_before', 'held_paid', 'hold_ended', 'end_next_run', 'decide_next_run', 'end_stopped'],
  ...['undo_next_run', 'undo_in_doubt', 'skipped_overdue'],
]);
const ADVISED: ReadonlySet<string> = new Set(['stopped_by_panel', 'would_hold_observed', 'would_hold_stopped']);
const OF_AGE: ReadonlySet<string> = new Set(['usage_unread', 'panel_undecided']);

/** Whether a reason is that the figures of a service are old: it means nothing where none are shown. */
export const isOfAge = ({ code }: Because): boolean => OF_AGE.has(code);

/** Whether the advice is about the only hold of a service, and says all of it but when it began. */
export function isHoldAdvised({ advice, holds }: ServiceDetail): boolean {
  if (advice === undefined || holds.length !== 1 || holds[0]?.beforeClient === true) return false;
  return !['ended', 'ending', 'not-begun'].includes(advice.state);
}

function isAdvised(reason: Because, service: ServiceDetail): boolean {
  const { code, details } = reason;
  const { advice } = service;
  if (advice === undefined) return false;
  if (ADVISED_OF_HOLD.has(code)) return isHoldAdvised(service);
  if (isOfAge(reason)) return advice.lastReadAt !== null;
  return ADVISED.has(code) && [details['reasons'] ?? []].flat().length < 2;
}

/** Why a service is in its state, where its advice does not say it, in words for its client: what is said of one hold stands together. */
export function stateNotices(service: ServiceDetail, times: Times, wording: Wording): Html[] {
  const groups: Because[][] = [];
  for (const reason of (service.because ?? []).filter((each) => !isAdvised(each, service))) {
    const last = groups.at(-1);
    const isSame = 'reason' in reason.details && last?.[0]?.details['reason'] === reason.details['reason'];
    if (last !== undefined && isSame) last.push(reason);
    else groups.push([reason]);
  }
  // What is going on stands on top of the page already.
  return groups.map((group) => notice('quiet', showReasons(group, service, { times, wording })));
}

/** Returns reasons of a service's state in the words of its client, with their times as pages write them. */
export function showReasons(
  reasons: readonly Because[],
  service: ServiceDetail,
  { times, wording }: { times: Times; wording: Wording },
): Html {
  return join(
    reasons.map((reason) => {
      const said = sayForClient(reason, service);
      return said === null ? null : html`${wording.said(said, times)} `;
    }),
  );
}

/** The limits of a service besides its quota, with what is used of each. */
export function limitFacts(service: ServiceDetail, wording: Wording): [string, Part][] {
  const others = service.limits.filter(({ id }) => id !== 'quota');
  return others.map(({ id }) => {
    const figures = sayFigures(service, id);
    return [
      wording.text('service.limit', { limit: id }),
      figures === null ? wording.unknown : wording.saidText(figures),
    ];
  });
}

/** When a cycle ends; nothing for a service without usage. */
export function cycleEnd(service: ServiceDetail, times: Times, of: { timeZone: string; wording: Wording }): Part {
  const { timeZone, wording } = of;
  if (service.cycle === null) return isMetered(service) ? wording.unknown : wording.none;
  return times.bound(service.cycle.end, timeZone);
}

/**
 * When the next period begins, with the days until then; null for a service without a period, and where it has ended. What is kept
 * (`isKept`) has no days, which would be wrong by then; `named` are the times of the page, which name the zone of another panel.
 */
export function showReset(
  { cycle, quota, lifecycle }: ServiceDetail,
  times: Times,
  { wording, isKept, named = times }: { wording: Wording; isKept: boolean; named?: Times },
): Html | null {
  const isCounting = lifecycle === 'active' || lifecycle === 'suspended';
  if (cycle === null || quota === null || !isCounting || cycle.end <= times.now) return null;
  const date = named.bound(cycle.end, times.timeZone);
  if (isKept) return wording.say('advice.resets', { date });
  const count = times.daysTo(cycle.end);
  return count === 0 ? wording.say('reset.today', { date }) : wording.say('reset.days', { count, date });
}
