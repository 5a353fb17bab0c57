import { toLocalDate } from '@sluice/quota-core';
import { type FlvxQuotaValues, toIso } from '../../client/records.js';

/** The last day of each month: a higher reset day means the same. */
const LAST_DAY = 31;

/** Returns a reset day as products have it: 0, as every negative number, for never. */
export function toResetDay(resetDay: number): number {
  return Math.min(Math.max(resetDay, 0), LAST_DAY);
}

/** Returns a number of forwards as products have it. The panel stores negative ones, too. */
export function toMaxForwards(maxForwards: number): number {
  return Math.max(maxForwards, 0);
}

/** Whether two values mean the same to the panel. */
export const meansSame = {
  resetDay: (one: number, other: number): boolean => toResetDay(one) === toResetDay(other),
  maxForwards: (one: number, other: number): boolean => toMaxForwards(one) === toMaxForwards(other),
};

/** Returns number of forwards and reset day of a product; a present value that means the same stays. */
export function keepSameNumbers(
  product: Pick<FlvxQuotaValues, 'maxForwards' | 'resetDay'>,
  present: Pick<FlvxQuotaValues, 'maxForwards' | 'resetDay'>,
): Pick<FlvxQuotaValues, 'maxForwards' | 'resetDay'> {
  const { maxForwards, resetDay } = product;
  return {
    maxForwards: meansSame.maxForwards(maxForwards, present.maxForwards) ? present.maxForwards : maxForwards,
    resetDay: meansSame.resetDay(resetDay, present.resetDay) ? present.resetDay : resetDay,
  };
}

/** Returns the local date of an expiry (ms); null for one that is none, or beyond the year 9999. */
export function toExpiryDay(expiresAt: number, timeZone: string): string | null {
  const instant = toIso(expiresAt);
  if (instant === null || !/^[1-9]/.test(instant)) return null;
  const date = toLocalDate(instant, timeZone);
  return /^\d{4}-/.test(date) ? date : null;
}
