import type { BookingRecord, EntryRecord, InvoiceLineRecord, InvoiceRecord } from '../records.js';
import { minute } from './records.js';

export function booking(id: string, change: Partial<BookingRecord> = {}): BookingRecord {
  return {
    id,
    kind: 'credit',
    ref: `ref-${id}`,
    invoice: null,
    description: 'Credit',
    at: minute(0),
    actor: 'anna',
    ...change,
  };
}

/** Moves an amount from one account to another. */
export function moves(
  to: string,
  from: string,
  amount: string,
  currency = 'EUR',
): Omit<EntryRecord, 'booking' | 'balance'>[] {
  return [
    { account: to, currency, amount },
    { account: from, currency, amount: `-${amount}` },
  ];
}

export function invoice(
  id: string,
  change: Partial<InvoiceRecord> = {},
): Pick<InvoiceRecord, 'id' | 'client' | 'currency' | 'createdAt'> {
  const { client = '7', currency = 'EUR', createdAt = minute(0) } = change;
  return { id, client, currency, createdAt };
}

export function invoiceLine(key: string, change: Partial<InvoiceLineRecord> = {}): InvoiceLineRecord {
  return { key, invoice: 'inv-1', description: '100 GB', amount: '9.90', at: minute(0), ...change };
}
