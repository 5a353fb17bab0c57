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
  /** Clients read it. */
  description: string;
  /** Why, for operators. */
  note: string | null;
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
  /** `link`: of a service, on top of its own, set with a share link. */
  scope: 'service' | 'client' | 'link';
  /** Id of the service or client. */
  subject: string;
  enabled: boolean | null;
  package: string | null;
  /** At most one of the thresholds is set. */
  thresholdBytes: number | null;
  /** Decimal text, 0 to 100. */
  thresholdPercent: string | null;
  maxPerCycle: number | null;
  /** Id of the share link that set it, with which it ends; null for one of somebody else. */
  link: string | null;
  updatedAt: string;
}

/**
 * How far the bill of a period is. `planned` and `sending` are stored before the billing system is asked; `unknown`: the line
 * may be on the invoice. `confirmed` (the line is there) and `zero` (no money) are final; `failed` may be tried again.
 */
export type CallBillState = 'planned' | 'sending' | 'confirmed' | 'zero' | 'unknown' | 'failed';

/** A service whose panel has another name in the config than before. */
export interface RenamedPanel {
  service: string;
  /** Ids of the objects that it has on the panel. */
  objects: readonly string[];
  from: string;
  to: string;
}

/** The bill of a service's calls in one period. */
export interface CallBillRecord {
  id: string;
  service: string;
  /** Identifies subscriber and period: a period is billed once. */
  key: string;
  /** The panel that it was made on, by its present name; null where that is not known. */
  panel: string | null;
  subscriber: string;
  /** First instant of the period (ISO UTC). */
  start: string;
  /** First instant after the period (ISO UTC). */
  end: string;
  state: CallBillState;
  client: string | null;
  /** The billing system that has the invoice. */
  billing: string;
  invoice: string | null;
  /** The line's text, with its marker. */
  description: string;
  /** The line's amount, rounded to the currency; decimal text. */
  amount: string;
  /** Sum of the calls' charges with all their digits; decimal text. */
  charged: string;
  currency: string;
  /** Number of call records. */
  calls: number;
  /** Digest of the ids and charges of the records: it shows whether later ones arrived. */
  digest: string;
  /** The CSV of the bill; null before it is written. */
  file: string | null;
  /** Why it failed, or what is not known. */
  note: string | null;
  at: string;
  /** When the line was last sent; null before the first time. */
  sentAt: string | null;
  /** When it became final. */
  endedAt: string | null;
  run: string | null;
}
