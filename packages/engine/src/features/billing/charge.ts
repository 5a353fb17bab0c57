import {
  type BillingSystem,
  type Charge,
  type Credit,
  hasLine,
  type Invoice,
  isOnlyLine,
  type NewLine,
  type Payment,
} from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney } from '@sluice/quota-core';
import { place } from './place.js';
import { keyUsed, refuseClosedClient, refuseOtherCurrency } from './refusals.js';

const DAY_MS = 86_400_000;

/** What a client is charged for with an invoice of its own. */
export interface ChargeRequest extends NewLine, Payment {
  client: string;
  currency: string;
  /** When the caller stored the key (ISO UTC): an earlier attempt is not older. */
  since: string;
}

/**
 * Makes an invoice and pays it from the client's credit where that covers the whole of it. Repeatable: the key is searched for first, and a
 * repeat continues at any stage. Of several invoices with one key, as after a creation that was completed late, one counts; the
 * others are cancelled as long as nothing was paid on them.
 *
 * @throws SluiceError as a `BillingSystem` does, and `ref_used` for a key of another client
 * @example
 * const { state } = await charge(ledger, { ...line, client: '42', currency: 'EUR', since, whenShort: 'refuse' });
 */
export async function charge(billing: BillingSystem, request: ChargeRequest, signal?: AbortSignal): Promise<Charge> {
  const { key, client, currency, amount, whenShort } = request;
  const credit = await readCreditIn(billing, request, signal);
  const search = (): Promise<Invoice[]> => findCharges(billing, request, signal);
  const invoices = await search();
  if (invoices.length === 0) {
    refuseClosedClient(credit);
    // No tax lowers a price: an invoice that would be cancelled at once is not made.
    if (whenShort === 'refuse' && compareMoney(credit.balance, amount) < 0)
      return { state: 'short', needed: amount, credit };
  }
  const line = { key, description: request.description, amount, taxed: request.taxed };
  const placing = place(
    {
      ...{ billing, signal, search },
      pick: (found) => chooseCharge(found.filter((one) => hasLine(one, key))),
      choose: () => Promise.resolve({ line, into: { client, currency, pay: whenShort } }),
      // Nothing is stored before: a repeat is harmless, since of two invoices one is cancelled.
    },
    invoices,
  );
  const placed = await placing.catch((error: unknown) => {
    // Others may have spent the credit meanwhile.
    if (error instanceof SluiceError && error.code === 'no_credit') return null;
    throw signal?.reason instanceof SluiceError ? signal.reason : error;
  });
  if (placed === null) return { state: 'short', needed: amount, credit: await billing.credit(client, signal) };
  const { invoice, added } = placed;
  try {
    // Another process may have made one at the same time.
    const found = !added ? invoices : billing.isTransactional ? [invoice] : await search();
    return await payChosen(billing, request, { found, chosen: chooseCharge(found) ?? invoice }, signal);
  } catch (error) {
    throw added ? toUnknown(billing, error) : error;
  }
}

/** Pays one of the invoices with the key of a charge, and cancels the others. */
async function payChosen(
  billing: BillingSystem,
  { key, client, amount, whenShort }: ChargeRequest,
  { found, chosen }: { found: readonly Invoice[]; chosen: Invoice },
  signal: AbortSignal | undefined,
): Promise<Charge> {
  if (chosen.client !== client) throw keyUsed(key, chosen.id);
  for (const extra of found) if (extra.id !== chosen.id) await discard(billing, extra, key, signal);
  const { status } = chosen;
  if (status !== 'draft' && status !== 'open') return { state: status, invoice: chosen };
  return billing.pay(chosen, { key, amount, whenShort }, signal);
}

/** Cancels an invoice of this line alone that nothing was paid on. */
async function discard(
  billing: BillingSystem,
  invoice: Invoice,
  key: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { id, acceptsLines, balance, total } = invoice;
  if (!acceptsLines || compareMoney(balance, total) !== 0 || !isOnlyLine(invoice, key)) return;
  await billing.cancel(id, key, signal).catch((error: unknown) => {
    if (!(error instanceof SluiceError) || error.code !== 'invoice_closed') throw error;
  });
}

/** What identifies the charge of a client. */
type Sought = Pick<ChargeRequest, 'key' | 'client' | 'since'>;

/** Returns the invoice that has the line of a charge now, whichever it was made with; null where the client has none. */
export async function findCharge(
  billing: BillingSystem,
  sought: Sought,
  signal?: AbortSignal,
): Promise<Invoice | null> {
  return chooseCharge(await findCharges(billing, sought, signal));
}

function findCharges(
  billing: BillingSystem,
  { key, client, since }: Sought,
  signal: AbortSignal | undefined,
): Promise<Invoice[]> {
  return billing.find({ key, client, since: dayBefore(since) }, signal);
}

/** Returns the local date before that of an instant: that of a billing system may be the one before. */
export function dayBefore(instant: string): string {
  return new Date(Date.parse(instant) - DAY_MS).toISOString().slice(0, 10);
}

/** Two invoices with one key remain after a creation that was completed late, or after two processes charged at once. */
function chooseCharge(found: readonly Invoice[]): Invoice | null {
  const oldest = [...found].reverse();
  for (const status of ['paid', 'refunded', 'open'] as const) {
    const one = oldest.find((invoice) => invoice.status === status);
    if (one !== undefined) return one;
  }
  return oldest[0] ?? null;
}

/** Returns the credit of a client who is billed in a currency. */
export async function readCreditIn(
  billing: BillingSystem,
  { client, currency }: Pick<ChargeRequest, 'client' | 'currency'>,
  signal?: AbortSignal,
): Promise<Credit> {
  const credit = await billing.credit(client, signal);
  refuseOtherCurrency(credit, currency);
  // Only a transaction can find out in time which one the first credit has.
  if (credit.currency !== null || billing.isTransactional) return credit;
  const message = `The price is in ${currency}, but ${billing.title} does not report the currency of client ${client}. Nothing was changed.`;
  throw new SluiceError('currency_mismatch', message, { details: { client, currency: null, price: currency } });
}

/** An invoice was made: what failed later says nothing of it. */
function toUnknown({ title }: BillingSystem, error: unknown): unknown {
  const isSluice = error instanceof SluiceError;
  const isClear = isSluice && error.code !== 'billing_unavailable' && error.kind !== 'not-found';
  if (isClear) return error;
  const why = isSluice ? ` ${error.message}` : '';
  const message = `It is not known whether ${title} completed the change.${why} The next attempt finds it out.`;
  return new SluiceError('outcome_unknown', message, { kind: 'billing', cause: error });
}
