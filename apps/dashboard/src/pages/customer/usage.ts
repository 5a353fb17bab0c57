import type { Because, BecauseCode, ServiceDetail } from '@sluice/engine';
import { describeExceeded, describeFigures, hasCycleEnded } from '@sluice/engine/words';
import { formatBytes } from '@sluice/quota-core';
import { badge, type Fill, notice, usageBar } from '../../layout/components.js';
import { bytes, NONE, type Times, UNKNOWN } from '../../layout/format.js';
import { html, type Html, join, type Part } from '../../layout/html.js';

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

/** Of what no newer figures are expected at once. */
const SAID_OLD = ['usage_unread', 'panel_undecided', 'panel_removed', 'reading_doubted'];

/** Says that the figures are old where nothing else says it; nothing where they are not. */
export function ageNotice({ usage, because = [] }: ServiceDetail, times: Times): Html | null {
  if (usage === null || !times.isOlder(usage.readAt, OLD_MS)) return null;
  if (because.some(({ code }) => SAID_OLD.includes(code))) return null;
  return notice('warning', html`These figures are from ${times.full(usage.readAt)}; newer ones have not arrived.`);
}

const TONES: Readonly<Partial<Record<BecauseCode, 'bad' | 'info'>>> = {
  held_quota: 'bad',
  held_limit: 'bad',
  held_manual: 'bad',
  held_billing: 'bad',
  held_agent: 'bad',
  exceeded_withheld: 'info',
};

/** Why a service is in its state, in words for its client: what is said of one hold stands together. */
export function stateNotices({ because = [] }: ServiceDetail, times: Times): Html[] {
  const groups: Because[][] = [];
  for (const reason of because) {
    const last = groups.at(-1);
    const isSame = 'reason' in reason.details && last?.[0]?.details['reason'] === reason.details['reason'];
    if (last !== undefined && isSame) last.push(reason);
    else groups.push([reason]);
  }
  return groups.map((group) => {
    const [tone = 'warning'] = group.flatMap(({ code }) => TONES[code] ?? []);
    return notice(tone, join(group.map((reason) => html`${showReason(reason, times)} `)));
  });
}

/** Returns a reason of a service's state with its times as pages write them. */
export function showReason({ text, details: { day } }: Because, times: Times): Html {
  return times.inText(typeof day === 'string' ? text.replace(day, times.day(day)) : text);
}

/** The limits of a service besides its quota, with what is used of each. */
export function limitFacts(service: ServiceDetail): [string, Part][] {
  const others = service.limits.filter(({ id }) => id !== 'quota');
  return others.map(({ id }) => [`Limit “${id}”`, describeFigures(service, [id]) ?? UNKNOWN]);
}

/** When a cycle ends; nothing for a service without usage. */
export function cycleEnd(service: ServiceDetail, times: Times, timeZone: string): Part {
  if (service.cycle === null) return isMetered(service) ? UNKNOWN : NONE;
  return times.bound(service.cycle.end, timeZone);
}
