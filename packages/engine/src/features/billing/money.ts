import { checkMoney, currencyDecimals, QuotaCoreError } from '@sluice/quota-core';
import { type SluiceError, usageError } from '@sluice/panel-kind';

/** Digits before the point: sums of many amounts stay within what the ledger computes exactly. */
const DIGITS = 15;

/** Returns an amount, from zero on, with the decimals of its currency. */
export function toAmount(text: string, currency: string): string {
  const amount = checked(
    () => checkMoney(text, currencyDecimals(currency)),
    (problem) => badAmount(problem),
  );
  if (amount.startsWith('-')) throw badAmount(`"${text}" is below zero`);
  if (amount.replace(/\..*$/, '').length > DIGITS)
    throw badAmount(`The amount has more than ${DIGITS} digits before the point`);
  return amount;
}

/** Refuses what is not the code of a currency. */
export function checkCurrency(code: string): void {
  checked(
    () => currencyDecimals(code),
    (problem) => usageError('bad_currency', `${problem}; nothing was changed`),
  );
}

function badAmount(problem: string): SluiceError {
  return usageError('bad_amount', `${problem}; nothing was changed`);
}

function checked<T>(work: () => T, toError: (problem: string) => SluiceError): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof QuotaCoreError) throw toError(error.message);
    throw error;
  }
}
