import { hasLine, type Invoice, isOnlyLine, type Sending } from '@sluice/contract/ports';
import type { PurchaseRecord } from '@sluice/state-store';
import { findCharge } from '../billing/charge.js';
import { nullIfUnknown } from '../billing/refusals.js';
import type { Context } from '../../context/context.js';

/** Returns the invoice that has the line of a purchase now; null where there is none. Lines are moved to other invoices. */
export async function findInvoice(context: Context, row: PurchaseRecord): Promise<Invoice | null> {
  const billing = await context.billing();
  const { signal } = context.deps;
  const known = row.invoice === null ? null : await billing.invoice(row.invoice, signal).catch(nullIfUnknown);
  const own = known !== null && hasLine(known, row.id) ? known : null;
  if (own !== null && own.status !== 'cancelled') return own;
  const client = row.client ?? known?.client;
  return client === undefined
    ? own
    : ((await findCharge(billing, { key: row.id, client, since: row.at }, signal)) ?? own);
}

/** Returns whether an invoice can still be paid. */
export function isOpen(invoice: Invoice | null): invoice is Invoice {
  return invoice?.status === 'draft' || invoice?.status === 'open';
}

/** Cancels an open invoice that only a purchase has a share in; any other is returned as it is, to wait for its payment or its end. */
export async function cancelOwn(
  context: Context,
  { id }: Pick<PurchaseRecord, 'id'>,
  found: Invoice | null,
  sending?: Sending['sending'],
): Promise<Invoice | null> {
  if (!isOpen(found) || !isOnlyLine(found, id)) return found;
  return (await context.billing()).cancel(found.id, id, context.deps.signal, sending);
}
