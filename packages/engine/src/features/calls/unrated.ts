import { staffText } from '@sluice/messages/staff';
import { formatMoney } from '@sluice/quota-core';
import type { CallTotals } from '@sluice/quota-core/telephony';

/** Returns the calls of a sum that are not in it because they have no charge yet; undefined: none. */
export function findUnrated({ problems }: Pick<CallTotals, 'problems'>): CallTotals['problems'][number] | undefined {
  return problems.find(({ code }) => code === 'unrated');
}

/** Returns what is in a sum of calls: how many, their known charges, and how many have none yet. */
export function toCharged(totals: Pick<CallTotals, 'calls' | 'total' | 'problems'>) {
  const { calls, total } = totals;
  return { calls, total, withoutCharge: findUnrated(totals)?.count ?? 0 };
}

/** Describes a sum of calls, of which some may have no charge yet. */
export function describeSum(total: string, currency: string, withoutCharge: number): string {
  if (withoutCharge === 0) return formatMoney(total, currency);
  return staffText('staff.sumUnrated', { total: { money: total, currency }, count: withoutCharge });
}
