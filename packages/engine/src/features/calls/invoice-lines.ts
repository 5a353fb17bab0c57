import type { BillingSystem, InvoiceLine } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { CALL_WORDS, toComparable, type OldRow } from '@sluice/quota-core';

/** Whose invoices are read. */
export interface InvoiceLinesRequest {
  clients: Iterable<string>;
  /** Local date: invoices that were made and paid before are left out. */
  since: string;
  signal: AbortSignal;
}

/**
 * Reads the lines of clients' invoices as rows of the table `invoice_lines` of old tools: `id`, `invoiceid`, `userid`, `relid`, `type` (null
 * for what somebody has added), `description`, `amount`, `date`, `status`, and `calls`: whether it may be of calls, by the words of the
 * config, or without them by the usual ones. A client whom the billing system does not have has none.
 *
 * @throws SluiceError `billing_unavailable`
 */
export async function readInvoiceLines(billing: BillingSystem, request: InvoiceLinesRequest): Promise<OldRow[]> {
  const { since, signal } = request;
  const words = listWords(billing);
  const rows: OldRow[] = [];
  for (const client of new Set(request.clients)) {
    signal.throwIfAborted();
    const invoices = await billing.find({ client, since }, signal).catch(noneIfUnknown);
    for (const { id: invoiceid, date, status, lines } of invoices)
      for (const line of lines) {
        const values = { invoiceid, userid: client, date: date.slice(0, 10), status };
        rows.push({ line: rows.length + 1, values: { ...values, ...toValues(line, words) } });
      }
  }
  return rows;
}

function noneIfUnknown(error: unknown): [] {
  if (error instanceof SluiceError && error.code === 'unknown_client') return [];
  throw error;
}

function toValues(line: InvoiceLine, words: readonly string[]): OldRow['values'] {
  const { id, description, amount, service, generated, markers } = line;
  const text = toComparable(description);
  const isOfCalls = !generated && markers.length === 0 && words.some((word) => text.includes(word));
  const type = generated ? (service === null ? 'generated' : 'Hosting') : null;
  return { id, relid: service, type, description, amount, calls: isOfCalls ? 'yes' : 'no' };
}

/** A config that does not bill calls yet states no words. */
function listWords(billing: BillingSystem): readonly string[] {
  try {
    return billing.callLines().lookFor;
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'calls_not_configured') return CALL_WORDS;
    throw error;
  }
}
