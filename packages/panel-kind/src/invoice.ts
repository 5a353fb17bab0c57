/** `draft` and `open` can still be paid; the others are final. */
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'cancelled' | 'refunded';

/** An invoice as the billing system shows it now. */
export interface Invoice {
  id: string;
  client: string;
  currency: string;
  status: InvoiceStatus;
  /** With tax; decimal text. */
  total: string;
  /** What is left to pay; decimal text. */
  balance: string;
  lines: { description: string; amount: string }[];
}
