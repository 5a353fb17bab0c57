import { printable } from '@sluice/panel-http/printable';
import type { Plan } from '@sluice/panel-kind';
import {
  crossedThresholds,
  describeReason,
  describeRule,
  type DueHold,
  formatBytes,
  formatMoney,
} from '@sluice/quota-core';
import type { HoldRecord, NoticeRecord, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { describeTermination, type Termination, UNFINISHED } from '../provision/termination.js';
import type { Config } from '../config/schema.js';
import { packageName } from '../purchases/packages.js';
import type { Session } from '../session.js';
import { describeLimit } from '../usage/used.js';
import { findWindowKey } from './decide.js';
import type { LimitState } from './limit-state.js';
import { isOfLimit, THRESHOLDS } from './limits.js';
import { COUNTER_RESTARTED } from './observe.js';
import { IMPOSSIBLE_JUMP } from './plausible.js';
import type { Applied } from './stages.js';

/** A notice for the operator; each is reported once per key. */
export interface Notice {
  code: string;
  key: string;
  panel: string | null;
  service: string | null;
  message: string;
}

/** Returns a notice about a service, whose key begins with its code and the service. */
export function serviceNotice(
  { id, panel }: Pick<ServiceRecord, 'id' | 'panel'>,
  code: string,
  message: string,
  ...key: (string | number)[]
): Notice {
  return { code, key: [code, id, ...key].join(':'), panel, service: id, message };
}

/** Returns the notices of a plan. */
export function planNotices({ service }: Pick<Applied, 'service'>, plan: Pick<Plan, 'notices'> | null): Notice[] {
  const { id, panel } = service;
  return (plan?.notices ?? []).map(({ code, key, message }) => ({ code, key, message, panel, service: id }));
}

/** Returns notices as rows, each message on one line; the store skips known keys. */
export function noticeRows(session: Session, run: string, notices: Notice[]): NoticeRecord[] {
  const at = session.now();
  return notices.map((notice) => ({
    id: session.id('note'),
    run,
    at,
    ...notice,
    message: printable(notice.message),
  }));
}

/** Returns the notices of a decision; in a dry run, what would happen. */
export function toNotices(
  work: Applied,
  { config }: Pick<Session, 'config'>,
  { dryRun }: { dryRun: boolean },
): Notice[] {
  const { service, cycle, decision, termination } = work;
  if (termination && work.skipped === UNFINISHED) return [unfinishedNotice(service, termination)];
  if (!decision) return [];
  const notices: Notice[] = [];
  const add = (code: string, key: string, message: string): void => {
    notices.push(serviceNotice(service, code, message, key));
  };
  const toKey = (reason: string): string => `${reason}:${findWindowKey(work, reason) ?? 'none'}`;
  for (const open of work.opens) {
    const { reason } = open;
    const draft = work.drafts.find((hold) => hold.reason === reason);
    const why = `${describeReason(open.reason)}: ${describeOpen(work, open)}`;
    if (work.enforcement.value === 'observe' || dryRun)
      // Decided again in every run, but reported once per cycle.
      add('would_hold', toKey(reason), `${service.id} would be held (${why})`);
    else add('hold', draft?.id ?? reason, `${service.id} is held (${why})`);
  }
  if (dryRun) notices.push(...work.buys.map((row) => wouldBuy(config, service, row)));
  for (const { reason } of decision.withheld) {
    add(
      'hold_withheld',
      isReleased(service, reason) ? `${reason}:released:${service.quotaReleasedUntil ?? ''}` : toKey(reason),
      `${service.id} is due to be held (${describeReason(reason)}), but ${describeWithheld(work, reason)}`,
    );
  }
  if (work.enforcement.value === 'on') {
    for (const hold of work.closes)
      add(
        'release',
        hold.id,
        `${service.id} ${dryRun ? 'would be' : 'is'} released (${describeReason(hold.reason)}: ${describeClose(work, hold)})`,
      );
  }
  if (decision.status === 'unmanaged') {
    add('unmanaged', service.product, `${service.id} has no quota: it is metered where possible and never held`);
  }
  if (decision.problem?.code === 'usage_fell')
    add('usage_fell', cycle?.id ?? 'none', `${service.id}: ${decision.problem.message}`);
  if (work.doubted !== null && decision.problem !== null)
    add(IMPOSSIBLE_JUMP, cycle?.readAt ?? 'none', `${service.id}: ${decision.problem.message}`);
  for (const wrong of work.wrongCycles) {
    add(
      'cycle_mended',
      wrong.id,
      `${service.id}: its cycle from ${wrong.start} was opened while the clock was ahead and has been discarded; the service is metered from ${cycle?.start ?? ''}`,
    );
  }
  notices.push(...restartNotices(work), ...thresholdNotices(work), ...limitThresholdNotices(work));
  return notices;
}

function restartNotices({ service, warnings, usage }: Applied): Notice[] {
  const restarted = warnings.find(({ code }) => code === COUNTER_RESTARTED);
  if (restarted === undefined) return [];
  return [serviceNotice(service, COUNTER_RESTARTED, restarted.message, usage?.at ?? 'none')];
}

/** Returns the notice of a purchase that auto-buy does not make: in a dry run, under `observe`, or stopped by the brake. */
export function wouldBuy(
  config: Pick<Config, 'packages'>,
  service: ServiceRecord,
  { package: id, price, currency, key }: PurchaseRecord,
): Notice {
  return serviceNotice(
    service,
    'would_buy',
    `${service.id} would buy ${packageName(config, id)} for ${formatMoney(price, currency)}`,
    key,
  );
}

function unfinishedNotice(service: ServiceRecord, termination: Termination): Notice {
  return serviceNotice(service, UNFINISHED, describeTermination(service.id, termination), termination.command);
}

function thresholdNotices({ service, cycle, thresholds }: Applied): Notice[] {
  if (thresholds.length === 0) return [];
  const percent = Math.max(...thresholds);
  const message = `${service.id} has used ${percent}% of its allowance`;
  return [serviceNotice(service, 'threshold', message, cycle?.id ?? 'none', percent)];
}

/** Returns the notices of thresholds that usage is the first of a window to reach, of the limits besides the quota. */
function limitThresholdNotices({ service, limits, limitsBefore }: Applied): Notice[] {
  return limits.flatMap((limit) => {
    const before = limitsBefore.find(({ id, key }) => id === limit.id && key === limit.key);
    const reached = listReached(before?.peak ?? null, limit.allowed, []);
    const percent = listReached(limit.used, limit.allowed, reached).at(-1);
    if (percent === undefined) return [];
    const message = `${service.id} has used ${percent}% of its limit "${limit.id}"`;
    return [serviceNotice(service, 'threshold', message, limit.id, limit.key ?? 'none', percent)];
  });
}

function listReached(used: LimitState['used'], allowed: LimitState['allowed'], already: number[]): number[] {
  const thresholds = THRESHOLDS;
  if (typeof used === 'number' && typeof allowed === 'number')
    return crossedThresholds({ usedBytes: used, allowedBytes: allowed, thresholds, already });
  if (typeof used === 'string' && typeof allowed === 'string')
    return crossedThresholds({ used, allowed, thresholds, already });
  return [];
}

function isReleased({ quotaReleasedUntil }: Applied['service'], reason: string): boolean {
  return isOfLimit({ reason }) && quotaReleasedUntil !== null;
}

/** Returns what keeps a hold that is due from restricting. */
function describeWithheld({ service }: Pick<Applied, 'service'>, reason: string): string {
  if (isReleased(service, reason)) return `the hold is released until ${service.quotaReleasedUntil ?? ''}`;
  return `it is protected until ${service.protectedUntil ?? ''}`;
}

/** Returns why a hold ends. */
function describeClose(work: Applied, { reason }: HoldRecord): string {
  const { decision } = work;
  if (decision?.withheld.some((hold) => hold.reason === reason) === true) return describeWithheld(work, reason);
  const rule = decision?.limits.find(({ limit }) => limit === reason)?.rule;
  if (rule !== undefined) return describeRule(rule) ?? rule;
  return isOfLimit({ reason }) ? 'the product does not have the limit any more' : 'no longer due';
}

/** Returns why a hold begins: the figures of its limit, else its rule in words. */
function describeOpen(work: Applied, { reason, rule }: DueHold): string {
  const limit = work.decision?.limits.find((one) => one.limit === reason);
  return describeSpend(work, reason) ?? (limit && describeBytes(limit)) ?? describeRule(rule) ?? rule;
}

function describeBytes({ usedBytes, allowedBytes }: Pick<HoldRecord, 'usedBytes' | 'allowedBytes'>): string | null {
  if (usedBytes === null || allowedBytes === null) return null;
  return `${formatBytes(usedBytes)} of ${formatBytes(allowedBytes)} are used`;
}

/** Returns what the calls of a limit in money cost, and where they went; null for another limit. */
function describeSpend({ spend, limits }: Applied, reason: string): string | null {
  const found = spend.find(({ limit }) => limit === reason);
  const state = limits.find(({ id }) => id === reason);
  if (found === undefined || state === undefined) return null;
  const most = found.destinations.map(({ destination, charge }) => `${destination} (${charge})`).join(', ');
  const spent = describeLimit({ ...state, used: state.used ?? '?' });
  return spent === null || most === '' ? spent : `${spent}, most of it on calls to ${most}`;
}
