import type { Credit } from '@sluice/contract/ports';
import { SluiceError, toItemError } from '@sluice/panel-kind';
import { formatMoney } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

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

/** Refuses what can't be charged to a client, however much credit there is. */
export function refuseUnchargeable(credit: Credit, currency: string): void {
  refuseClosedClient(credit);
  refuseOtherCurrency(credit, currency);
}

/** Returns the code with which a charge in a currency is refused, however much credit there is; null where it is not. */
export function findUnchargeable(credit: Credit, currency: string): string | null {
  try {
    refuseUnchargeable(credit, currency);
    return null;
  } catch (error) {
    return toItemError(error).code;
  }
}

/** What waits for it holds a lease. */
const CREDIT_MS = 5000;

/** Returns the credit of a client in the billing system; null where that can't be read within 5 seconds. */
export async function findCredit(context: Context, client: string): Promise<Credit | null> {
  const { signal } = context.deps;
  const over = AbortSignal.timeout(CREDIT_MS);
  try {
    return await (await context.billing()).credit(client, AbortSignal.any([signal, over]));
  } catch (error) {
    if (error instanceof SluiceError || (over.aborted && !signal.aborted)) return null;
    throw error;
  }
}

/** Returns the client that is charged for a service. */
export function requirePayer({ id, client }: Pick<ServiceRecord, 'id' | 'client'>): string {
  if (client !== null) return client;
  throw new SluiceError('no_client', `"${id}" has no client, so nobody can be charged`, { details: { service: id } });
}

/** Returns the error of a key that belongs to another invoice. */
export function keyUsed(key: string, invoice: string): SluiceError {
  const message = `"${key}" belongs to invoice "${invoice}"; nothing was changed`;
  return new SluiceError('ref_used', message, { details: { ref: key, invoice } });
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
