import { formatMoney } from '../money.js';
import { parseAmount } from './amounts.js';
import { quote } from '../errors.js';
import type { CallProblem, CallTotals, Finding } from './call-sum.js';

/** Why a bill is refused. */
export type BillRefusal = CallProblem | 'negative-total';

/** What to do about the calls of a period. */
export type BillDecision =
  | { kind: 'add'; amount: string; currency: string }
  | { kind: 'nothing'; reason: 'zero' | 'prepaid' }
  | { kind: 'refuse'; code: BillRefusal; message: string };

/** What a bill is decided from. */
export interface BillInput {
  totals: CallTotals;
  billingType: 'postpaid' | 'prepaid';
  /** Bill the calls that have a charge, although others have none yet; default false. */
  allowUnrated?: boolean;
  /** Add a line also when the amount is zero; default false. */
  zeroLine?: boolean;
}

const REASONS: Record<CallProblem, string> = {
  'conflicting-records': 'came twice with different content',
  'other-currency': 'have another currency',
  'other-subscriber': 'belong to another subscriber',
  'unreadable-record': 'have a start, duration or charge that can not be read',
  unrated: 'have no charge yet',
};

/** Returns whether the calls of a period become a line of an invoice. One call with a problem refuses the whole bill. */
export function decideBill(input: BillInput): BillDecision {
  const { totals } = input;
  if (input.billingType === 'prepaid') return { kind: 'nothing', reason: 'prepaid' };
  const problem = totals.problems.find(({ code }) => code !== 'unrated' || input.allowUnrated !== true);
  if (problem !== undefined) return { kind: 'refuse', code: problem.code, message: describe(problem) };
  if (parseAmount(totals.total, 'the total').isNegative()) {
    return {
      kind: 'refuse',
      code: 'negative-total',
      message: `the charges add up to ${formatMoney(totals.total, totals.currency)}: a negative amount is not billed`,
    };
  }
  if (/[1-9]/.test(totals.amount) || input.zeroLine === true) {
    return { kind: 'add', amount: totals.amount, currency: totals.currency };
  }
  return { kind: 'nothing', reason: 'zero' };
}

function describe({ code, count, ids }: Finding<CallProblem>): string {
  return `${count} of the calls ${REASONS[code]}: ${ids.map(quote).join(', ')}${count > ids.length ? ', …' : ''}`;
}
