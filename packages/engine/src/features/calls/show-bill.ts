import type { BillDetail } from '@sluice/contract/documents';
import { type Invoice, isLineOf } from '@sluice/contract/ports';
import { addMoney, compareMoney, subtractMoney, withoutMarkers } from '@sluice/quota-core';
import type { CallBillRecord } from '@sluice/state-store';
import type { Context } from '../../context/context.js';
import type { Reader } from '../../context/reader.js';
import { invoiceUrl } from '../billing/billing-pages.js';
import { requireBill, toStoredView } from './stored-bills.js';

/**
 * Returns a bill with its invoice as the billing system has it now; reads the billing system where that is not the local ledger.
 *
 * @throws SluiceError `unknown_bill`, also for the bill of another client; `billing_unavailable`
 */
export async function showBill(context: Context, id: string, reader?: Reader): Promise<BillDetail> {
  const bill = await requireBill(context, id, reader);
  const invoice = await readInvoice(context, bill, reader);
  return { bill: await toStoredView(context, bill, reader), invoice };
}

async function readInvoice(context: Context, bill: CallBillRecord, reader: Reader): Promise<BillDetail['invoice']> {
  const { invoice: id, billing: system } = bill;
  if (id === null || system !== context.config.billing) return null;
  const billing = await context.billing();
  const invoice = await billing.invoice(id, context.deps.signal);
  // It may have been given to another client since; and what is a draft is not the client's yet.
  if (reader !== undefined && (invoice.client !== reader || invoice.status === 'draft')) return null;
  const { status, date, currency, total, balance, lines } = invoice;
  return {
    ...{ id, status, date, currency, total, balance },
    lines: lines.map((line) => ({
      description: reader === undefined ? line.description : withoutMarkers(line.description),
      amount: line.amount,
      isCalls: isLineOf(line, bill.key),
    })),
    tax: toTax(invoice),
    url: invoiceUrl(context, { invoice: id, billing: system }),
  };
}

function toTax({ total, lines }: Pick<Invoice, 'total' | 'lines'>): string | null {
  const sum = lines.reduce((before, { amount }) => addMoney(before, amount), '0');
  const rest = subtractMoney(total, sum);
  return compareMoney(rest, '0') < 0 ? null : rest;
}
