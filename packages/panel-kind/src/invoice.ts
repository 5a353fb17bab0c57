import { lineMarker } from '@sluice/quota-core';

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
    description: string;
    /** Without tax; decimal text. */
    amount: string;
    /** The markers of keys (`lineMarker`) in it; none where the billing system made the line by itself: it may have text of the client. */
    markers: readonly string[];
  }[];
}

/** What an invoice has of a line, to find it by its key. */
export type MarkedLine = Pick<Invoice['lines'][number], 'markers'>;

/** Returns whether a line is the one with this key. */
export function isLineOf({ markers }: MarkedLine, key: string): boolean {
  return markers.includes(lineMarker(key));
}

/** Returns whether an invoice has the line with this key, and no other: then nobody else has a share in it. */
export function isOnlyLine({ lines }: { lines: readonly MarkedLine[] }, key: string): boolean {
  const [only] = lines;
  return lines.length === 1 && only?.markers.length === 1 && isLineOf(only, key);
}
