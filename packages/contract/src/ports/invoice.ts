import { lineMarker } from '@sluice/quota-core';

/** `draft` and `open` can still be paid; the others are final. */
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'cancelled' | 'refunded';

/** A line of an invoice, as the billing system shows it now. */
export interface InvoiceLine {
  id: string;
  description: string;
  /** Without tax; decimal text. */
  amount: string;
  /** Id of the service that it charges, in the billing system; null where the line names none. */
  service: string | null;
  /** Whether the billing system made it by itself, for a product, an addon or a fee. */
  generated: boolean;
  /** The markers of keys (`lineMarker`) in it; none where the billing system made the line by itself: it may have text of the client. */
  markers: readonly string[];
}

/** An invoice as the billing system shows it now. */
export interface Invoice {
  id: string;
  client: string;
  currency: string;
  status: InvoiceStatus;
  /** Its local date `YYYY-MM-DD` in the billing system, or the instant of its creation (ISO UTC). */
  date: string;
  /** Whether it can get further lines, and be paid or cancelled: one that is being paid or collected can't, although it is open. */
  acceptsLines: boolean;
  /** With tax; decimal text. */
  total: string;
  /** What is left to pay; decimal text. */
  balance: string;
  lines: InvoiceLine[];
}

/** What an invoice has of a line, to find it by its key. */
export type MarkedLine = Pick<InvoiceLine, 'markers'>;

/** Returns whether a line is the one with this key. */
export function isLineOf({ markers }: MarkedLine, key: string): boolean {
  return markers.includes(lineMarker(key));
}

/** Returns whether an invoice has the line with this key. */
export function hasLine({ lines }: { lines: readonly MarkedLine[] }, key: string): boolean {
  return lines.some((line) => isLineOf(line, key));
}

/** Returns whether an invoice has the line with this key, and no other: then nobody else has a share in it. */
export function isOnlyLine({ lines }: { lines: readonly MarkedLine[] }, key: string): boolean {
  const [only] = lines;
  return lines.length === 1 && only?.markers.length === 1 && isLineOf(only, key);
}
