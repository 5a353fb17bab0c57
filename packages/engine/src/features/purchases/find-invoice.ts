import { hasLine, type Invoice } from '@sluice/panel-kind';
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
