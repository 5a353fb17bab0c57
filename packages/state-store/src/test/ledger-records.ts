import type { BookingRecord, CallBillRecord, EntryRecord, InvoiceLineRecord, InvoiceRecord } from '../records.js';
import { minute } from './records.js';

export function booking(id: string, change: Partial<BookingRecord> = {}): BookingRecord {
  return {
    id,
    kind: 'credit',
    ref: `ref-${id}`,
    invoice: null,
    description: 'Credit',
    note: null,
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

export function callBill(id: string, change: Partial<CallBillRecord> = {}): CallBillRecord {
  return {
    id,
    service: 'svc-1',
    key: `key-${id}`,
    panel: 'tel',
    subscriber: '501',
    start: '2026-10-01T03:00:00.000Z',
    end: '2026-11-01T03:00:00.000Z',
    state: 'planned',
    client: '7',
    billing: 'ledger',
    invoice: null,
    description: 'Calls (AB:0123456789ab)',
    amount: '7.52',
    charged: '7.5163',
    currency: 'BRL',
    calls: 12,
    digest: 'd1',
    file: null,
    note: null,
    at: minute(0),
    sentAt: null,
    endedAt: null,
    run: null,
    ...change,
  };
}
