/** A way of booking: credit added, an invoice paid from credit, an invoice's amount returned as credit. */
export type BookingKind = 'credit' | 'payment' | 'refund';

/** A booking of the local ledger: entries whose amounts sum to zero. */
export interface BookingRecord {
  id: string;
  kind: BookingKind;
  /** Unique per kind: the same key is booked once. Null for a credit without a key. */
  ref: string | null;
  /** The invoice that was paid or refunded. */
  invoice: string | null;
  description: string;
  at: string;
  actor: string;
}

/** One side of a booking. Accounts are `client:ID` (a client's credit), `cash` and `income`. */
export interface EntryRecord {
  booking: string;
  account: string;
  currency: string;
  /** Decimal text; what is taken from the account is negative. */
  amount: string;
  /** The account's balance in this currency after the booking. */
  balance: string;
}

/** An invoice of the local ledger. */
export interface InvoiceRecord {
  id: string;
  client: string;
  currency: string;
  /** `refunded`: all of it was returned. */
  status: 'open' | 'paid' | 'cancelled' | 'refunded';
  /** Sum of the lines. */
  total: string;
  createdAt: string;
  paidAt: string | null;
  /** When it was cancelled or refunded. */
  closedAt: string | null;
}

/** One line of an invoice. */
export interface InvoiceLineRecord {
  /** Unique: the same key is invoiced once. */
  key: string;
  invoice: string;
  description: string;
  amount: string;
  at: string;
}

/** A preference for auto-buy; null leaves a field to the next scope. */
export interface AutoBuyRecord {
  scope: 'service' | 'client';
  /** Id of the service or client. */
  subject: string;
  enabled: boolean | null;
  package: string | null;
  /** At most one of the thresholds is set. */
  thresholdBytes: number | null;
  /** Decimal text, 0 to 100. */
  thresholdPercent: string | null;
  maxPerCycle: number | null;
  updatedAt: string;
}
