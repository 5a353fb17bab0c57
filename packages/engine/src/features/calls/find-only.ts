import { type Invoice, type InvoiceLine, isLineOf } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { compareMoney, formatMoney, lineMarker } from '@sluice/quota-core';

/** A line of calls on an invoice. */
export interface Found {
  invoice: Invoice;
  line: InvoiceLine;
}

/**
 * Returns the line of a bill; null where no invoice has it.
 *
 * @throws SluiceError `invoice_closed`, `bill_doubled`, `amount_differs`
 */
export function findOnly(invoices: readonly Invoice[], { key, amount }: { key: string; amount: string }): Found | null {
  const marker = lineMarker(key);
  const all = invoices.flatMap((invoice) =>
    invoice.lines.filter((line) => isLineOf(line, key)).map((line): Found => ({ invoice, line })),
  );
  const live = all.filter(({ invoice }) => invoice.status !== 'cancelled');
  const [found, ...surplus] = live;
  if (found === undefined) {
    const [dead] = all;
    if (dead === undefined) return null;
    throw refusal('invoice_closed', `The line ${marker} is on invoice ${dead.invoice.id}, which is cancelled`, dead);
  }
  const others = surplus.map(({ line, invoice }) => `line ${line.id} of invoice ${invoice.id}`);
  if (others.length > 0) {
    throw refusal('bill_doubled', `The line ${marker} is there more than once: delete ${others.join(', ')}`, found, {
      surplus: surplus.map(({ line }) => line.id),
    });
  }
  if (compareMoney(found.line.amount, amount) !== 0) {
    const { invoice, line } = found;
    throw refusal(
      'amount_differs',
      `The line ${marker} of invoice ${invoice.id} has ${formatMoney(line.amount, invoice.currency)}, and the calls now come to ${amount}`,
      found,
    );
  }
  return found;
}

/** Returns the error of an invoice that needs a person. */
export function refusal(
  code: string,
  message: string,
  { invoice }: Pick<Found, 'invoice'>,
  details: object = {},
): SluiceError {
  return new SluiceError(code, `${message}; nothing was changed`, { details: { invoice: invoice.id, ...details } });
}
