import type { Invoice } from './invoice.js';

/** A line of an invoice, with what identifies it. */
export interface CallInvoiceLine {
  id: string;
  description: string;
  /** Without tax; decimal text. */
  amount: string;
  /** Id of the service that it charges, in the billing system; null where the line names none. */
  service: string | null;
  /** Whether the billing system made it by itself, for a product, an addon or a fee. */
  generated: boolean;
  /** As those of `Invoice.lines`. */
  markers: readonly string[];
}

/** An invoice that may have lines of calls. */
export interface CallInvoice extends Omit<Invoice, 'lines'> {
  /** Its local date `YYYY-MM-DD` in the billing system, or the instant of its creation (ISO UTC). */
  date: string;
  /** Whether it can get further lines: one that is being paid or collected can't, although it is open. */
  acceptsLines: boolean;
  lines: CallInvoiceLine[];
}

/** The line of a bill of calls. */
export interface CallLine {
  /** Identifies the bill; its marker (`lineMarker`) ends the description. */
  key: string;
  description: string;
  /** Without tax; decimal text with the decimals of the currency. */
  amount: string;
}

/** What the config says of lines of calls. */
export interface CallLineSettings {
  /** Words, in lower case and without accents, of lines that another writer may have added for calls. */
  lookFor: readonly string[];
}

/** How a line or a refund is sent. */
export interface CallSending {
  signal: AbortSignal | undefined;
  /** Awaited right before the change is sent, after the last read; not called where nothing is sent, or where a repeat is harmless. */
  sending: () => Promise<void>;
}

/**
 * Lines of calls on invoices. A method that changes something sends it at most once, and reads it back. Errors are those of
 * `BillingSystem`: after `outcome_unknown` the line may be there, now or later.
 */
export interface CallBilling {
  /** The ref of a service with its id in the billing system; null where invoices are of clients and name no services. */
  readonly serviceRef: string | null;
  /** Whether a line that a read does not show was not added, and will not be. */
  readonly isTransactional: boolean;
  /** @throws SluiceError `calls_not_configured` where the config lacks what it has to state before lines are added */
  settings(): CallLineSettings;
  invoice(id: string, signal?: AbortSignal): Promise<CallInvoice>;
  /** The client's invoices since a local date, those that can still be paid among them, newest first. */
  invoices(of: { client: string; since: string }, signal?: AbortSignal): Promise<CallInvoice[]>;
  /** Adds the line to an invoice that accepts lines and does not have it. */
  addLine(invoice: string, line: CallLine, sending: CallSending): Promise<CallInvoice>;
  /** Makes an invoice with the line: a draft where the billing system has drafts. */
  open(
    request: { client: string; currency: string; line: CallLine; since: string },
    sending: CallSending,
  ): Promise<CallInvoice>;
  /** Shows a draft to its client; any other invoice stays as it is. */
  publish(invoice: string, signal?: AbortSignal): Promise<CallInvoice>;
}
