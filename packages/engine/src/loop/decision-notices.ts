import { stated } from '@sluice/messages/said';
import { type StaffText, staffText } from '@sluice/messages/staff';
import { crossedThresholds, describeReason, describeRule, type DueHold, padMoney } from '@sluice/quota-core';
import type { HoldRecord, ServiceRecord } from '@sluice/state-store';
import { toCycleKey, hasEnded } from '../base/lifecycle.js';
import { describeTermination, type Termination, UNFINISHED } from '../kernel/subject/termination.js';
import type { Context } from '../context/context.js';
import { findWindowKey } from './decide.js';
import type { LimitState } from '../kernel/subject/figures.js';
import { listLimits } from '../base/config/find-entry.js';
import {
  isOfLimit,
  isOfRemovedLimit,
  isQuotaReleased,
  listLastingHolds,
  listReleasedHolds,
} from '../kernel/subject/holds.js';
import { describeBesides } from '../kernel/run/alarms.js';
import type { NoticeFacts } from '../kernel/run/notice-data.js';
import { THRESHOLDS } from '../kernel/subject/limits.js';
import { COUNTER_RESTARTED } from './meter.js';
import { IMPOSSIBLE_JUMP } from './plausible.js';
import type { Applied } from '../kernel/subject/stages.js';
import { isLeftAsIs } from '../kernel/subject/to-stage.js';
import { isKeptDespiteFall } from '../kernel/subject/fallen.js';
import { describeDoubtedHolds, HOLD_DOUBTED } from '../kernel/subject/holds.js';
import { type Notice, serviceNotice } from '../kernel/run/notice.js';
import { describeStaying, HOLD_ENDED, toReleased, toReleaseNotices, toWhyText } from '../kernel/run/release-notices.js';

/** Returns the notices of a decision; in a dry run, what would happen. */
export function toNotices(context: Context, work: Applied, { dryRun }: { dryRun: boolean }): Notice[] {
  const { service, decision, termination } = work;
  if (termination && work.skipped === UNFINISHED) return [unfinishedNotice(service, termination)];
  if (!decision) return [];
  const notices: Notice[] = [];
  const add = (code: string, key: string, message: StaffText, facts: NoticeFacts = {}): void => {
    notices.push({ ...serviceNotice(service, code, message, key), facts });
  };
  const names = { service: service.id };
  const toKey = (reason: string): string => `${reason}:${findWindowKey(work, reason) ?? 'none'}`;
  for (const open of work.opens) {
    const { reason } = open;
    const draft = work.drafts.find((hold) => hold.reason === reason);
    const why = toWhyText(open.reason, describeOpen(work, open));
    if (work.enforcement.value === 'observe' || dryRun)
      // Decided again in every run, but reported once per cycle.
      add('would_hold', toKey(reason), staffText('staff.wouldHold', { ...names, why }), { limit: reason });
    else add('hold', draft?.id ?? reason, describeHeld(work, why), { limit: reason, reason });
  }
  for (const { reason } of decision.withheld) {
    add(
      'hold_withheld',
      isReleased(context, service, reason) ? `${reason}:released:${service.quotaReleasedUntil ?? ''}` : toKey(reason),
      staffText('staff.withheld', {
        ...{ ...names, reason: describeReason(reason), why: describeWithheld(context, work, reason) },
      }),
    );
  }
  // What became of a release is known at the end of the run.
  if (work.enforcement.value === 'on' && dryRun) {
    const opens = work.opens.map(({ reason }) => ({ id: reason, reason }));
    const staying = describeStaying([...listLastingHolds(work), ...opens], work.closes);
    const toWhy = (hold: HoldRecord): string => toWhyText(hold.reason, describeClose(context, work, hold));
    if (staying === null) notices.push(...toReleased(service, { ended: work.closes, toWhy, isPreview: true }));
    else
      for (const hold of work.closes)
        add(HOLD_ENDED, hold.id, staffText('staff.holdWouldEnd', { ...names, why: toWhy(hold), reasons: staying }));
  }
  if (decision.status === 'unmanaged' && !isLeftAsIs(work)) {
    add('unmanaged', service.product, staffText('staff.unmanaged', names));
  }
  notices.push(...readingNotices(work));
  notices.push(...restartNotices(work), ...thresholdNotices(work), ...limitThresholdNotices(work));
  return notices;
}

/** Returns the notices of readings that are doubted, and of cycles that were. */
function readingNotices(work: Applied): Notice[] {
  const { service, cycle, decision, doubted } = work;
  const problem = decision?.problem ?? null;
  const what = problem === null ? null : staffText('staff.ofService', { service: service.id, what: problem.message });
  const notices: Notice[] = [];
  const add = (code: string, key: string, message: StaffText): void => {
    notices.push(serviceNotice(service, code, message, key));
  };
  if (decision !== null && what !== null && problem?.code === 'usage_fell')
    add(
      isKeptDespiteFall(decision) ? 'usage_fell' : 'usage_dropped',
      cycle === null ? 'none' : toCycleKey(cycle),
      what,
    );
  const impossible = describeDoubtedHolds(service.id, doubted);
  if (impossible !== null) add(HOLD_DOUBTED, cycle?.readAt ?? 'none', stated(impossible));
  else if (doubted !== null && what !== null) add(IMPOSSIBLE_JUMP, cycle?.readAt ?? 'none', what);
  for (const { id, start } of work.wrongCycles) {
    const since = cycle?.start ?? '';
    add('cycle_mended', id, staffText('staff.cycleMended', { service: service.id, start, since }));
  }
  return notices;
}

/** The alarm of a service that others have stopped, too, ends with the hold: the notice says it besides. */
function describeHeld(work: Applied, why: string): StaffText {
  const { service, besides } = work;
  const said = staffText(isRefused(work) ? 'staff.heldUnrestricted' : 'staff.held', { service: service.id, why });
  const stopped = describeBesides(service.id, { inputs: { stoppedBesides: besides ?? [] } });
  return stopped === null ? said : staffText('staff.andBesides', { said, besides: stopped });
}

/** Whether a hold is not on its panel, where it is known before any call that nothing is changed there: the failure says why. */
function isRefused({ error, plan }: Applied): boolean {
  return error !== null && (plan === null || (plan.steps.length === 0 && plan.problems.length > 0));
}

/** Returns the notices of the holds that a run ended, and of those that ended before and are undone now. */
export function listReleases(context: Context, work: Applied, { startedAt }: { startedAt: string }): Notice[] {
  const released = listReleasedHolds(work);
  const due = work.ended.filter((hold) => released.includes(hold) || (hold.until ?? '') >= startedAt);
  return toReleaseNotices(work, due, (hold) => describeClose(context, work, hold));
}

export function restartNotices({ service, warnings, usage }: Applied): Notice[] {
  const restarted = warnings.find(({ code }) => code === COUNTER_RESTARTED);
  if (restarted === undefined) return [];
  return [serviceNotice(service, COUNTER_RESTARTED, stated(restarted.message), usage?.at ?? 'none')];
}

export function unfinishedNotice(service: ServiceRecord, termination: Termination): Notice {
  return serviceNotice(service, UNFINISHED, stated(describeTermination(service.id, termination)), termination.command);
}

export function thresholdNotices({ service, cycle, thresholds }: Applied): Notice[] {
  if (thresholds.length === 0) return [];
  const percent = Math.max(...thresholds);
  const message = staffText('staff.threshold', { service: service.id, percent: { percent } });
  const notice = serviceNotice(service, 'threshold', message, cycle === null ? 'none' : toCycleKey(cycle), percent);
  return [{ ...notice, facts: { reached: percent, agent: null } }];
}

/** Returns the notices of thresholds that usage is the first of a window to reach, of the limits besides the quota. */
export function limitThresholdNotices({ service, limits, limitsBefore }: Applied): Notice[] {
  return limits.flatMap((limit) => {
    const before = limitsBefore.find(({ id, key }) => id === limit.id && key === limit.key);
    const reached = listReached(before?.peak ?? null, limit.allowed, []);
    const percent = listReached(limit.used, limit.allowed, reached).at(-1);
    if (percent === undefined) return [];
    const message = staffText('staff.limitThreshold', {
      ...{ service: service.id, percent: { percent }, limit: limit.id },
    });
    const notice = serviceNotice(service, 'threshold', message, limit.id, limit.key ?? 'none', percent);
    return [{ ...notice, facts: { reached: percent, agent: null, limit: limit.id } }];
  });
}

export function listReached(used: LimitState['used'], allowed: LimitState['allowed'], already: number[]): number[] {
  const thresholds = THRESHOLDS;
  if (typeof used === 'number' && typeof allowed === 'number')
    return crossedThresholds({ usedBytes: used, allowedBytes: allowed, thresholds, already });
  if (typeof used === 'string' && typeof allowed === 'string')
    return crossedThresholds({ used, allowed, thresholds, already });
  return [];
}

function isReleased(context: Context, service: Applied['service'], reason: string): boolean {
  return isOfLimit({ reason }) && isQuotaReleased(context.config, service, context.now());
}

/** Returns what keeps a hold that is due from restricting. */
function describeWithheld(context: Context, { service }: Pick<Applied, 'service'>, reason: string): string {
  if (isReleased(context, service, reason))
    return staffText('staff.why.released', { until: service.quotaReleasedUntil ?? '' });
  return staffText('staff.why.protected', { until: service.protectedUntil ?? '' });
}

/** Returns why a hold ends. */
export function describeClose(context: Context, work: Applied, hold: Readonly<HoldRecord>): string {
  const { decision, service } = work;
  const { reason } = hold;
  const isWithheld = decision?.withheld.some((hold) => hold.reason === reason) === true;
  // A command reads no spend, by which alone a limit in money would be withheld.
  if (isWithheld || isReleased(context, service, reason)) return describeWithheld(context, work, reason);
  const rule = decision?.limits.find(({ limit }) => limit === reason)?.rule;
  if (rule !== undefined) return describeRule(rule) ?? rule;
  if (hasEnded(service)) return staffText('staff.why.ended');
  const isRemoved = isOfRemovedLimit(hold, listLimits(context.config, service.product));
  return staffText(isRemoved ? 'staff.why.noLimit' : 'staff.why.notDue');
}

/** Returns why a hold begins: the figures of its limit, else its rule in words. */
export function describeOpen(work: Applied, { reason, rule }: DueHold): string {
  const limit = work.decision?.limits.find((one) => one.limit === reason);
  return describeSpend(work, reason) ?? (limit && describeBytes(limit)) ?? describeRule(rule) ?? rule;
}

export function describeBytes({
  usedBytes,
  allowedBytes,
}: Pick<HoldRecord, 'usedBytes' | 'allowedBytes'>): string | null {
  if (usedBytes === null || allowedBytes === null) return null;
  return staffText('staff.why.used', { used: { bytes: usedBytes }, allowed: { bytes: allowedBytes } });
}

/** Returns what the calls of a limit in money cost, and where they went; null for another limit. */
export function describeSpend({ spend, limits }: Applied, reason: string): string | null {
  const found = spend.find(({ limit }) => limit === reason);
  const state = limits.find(({ id }) => id === reason);
  if (found === undefined || state === undefined) return null;
  const most = found.destinations
    .map(({ destination, charge }) => staffText('staff.why.destination', { destination, charge }))
    .join(', ');
  const { used, allowed, unit } = state;
  const spent = staffText('staff.why.spent', {
    ...{ used: padMoney(String(used ?? '?'), unit), allowed: { money: String(allowed), currency: unit } },
  });
  return most === '' ? spent : staffText('staff.why.spentOn', { spent, destinations: most });
}

/** Returns the notice of a service that was left to the next run. */
export function changedNotice({ service }: Applied, run: string): Notice {
  const message = staffText('staff.changedMeanwhile', { service: service.id });
  return serviceNotice(service, 'changed_meanwhile', message, run);
}

/** Returns whether a notice may not be true any more at the end of the run: an unfinished termination is finished by it. */
export const mayEnd = ({ code }: Notice): boolean => code === UNFINISHED;

/** Returns the notices without those about terminations that are finished now. */
export function stillTrue(notices: readonly Notice[], subjects: readonly Applied[]): Notice[] {
  const open = new Set(subjects.filter((work) => work.termination !== null).map((work) => work.service.id));
  return notices.filter((notice) => !mayEnd(notice) || open.has(notice.service ?? ''));
}
