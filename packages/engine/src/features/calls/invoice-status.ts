import type { StoredBillView } from '@sluice/contract/documents';
import type { CallBillRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';

/** Returns what is known of the invoice of a bill without a call: the local ledger is in the store. */
export async function readInvoiceStatus(
  { config, store }: Context,
  { invoice }: Pick<CallBillRecord, 'invoice'>,
): Promise<StoredBillView['invoiceStatus']> {
  if (invoice === null || config.billing !== 'ledger') return null;
  return (await store.invoices.get(invoice))?.status ?? null;
}
