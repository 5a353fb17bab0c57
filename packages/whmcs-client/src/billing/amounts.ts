import { checkMoney, currencyDecimals } from '@sluice/quota-core';

/** Decimals of WHMCS's own amounts, whatever the currency, and most digits before them (docs/whmcs-api.md#values). */
export const AMOUNTS = { decimals: 2, digits: 14 };

const BOOKABLE = new RegExp(`^-?0*\\d{1,${AMOUNTS.digits}}(\\.\\d{1,${AMOUNTS.decimals}}0*)?$`);

/** Whether WHMCS can book an amount exactly. */
export function isBookable(amount: string): boolean {
  return BOOKABLE.test(amount);
}

/** Writes an amount with the decimals of its currency; further decimals stay where they are not zero. */
export function inCurrency(amount: string, currency: string): string {
  const decimals = /^[A-Z]{3}$/.test(currency) ? currencyDecimals(currency) : 2;
  const own = (amount.split('.')[1] ?? '').replace(/0+$/, '').length;
  return checkMoney(amount, Math.max(decimals, own));
}
