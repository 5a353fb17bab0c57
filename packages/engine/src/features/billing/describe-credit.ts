import type { Credit } from '@sluice/contract/ports';
import { compareMoney, formatMoney } from '@sluice/quota-core';

/** Returns credit as people read it: `12.50 EUR`; `none yet` where there is none, and the currency of the client is not known. */
export function describeCredit({ balance, currency }: Pick<Credit, 'balance' | 'currency'>): string {
  return currency === null && compareMoney(balance, '0') === 0 ? 'none yet' : formatMoney(balance, currency);
}
