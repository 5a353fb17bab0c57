import { type Invoice, isOnlyLine } from '@sluice/contract/ports';
import { staffText } from '@sluice/messages/staff';
import { SluiceError } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { isOfClient } from '../../base/is-of-client.js';
import type { Notice } from '../../kernel/run/notice.js';
import { hasEnded } from '../../base/lifecycle.js';
import type { Context } from '../../context/context.js';
import { openTerminations } from '../../kernel/subject/termination.js';
import { afterInvoice, storeState, withoutInvoice } from './charge.js';
import { cancelOwn, findInvoice, isOpen } from './find-invoice.js';
import { beginRefund, refundPurchase } from './refund.js';

/** Returns whether the client of a purchase still has its service, which has not ended and whose termination has not begun. */
export async function isForPayer(
  context: Context,
  row: Pick<PurchaseRecord, 'client'>,
  service: Pick<ServiceRecord, 'id' | 'client' | 'status'> | null,
): Promise<boolean> {
  if (service === null || hasEnded(service) || !isOfClient(row, service.client)) return false;
  return (await openTerminations(context, [service.id])).size === 0;
}

/**
 * Ends a purchase whose client no longer has the service, or whose service has ended or is being terminated: its invoice is cancelled, and what was paid on
 * it becomes credit of the client who paid. Repeatable.
 *
 * @throws SluiceError `invoice_closed` where the invoice has other lines, too: a person has to remove the line or to return its price;
 *   `other_client` where it is another client's now
 */
export async function endForFormerPayer(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
): Promise<PurchaseRecord> {
  const found = await findInvoice(context, row);
  if (found === null) return storeState(context, fences, { row, change: withoutInvoice(row) });
  if (row.client !== null && found.client !== row.client) throw isOthers(row, found);
  if (isOpen(found) && !isOnlyLine(found, row.id)) {
    await storeState(context, fences, { row, change: { invoice: found.id } });
    throw await isShared(context, row, found, 'remove that line');
  }
  return storeForFormerPayer(context, fences, row, (await cancelOwn(context, row, found)) ?? found);
}

/** Stores what an invoice says about a purchase of a former client: what was paid is returned, and never counts for the service. */
export async function storeForFormerPayer(
  context: Context,
  fences: HeldLease[],
  row: PurchaseRecord,
  found: Invoice,
): Promise<PurchaseRecord> {
  const { paidAt: _paidAt, ...change } = afterInvoice(row, found, context.now());
  if (found.status !== 'paid') return storeState(context, fences, { row, change });
  if (!isOnlyLine(found, row.id)) {
    await storeState(context, fences, { row, change: { ...change, status: 'cancelled' } });
    throw await isShared(context, row, found, 'it is paid: return the price of that line');
  }
  // Stored before the credit is returned, and never as paid: the traffic would count for the service as it is now.
  const marked = await beginRefund(context, fences, row, { known: change });
  return refundPurchase(context, fences, marked);
}

async function isShared(
  context: Context,
  { id }: PurchaseRecord,
  { id: invoice, status }: Invoice,
  remedy: string,
): Promise<SluiceError> {
  const { title } = await context.billing();
  const message = `Purchase ${id} is one of several lines of invoice ${invoice}; ${remedy}`;
  return new SluiceError('invoice_closed', message, { details: { purchase: id, invoice, status, billing: title } });
}

/** The payer may have been merged into the client who has the invoice now. */
function isOthers({ id, client }: PurchaseRecord, { id: invoice, client: owner, status }: Invoice): SluiceError {
  const message = `Invoice ${invoice} of purchase ${id} is client "${owner}"'s now, not "${client}"'s`;
  return new SluiceError('other_client', message, { details: { purchase: id, invoice, client, owner, status } });
}

/** A notice for operators only: the service may have another client, who is notified of `purchase`. */
const CODE = 'purchase_of_former_client';

/** Returns the notice of a purchase of a former client that ended; without a service where that was removed. */
export function endedForPayerNotice(row: PurchaseRecord, service: ServiceRecord | null): Notice {
  return toNotice(row, service, row.status, staffText(`staff.formerPayer.${row.status}`, { purchase: row.id }));
}

/** Returns the notice of a purchase of a former client that could not be ended yet. */
export function leftForPayerNotice(row: PurchaseRecord, service: ServiceRecord | null, error: SluiceError): Notice {
  const reason = error.message.replace(/[.;:]?$/, '');
  const { status = row.status } = error.details as { status?: string };
  const what = staffText('staff.formerPayer.left', { purchase: row.id, why: reason });
  return toNotice(row, service, `${error.code}:${status}`, what);
}

function toNotice(row: PurchaseRecord, of: ServiceRecord | null, state: string, what: string): Notice {
  const { id, service, package: name, charged, price, currency, client } = row;
  return {
    code: CODE,
    key: `${CODE}:${id}:${state}`,
    panel: of?.panel ?? null,
    service,
    message: staffText('staff.formerPayer', {
      ...{ service, package: name, price: { money: charged ?? price, currency }, client: client ?? '', what },
    }),
  };
}
