import type { ServiceDetail } from '@sluice/contract/documents';
import type { InvoiceRecord } from '@sluice/state-store';
import { addMoney, compareMoney } from '@sluice/quota-core';
import type { Context } from '../../context/context.js';
import type { Reader } from '../../context/reader.js';
import { invoiceUrl } from '../billing/billing-pages.js';
import type { Owed } from '../billing/due-invoices.js';
import { listBills } from '../calls/stored-bills.js';

/**
 * Returns what a client owes for calls of a service by the local ledger, in the currency of the oldest invoice; null for nothing. Other
 * billing systems are not asked.
 */
export async function findOwed(
  context: Context,
  { id, client }: Pick<ServiceDetail, 'id' | 'client'>,
  reader: Exclude<Reader, undefined>,
): Promise<Owed | null> {
  const { config, store } = context;
  if (config.billing !== 'ledger' || reader === null || client !== reader) return null;
  if ((await store.callBills.list({ service: id })).length === 0) return null;
  const bills = await listBills(context, { service: id, reader });
  const open = bills.filter(({ state, invoiceStatus }) => state === 'confirmed' && invoiceStatus === 'open');
  const invoices: InvoiceRecord[] = [];
  for (const invoice of new Set(open.map((bill) => bill.invoice))) {
    const stored = invoice === null ? null : await store.invoices.get(invoice);
    if (stored !== null) invoices.push(stored);
  }
  const oldest = invoices.at(-1);
  if (oldest === undefined) return null;
  const { currency } = oldest;
  const own = invoices.filter((invoice) => invoice.currency === currency);
  const amount = own.reduce((sum, { total }) => addMoney(sum, total), '0');
  if (compareMoney(amount, '0') <= 0) return null;
  const { id: invoice } = oldest;
  return {
    invoice: own.length === 1 ? invoice : null,
    amount,
    currency,
    url: invoiceUrl(context, { invoice, billing: 'ledger' }),
  };
}
