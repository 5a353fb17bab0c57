import { type Credit, SluiceError } from '@sluice/panel-kind';
import { formatMoney } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';

/** Refuses an amount in another currency than the client has. */
export function refuseOtherCurrency(credit: Credit, currency: string): void {
  if (credit.currency === null || credit.currency === currency) return;
  throw new SluiceError(
    'currency_mismatch',
    `Client "${credit.client}" is billed in ${credit.currency}, not in ${currency}; nothing was changed`,
    { details: { client: credit.client, currency: credit.currency } },
  );
}

/** Refuses to charge a client whom the billing system shows as closed. */
export function refuseClosedClient({ client, closed }: Pick<Credit, 'client' | 'closed'>): void {
  if (closed !== true) return;
  throw new SluiceError('client_closed', `Client "${client}" is closed in the billing system; nothing was charged`, {
    details: { client },
  });
}

/** Returns the client that is charged for a service. */
export function requirePayer({ id, client }: Pick<ServiceRecord, 'id' | 'client'>): string {
  if (client !== null) return client;
  throw new SluiceError('no_client', `"${id}" has no client, so nobody can be charged`, { details: { service: id } });
}

/** Returns null for the error of an unknown invoice; throws any other. */
export function nullIfUnknown(error: unknown): null {
  if (error instanceof SluiceError && error.code === 'unknown_invoice') return null;
  throw error;
}

/** What credit was to be spent on. */
export interface DueCharge {
  client: string;
  /** What it is, in a sentence: `package "extra"`. */
  what: string;
  amount: string;
  currency: string;
}

/** Creates the error of an amount that the credit does not cover; `balance` is null where it is not known. */
export function noCredit({ client, what, amount, currency }: DueCharge, balance: string | null): SluiceError {
  const has = balance === null ? 'too little credit' : `${formatMoney(balance, currency)} of credit`;
  return new SluiceError(
    'no_credit',
    `Client "${client}" has ${has}, and ${what} costs ${formatMoney(amount, currency)}; nothing was changed`,
    { details: { client, needed: amount, balance, currency } },
  );
}
