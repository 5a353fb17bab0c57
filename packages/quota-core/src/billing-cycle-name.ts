import { QuotaCoreError, quote } from './errors.js';

/** The recurring billing cycles: 1, 3, 6, 12, 24 and 36 calendar months. */
export type BillingCycleName = 'monthly' | 'quarterly' | 'semiannually' | 'annually' | 'biennially' | 'triennially';

/** `billing` meters whole billing periods; `month` cuts them into calendar months from the billing anchor. */
export type QuotaPeriod = 'billing' | 'month';

const MONTHS: Readonly<Record<BillingCycleName, number>> = {
  monthly: 1,
  quarterly: 3,
  semiannually: 6,
  annually: 12,
  biennially: 24,
  triennially: 36,
};

/**
 * Parses a billing cycle as billing systems and people write it: any case, with or without hyphens and spaces
 * (`Semi-Annually`), `yearly` for annually.
 *
 * @throws QuotaCoreError `invalid_billing_cycle` for cycles that do not recur (`One Time`, `Free Account`) and for
 *   unknown names.
 *
 * @example
 * ```ts
 * parseBillingCycleName('Semi-Annually'); // semiannually
 * ```
 */
export function parseBillingCycleName(text: string): BillingCycleName {
  const plain = text.toLowerCase().replace(/[\s_-]/g, '');
  if (plain === 'yearly') return 'annually';
  if (isBillingCycleName(plain)) return plain;
  throw unknownCycle(text);
}

/** Returns the length of a quota period in calendar months. */
export function countMonths(billingCycle: BillingCycleName, quotaPeriod: QuotaPeriod = 'billing'): number {
  if (!isBillingCycleName(billingCycle)) throw unknownCycle(billingCycle);
  return quotaPeriod === 'month' ? 1 : MONTHS[billingCycle];
}

function isBillingCycleName(text: string): text is BillingCycleName {
  return Object.hasOwn(MONTHS, text);
}

function unknownCycle(text: string): QuotaCoreError {
  return new QuotaCoreError(
    'invalid_billing_cycle',
    `${quote(text)} is not a recurring billing cycle: write one of ${Object.keys(MONTHS).join(', ')}`,
  );
}
