import type { PurchaseDetail } from '@sluice/contract/documents';
import { type BillingSystem, isOnlyLine } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import { usageInMode } from '@sluice/quota-core';
import type { DecisionRecord, PurchaseRecord, ServiceRecord, StoreTables } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { hasEnded, countsIn } from '../../base/lifecycle.js';
import { serviceLease } from '../../context/leases.js';
import { readOutages } from '../../context/reach.js';
import { CLOCK_TOLERANCE_MS } from '../../context/panel-answers.js';
import { type Run, withRun } from '../../kernel/run/bracket.js';
import { addNotices, noticeRows } from '../../kernel/run/notice.js';
import { newestReading } from '../../kernel/subject/views.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { suggestId } from '../../base/suggestion.js';
import { IMPORTED } from '../../base/purchase-keys.js';
import { type Following, storePurchase } from './store-purchase.js';
import { afterInvoice, changePurchase } from './charge.js';
import { loadService } from './load-service.js';
import { cancelOwn, findInvoice, isOpen } from './find-invoice.js';
import { isForPayer, storeForFormerPayer } from './former-payer.js';
import { beginRefund, refundPurchase } from './refund.js';
import { findLastRun } from '../schedule/last-run.js';
import { isRefunding } from '../billing/refund-state.js';
import { purchaseNotice, withNotice } from './purchase-notice.js';
import { noticeInVain } from './without-effect.js';
import { isCycleOver } from './unfinished.js';
import { toDetail } from './views.js';

/** Which purchase to cancel. */
export interface CancelRequest {
  id: string;
  /** Returns the price of a paid one as credit. */
  refund: boolean;
  waitMs: number;
}

/**
 * Cancels a pending purchase with its invoice, or with `refund` a paid one, also one that its client has just paid. An imported one, which
 * another tool has charged, does not count any more. Repeatable.
 *
 * @throws SluiceError `unknown_purchase`, `billed_elsewhere`, `purchase_imported` with `refund`, `purchase_paid` without `refund`, `purchase_used` where the service would not stay
 *   under its allowance, `not_metered_yet` where its usage is unknown, unreadable or doubted, `purchase_ended` for one that failed or is over, `unknown_client` while it is not known what became of its client: nothing was returned
 */
export async function cancelPurchase(context: Context, request: CancelRequest): Promise<PurchaseDetail> {
  const { service } = await requirePurchase(context, request.id);
  const purpose = { command: 'purchase cancel', dryRun: false, service } as const;
  const row = await withRun(context, purpose, async (run) => {
    await run.leases.take(serviceLease(service), request.waitMs);
    const found = await requirePurchase(context, request.id);
    refuseElsewhere(context, found, request);
    await run.start();
    const cancelled = await cancel(context, run, found, request);
    await run.end({ outcome: 'done', changes: cancelled.status !== found.status });
    return cancelled;
  });
  if (row.status === 'paid') throw isPaid(row);
  return toDetail(context, row);
}

async function requirePurchase({ store }: Context, id: string): Promise<PurchaseRecord> {
  const found = await store.purchases.get(id);
  if (found !== null) return found;
  const hint = suggestId(
    id,
    (await store.purchases.list()).map((row) => row.id),
  );
  throw notFound('unknown_purchase', `There is no purchase "${id}"`, { purchase: id }, hint);
}

/**
 * Refuses what another billing system than the config's has charged: it can be asked and changed only there. An imported purchase, which
 * another tool has charged, can be taken back, but nothing is returned for it.
 */
function refuseElsewhere({ config }: Context, { id, billing }: PurchaseRecord, { refund }: CancelRequest): void {
  if (billing === IMPORTED && refund) {
    const message = `Purchase ${id} was imported, and another tool has charged it: Sluice can't return its price; nothing was changed`;
    throw new SluiceError('purchase_imported', message, { details: { purchase: id } });
  }
  if (billing === null || billing === config.billing || billing === IMPORTED) return;
  throw new SluiceError(
    'billed_elsewhere',
    `Purchase ${id} is billed by ${billing}, and the config names ${config.billing}; nothing was changed`,
    { details: { purchase: id, billing } },
  );
}

async function cancel(
  context: Context,
  run: Run,
  found: PurchaseRecord,
  request: CancelRequest,
): Promise<PurchaseRecord> {
  if (found.billing === IMPORTED)
    return storePurchase(context, run.leases.held, { row: found, change: { status: 'cancelled' } });
  if (found.status !== 'pending') return undo(context, run, found, request);
  const row = await cancelPending(context, run, found);
  if (row.status !== 'paid') return row;
  try {
    return request.refund ? await undo(context, run, row, request) : row;
  } finally {
    await notifyPaid(context, run, row.id);
  }
}

/** Stores the notice of a purchase that its client has just paid, unless its price is returned. */
async function notifyPaid(context: Context, run: Run, id: string): Promise<void> {
  const row = await context.store.purchases.get(id);
  const service = row === null ? null : await context.store.services.get(row.service);
  if (row?.status !== 'paid' || service === null) return;
  const notice = purchaseNotice(context, service, row, await isCycleOver(context, row));
  const inVain = await noticeInVain(context, service, row);
  const notices = inVain === null ? [notice] : [notice, inVain];
  await context.write(run.leases.held, (tables) => addNotices(context, tables, noticeRows(context, run.id, notices)));
}

/** Cancels the invoice of a purchase; returns the purchase as paid where the client was faster. */
async function cancelPending(context: Context, run: Run, row: PurchaseRecord): Promise<PurchaseRecord> {
  const found = await findInvoice(context, row);
  if (isOpen(found) && !isOnlyLine(found, row.id)) throw isMerged(row, found.id, await context.billing());
  await run.refuseEndedAsker();
  const invoice = await cancelOwn(context, row, found, () => run.refuseEndedAsker());
  const fences = run.leases.held;
  const note = await toTold(context, run, row);
  // What was paid meanwhile is reported once it is known whether its price is returned.
  const also: Following = async (tables, after) => (after.status === 'paid' ? undefined : note?.(tables, after));
  if (invoice === null) return changePurchase(context, fences, { row, change: { status: 'cancelled' } }, also);
  const service = await context.store.services.get(row.service);
  if (!(await isForPayer(context, row, service))) return storeForFormerPayer(context, fences, row, invoice);
  return changePurchase(context, fences, { row, change: afterInvoice(row, invoice, context.now()) }, also);
}

/** Returns what reports to the client of a purchase how it ended; undefined where its service is not his any more. */
async function toTold(context: Context, run: Run, row: PurchaseRecord): Promise<Following | undefined> {
  const service = await context.store.services.get(row.service);
  if (service === null || !(await isForPayer(context, row, service))) return undefined;
  return withNotice(context, { run: run.id, service, onStored: () => undefined });
}

async function undo(
  context: Context,
  run: Run,
  row: PurchaseRecord,
  { refund }: CancelRequest,
): Promise<PurchaseRecord> {
  if (row.status === 'cancelled') return row;
  const refuse = (tables: StoreTables) => run.refuseEndedAsker(tables);
  const also = await toTold(context, run, row);
  if (row.status === 'refunded')
    return isRefunding(row) ? refundPurchase(context, run.leases.held, row, { resend: refund, refuse, also }) : row;
  if (row.status === 'failed') {
    throw new SluiceError('purchase_ended', `Purchase ${row.id} failed: there is nothing to cancel`, {
      details: { purchase: row.id },
    });
  }
  if (!refund) throw isPaid(row);
  await refuseUsed(context, row);
  const found = row.invoice === null ? null : await findInvoice(context, row);
  if (found !== null && !isOnlyLine(found, row.id)) throw isMerged(row, found.id, await context.billing());
  // Stored before the credit is returned: the traffic may not be used while it is.
  const marked = await beginRefund(context, run.leases.held, row, { refuse });
  return refundPurchase(context, run.leases.held, marked, { resend: false, isNew: true, also });
}

function isMerged({ id }: PurchaseRecord, invoice: string, { title }: Pick<BillingSystem, 'title'>): SluiceError {
  const message = `Purchase ${id} is one of several lines of invoice ${invoice}: remove that line there, or move it to an invoice of its own; nothing was cancelled or returned`;
  return new SluiceError('invoice_closed', message, { details: { purchase: id, invoice, billing: title } });
}

function isPaid({ id }: PurchaseRecord): SluiceError {
  return new SluiceError('purchase_paid', `Purchase ${id} is paid; nothing was returned`, {
    details: { purchase: id },
  });
}

/** Refuses to take back traffic that is used, or may be: more may be used than the last good reading showed. */
async function refuseUsed(context: Context, row: PurchaseRecord): Promise<void> {
  const service = await requireService(context, row.service);
  const loaded = await loadService(context, service);
  const { cycle, allowance, mode, error } = loaded;
  const refuse = (code: string, why: string): never => {
    throw new SluiceError(code, `Purchase ${row.id} can't be refunded: ${why}; nothing was returned`, {
      details: { purchase: row.id, service: row.service },
    });
  };
  if (error !== null) return refuse(error.code, error.message);
  if (cycle === null || !countsIn(loaded, row)) return refuse('purchase_ended', 'its billing cycle is over');
  if (allowance?.kind !== 'limited') return;
  const [latest = null] = await context.store.decisions.latest([service.id]);
  const reading = newestReading(cycle, latest);
  const used = reading === null ? null : usageInMode(reading, mode);
  if (used === null) return refuse('not_metered_yet', `the usage of "${service.id}" in this cycle is unknown`);
  if (!(await isReadNow(context, service, latest)))
    return refuse('not_metered_yet', `the last run could not read the usage of "${service.id}", or doubts it`);
  if (used >= allowance.allowedBytes - row.bytes)
    refuse('purchase_used', 'without it the service would be at or over its allowance');
}

/** Returns whether the last run knew the usage of a service; that of one that has ended does not grow. */
async function isReadNow(
  context: Context,
  service: ServiceRecord,
  latest: Pick<DecisionRecord, 'readAt' | 'status'> | null,
): Promise<boolean> {
  if (hasEnded(service) && latest?.status === 'skipped') return true;
  const readAt = latest?.readAt ?? null;
  if (readAt === null || (await readOutages(context, [service])).size > 0) return false;
  // A run leaves out a panel that another one has.
  const runs = await Promise.all((['poll', 'reconcile'] as const).map((command) => findLastRun(context, command)));
  return runs.every((run) => run === null || Date.parse(readAt) + CLOCK_TOLERANCE_MS >= Date.parse(run.startedAt));
}
