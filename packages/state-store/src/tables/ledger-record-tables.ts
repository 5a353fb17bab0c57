import type {
  AutoBuyRecord,
  BookingKind,
  BookingRecord,
  CallBillRecord,
  CallBillState,
  EntryRecord,
  InvoiceLineRecord,
  InvoiceRecord,
} from '../ledger-records.js';
import { flagOrNull, int, intOrNull, money, text, textOrNull, word } from './columns.js';
import { recordTable } from './record-table.js';

/** Tables of money and their columns, as the migrations create them. */

export const bookings = recordTable<BookingRecord>()(
  'ledger_bookings',
  {
    id: text('id'),
    kind: word<BookingKind>()('kind'),
    ref: textOrNull('ref'),
    invoice: textOrNull('invoice'),
    description: text('description'),
    note: textOrNull('note'),
    at: text('at'),
    actor: text('actor'),
  },
  'id',
);

export const entries = recordTable<EntryRecord>()(
  'ledger_entries',
  {
    booking: text('booking'),
    account: text('account'),
    currency: text('currency'),
    amount: money('amount'),
    balance: money('balance'),
  },
  'booking',
);

export const invoices = recordTable<InvoiceRecord>()(
  'invoices',
  {
    id: text('id'),
    client: text('client'),
    currency: text('currency'),
    status: word<InvoiceRecord['status']>()('status'),
    total: money('total'),
    createdAt: text('created_at'),
    paidAt: textOrNull('paid_at'),
    closedAt: textOrNull('closed_at'),
  },
  'id',
);

export const invoiceLines = recordTable<InvoiceLineRecord>()(
  'invoice_lines',
  {
    key: text('key'),
    invoice: text('invoice'),
    description: text('description'),
    amount: money('amount'),
    at: text('at'),
  },
  'key',
);

export const autoBuyPreferences = recordTable<AutoBuyRecord>()(
  'auto_buy_preferences',
  {
    scope: word<AutoBuyRecord['scope']>()('scope'),
    subject: text('subject'),
    enabled: flagOrNull('enabled'),
    package: textOrNull('package'),
    thresholdBytes: intOrNull('threshold_bytes'),
    thresholdPercent: textOrNull('threshold_percent'),
    maxPerCycle: intOrNull('max_per_cycle'),
    link: textOrNull('link'),
    updatedAt: text('updated_at'),
  },
  'subject',
);

export const callBills = recordTable<CallBillRecord>()(
  'call_bills',
  {
    id: text('id'),
    service: text('service'),
    key: text('key'),
    panel: textOrNull('panel'),
    subscriber: text('subscriber'),
    start: text('start'),
    end: text('end'),
    state: word<CallBillState>()('state'),
    client: textOrNull('client'),
    billing: text('billing'),
    invoice: textOrNull('invoice'),
    description: text('description'),
    amount: money('amount'),
    charged: money('charged'),
    currency: text('currency'),
    calls: int('calls'),
    digest: text('digest'),
    file: textOrNull('file'),
    note: textOrNull('note'),
    at: text('at'),
    sentAt: textOrNull('sent_at'),
    endedAt: textOrNull('ended_at'),
    run: textOrNull('run'),
  },
  'id',
);
