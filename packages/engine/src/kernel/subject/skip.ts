import type { HoldMarks, ServiceDetail, ServiceView } from '@sluice/contract/documents';
import { nextDueDateAfter, parseBillingCycleName, zonedMidnight } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findEntry, findTimeZone, isPanelRemoved } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';
import { addDays } from '../../base/times.js';
import { isOfLimit } from './holds.js';
import { isLeftAsIs } from './to-stage.js';

/**
 * Why no run reads a service. `panel`: its panel is not in the config; `overdue`: its due date has passed under
 * `poll.overdue: ignore`; else its lifecycle.
 */
export type SkipReason = 'panel' | 'pending' | 'terminated' | 'vanished' | 'overdue';

const LIFECYCLES: readonly string[] = ['pending', 'terminated', 'vanished'] satisfies SkipReason[];

/** Returns whether the due date, and the days of grace of the product after it, have passed in the panel's time zone. */
export function isOverdue(
  { panel, product, nextDueDate }: Pick<ServiceRecord, 'panel' | 'product' | 'nextDueDate'>,
  config: Config,
  now: string,
): boolean {
  if (nextDueDate === null) return false;
  const graceDays = findEntry(config.products, product)?.graceDays ?? 0;
  const last = graceDays === 0 ? nextDueDate : addDays(nextDueDate, graceDays);
  return now >= zonedMidnight(last, findTimeZone(config, panel));
}

/** Returns whether runs hold a service since its due date has passed. */
export function isHeldOverdue(service: Parameters<typeof isOverdue>[0], config: Config, now: string): boolean {
  return config.poll.overdue === 'hold' && isOverdue(service, config, now);
}

/** Returns whether a service stays overdue after it was renewed by one period, so that a renewal has to name its date. `isDue`: whether a local date has begun. */
export function needsDateToRenew(
  { nextDueDate, billingCycle }: Pick<ServiceDetail, 'nextDueDate' | 'billingCycle'>,
  isDue: (date: string) => boolean,
): boolean {
  if (billingCycle === null) return true;
  if (nextDueDate === null) return false;
  return isDue(nextDueDateAfter({ nextDueDate, billingCycle: parseBillingCycleName(billingCycle) }));
}

/** Returns whether runs hold a service for its bill; null where no run reads it, so that nothing follows from that. */
export function isUnpaid(service: ServiceRecord, config: Config, now: string): boolean | null {
  const { panel, product, status: lifecycle, nextDueDate } = service;
  if (findSkip(config, { panel, product, lifecycle, nextDueDate }, now) !== null) return null;
  return lifecycle === 'suspended' || isHeldOverdue(service, config, now);
}

/** What decides whether a run holds a service for its due date. */
export type DueService = Pick<
  ServiceDetail,
  'panel' | 'product' | 'lifecycle' | 'nextDueDate' | 'protected' | 'observing' | 'error' | 'termination'
>;

/**
 * Says that the next run holds a service for its due date although nothing holds it for that now, as after a command that has ended
 * the hold; null where no run does. A sentence without its stop.
 */
export function describeOverdue(config: Config, service: DueService, at: string): string | null {
  const { lifecycle, nextDueDate, observing, protected: isProtected, termination } = service;
  const isLeft = isPanelRemoved(config, service.panel) || termination !== null || isLeftAsIs(service);
  if (lifecycle !== 'active' || isLeft || isProtected || observing || !isHeldOverdue(service, config, at)) return null;
  return `It was due on ${nextDueDate ?? 'an unknown date'}, so the next run holds it unless it is renewed or protected (poll.overdue: hold)`;
}

/** Returns why no run reads, restricts or releases a service at an instant; null where runs do. */
export function findSkip(
  config: Config,
  service: { panel: string; product: string; lifecycle: string; nextDueDate: string | null },
  at: string,
): SkipReason | null {
  const { panel, lifecycle } = service;
  if (isPanelRemoved(config, panel)) return 'panel';
  if (LIFECYCLES.includes(lifecycle)) return lifecycle as SkipReason;
  return config.poll.overdue === 'ignore' && isOverdue(service, config, at) ? 'overdue' : null;
}

/** Says why no run reads a service, and what ends that: a sentence without its stop. */
export function describeSkip(
  { panel, nextDueDate }: { panel: string; nextDueDate: string | null },
  skip: SkipReason,
): string {
  switch (skip) {
    case 'panel':
      return `Panel ${panel} is not in the config: nothing of the service is read or changed there`;
    case 'pending':
      return 'It is pending: no run reads, restricts or releases it until it is active';
    case 'overdue':
      return `It was due on ${nextDueDate ?? 'an unknown date'}, and runs leave overdue services as they are (poll.overdue: ignore): none reads, restricts or releases it until it is renewed`;
    default:
      return `It is ${skip}: it is not metered, and what is restricted on its panel stays so`;
  }
}

/**
 * Returns whether a hold lasts, or the restriction of one that has ended, since no run reads its service. Of an overdue service, a
 * command ends a manual hold, and its billing system the suspension.
 */
export function isLeftBySkip(skip: SkipReason | null, hold: { reason: string } & HoldMarks): boolean {
  if (skip === null) return false;
  return skip !== 'overdue' || hold.releasing === true || isOfLimit(hold);
}

/** Returns whether a service is known to have an account: it names one by the ref of its panel's kind, or was metered. */
export function isWithAccount(
  { usage, refs }: Pick<ServiceView, 'usage'> & { refs: Readonly<Record<string, string>> },
  requiredRef: string | null,
): boolean {
  return usage !== null || (requiredRef !== null && refs[requiredRef] !== undefined);
}
