import { addMoney, compareMoney } from '../money.js';
import { isAmount } from './amounts.js';
import type { Subscriber } from './records.js';

/** What keeps a line from calling others: it is suspended, its prepaid credit or its credit limit is used up. */
export type LineStop = 'suspended' | 'credit' | 'limit';

/** Returns what is left for calls of a line, with its credit limit where it is postpaid; null where its system does not say. */
export function creditLeft({ billingType, extra }: Pick<Subscriber, 'billingType' | 'extra'>): string | null {
  const { credit, credit_limit: limit } = extra;
  if (typeof credit !== 'string' || !isAmount(credit)) return null;
  if (billingType === 'prepaid') return credit;
  return billingType === 'postpaid' && typeof limit === 'string' && isAmount(limit) ? addMoney(credit, limit) : null;
}

/** Returns what keeps a line from calling others, as its system shows it; null for nothing, and where that is not known. */
export function findLineStop(line: Pick<Subscriber, 'status' | 'billingType' | 'extra'>): LineStop | null {
  if (line.status !== 'active') return 'suspended';
  const left = creditLeft(line);
  if (left === null || compareMoney(left, '0') > 0) return null;
  return line.billingType === 'prepaid' ? 'credit' : 'limit';
}
