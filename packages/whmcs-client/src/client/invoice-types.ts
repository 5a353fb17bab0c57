/** A row of the list of invoices: it has no lines. */
export interface WhmcsInvoiceRow {
  id: string;
  clientId: string;
  date: string | null;
  dueDate: string | null;
  /** As `WhmcsService.nextDueDate`; null while it is not paid. */
  datePaid: string | null;
  total: string;
  status: string;
  /** ISO 4217; empty where WHMCS does not return it. */
  currency: string;
}

/** A line of an invoice. */
export interface WhmcsInvoiceItem {
  id: string;
  /** `Hosting` for a service; empty for lines added by hand or through the API. */
  type: string;
  /** Id of the service or addon of the line. */
  relatedId: string | null;
  /** Entities decoded. */
  description: string;
  amount: string;
  taxed: boolean;
}

/** A payment of an invoice. */
export interface WhmcsTransaction {
  id: string;
  clientId: string | null;
  invoiceId: string | null;
  gateway: string;
  date: string | null;
  description: string;
  amountIn: string;
  amountOut: string;
  transactionId: string;
}

/** An invoice with its lines. */
export interface WhmcsInvoice {
  id: string;
  clientId: string;
  /** As WHMCS writes it: Draft, Unpaid, Paid, Cancelled, Refunded, Collections, Payment Pending or another. */
  status: string;
  date: string | null;
  dueDate: string | null;
  /** Credit applied to it. */
  credit: string;
  /** Sum of the lines without tax. */
  subtotal: string;
  tax: string;
  tax2: string;
  /** As sent: applied credit may be subtracted from it. `subtotal`, `tax` and `tax2` together are the price. */
  total: string;
  /** What is left to pay. */
  balance: string;
  items: WhmcsInvoiceItem[];
  transactions: WhmcsTransaction[];
}

/** A line to be added to an invoice. */
export interface WhmcsNewItem {
  description: string;
  /** Decimal text with at most two decimals. */
  amount: string;
  taxed: boolean;
}

/** An invoice to be made. Neither mailed nor paid from credit by itself. */
export interface WhmcsNewInvoice {
  clientId: string;
  /** Default true: not visible to the client before it is published. */
  draft?: boolean;
  /** `YYYY-MM-DD`; default: WHMCS's own day. */
  date?: string;
  dueDate?: string;
  items: readonly WhmcsNewItem[];
}

/** Changes of an invoice, at most 50 lines in one call. */
export interface WhmcsInvoiceChange {
  status?: 'Cancelled' | 'Unpaid' | 'Draft' | 'Paid' | 'Refunded';
  /** Makes a draft visible. A second time is refused (`state`). */
  publish?: boolean;
  publishAndSendEmail?: boolean;
  newItems?: readonly WhmcsNewItem[];
  deleteItemIds?: readonly string[];
}

/** An entry in the credit log of a client. */
export interface WhmcsCreditEntry {
  id: string;
  date: string | null;
  /** Entities decoded. */
  description: string;
  amount: string;
  relatedId: string | null;
}

/** Filter of the list of invoices. */
export interface WhmcsInvoiceFilter {
  clientId?: string;
  status?: string;
  /** Only invoices of this day (`YYYY-MM-DD`) or later, newest first; older pages are not read where the order permits. */
  since?: string;
}
