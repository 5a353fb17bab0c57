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
  lines: {
    /** Identifies the line; null for a line that somebody else made. */
    key: string | null;
    description: string;
    /** Without tax; decimal text. */
    amount: string;
    /** Whether the billing system made it by itself: it may have text of the client. Absent: not. */
    generated?: boolean;
  }[];
}

/** Returns whether an invoice has the line with this key, and no other: then nobody else has a share in it. */
export function isOnlyLine({ lines }: Pick<Invoice, 'lines'>, key: string): boolean {
  return lines.length === 1 && lines[0]?.key === key;
}
