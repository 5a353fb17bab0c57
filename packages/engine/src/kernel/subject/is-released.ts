import { zonedMidnight } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Config } from '../../base/config/schema.js';

/** Returns whether the quota of a service restricts nothing at this instant. */
export function isQuotaReleased(
  config: Config,
  { quotaReleasedUntil, panel }: Pick<ServiceRecord, 'quotaReleasedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, quotaReleasedUntil, now);
}

/** Returns whether nothing but a manual hold may restrict a service at this instant. */
export function isProtected(
  config: Config,
  { protectedUntil, panel }: Pick<ServiceRecord, 'protectedUntil' | 'panel'>,
  now: string,
): boolean {
  return isBeforeDate(config, panel, protectedUntil, now);
}

/** Returns whether a local date of the panel has not begun; false without a date. */
function isBeforeDate(config: Config, panel: string, date: string | null, now: string): boolean {
  return date !== null && now < zonedMidnight(date, findTimeZone(config, panel));
}
