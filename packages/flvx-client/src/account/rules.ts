import { toLocalDate, zonedMidnight } from '@sluice/quota-core';
import type { FlvxQuotaValues } from '../client/records.js';
import { toBytes } from '../client/units.js';

/** What the panel's own rules read of a user or permission. */
export interface RuledRow extends Pick<FlvxQuotaValues, 'quota' | 'expiresAt'> {
  status: number;
  inBytes: number;
  outBytes: number;
}

/** Returns quota and expiry, where they are given: the panel copies those of a user to its permissions. */
export function pickLimits({ quota, expiresAt }: Partial<FlvxQuotaValues> = {}): Partial<
  Pick<RuledRow, 'quota' | 'expiresAt'>
> {
  return { ...(quota === undefined ? {} : { quota }), ...(expiresAt === undefined ? {} : { expiresAt }) };
}

/** Returns both directions together, as the panel compares them with the quota. */
export function sumBytes({ inBytes, outBytes }: Pick<RuledRow, 'inBytes' | 'outBytes'>): number {
  return inBytes + outBytes;
}

/** Whether a row has expired by the panel's clock. 0 counts as expired for the daily job (docs/panels/flvx.md, 7.3). */
export function isExpired(row: { expiresAt: number }, at: number): boolean {
  return row.expiresAt <= at;
}

/** Whether the panel pauses all forwards of this user at the next traffic: above the quota, not at it. */
export function stopsUser(user: RuledRow, at: number): boolean {
  return toBytes(user.quota) < sumBytes(user) || isExpired(user, at) || user.status !== 1;
}

/** Whether the panel pauses the forwards of this permission at their next traffic: from the quota on. */
export function stopsPermission(permission: RuledRow, at: number): boolean {
  return isUsedUp(permission, at) || permission.status !== 1;
}

/** Whether the quota is used up or the row has expired. */
export function isUsedUp(row: RuledRow, at: number): boolean {
  return sumBytes(row) >= toBytes(row.quota) || isExpired(row, at);
}

/** The daily job runs at 00:00:05; readings and the panel's clock may differ by this much. */
const resetToleranceMs = 120_000;
const dayMs = 86_400_000;

/** Whether the midnight at which the panel zeroes the counters is between two instants; never for reset day 0 and below. */
export function isResetDayBetween(resetDay: number, from: string, to: string, timeZone: string): boolean {
  if (resetDay <= 0) return false;
  const first = Date.parse(from) - resetToleranceMs;
  const last = Date.parse(to) + resetToleranceMs;
  // A month and a day contain every reset day at least once.
  if (last - first >= 32 * dayMs) return true;
  const end = toDay(last, timeZone);
  for (let day = toDay(first, timeZone); day <= end; day += dayMs) {
    const localDate = new Date(day).toISOString().slice(0, 10);
    if (!fallsOn(localDate, resetDay)) continue;
    const midnight = Date.parse(zonedMidnight(localDate, timeZone));
    if (midnight >= first && midnight <= last) return true;
  }
  return false;
}

/** Returns the local date of an instant as its midnight in UTC, where every day has 24 hours. */
function toDay(at: number, timeZone: string): number {
  return Date.parse(toLocalDate(new Date(at).toISOString(), timeZone));
}

/** A reset day beyond the end of the month means its last day. */
function fallsOn(localDate: string, resetDay: number): boolean {
  const [year = 0, month = 0, day = 0] = localDate.split('-').map(Number);
  const lastDay = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return resetDay === day || (day === lastDay && resetDay > lastDay);
}
