import { isPanelError } from '@sluice/panel-http';
import { SluiceError } from '@sluice/panel-kind';
import { QuotaCoreError } from '@sluice/quota-core';
import type { CallBillRecord, ServiceRecord } from '@sluice/state-store';
import { TelephonyError } from '@sluice/quota-core/telephony';
import { isAskerEnded } from '../../context/asker.js';
import type { Context } from '../../context/context.js';
import { requirePayer } from '../billing/refusals.js';
import { blankService } from '../services/check-service.js';
import { CLIENT_CURRENCY, keptNote, refuseOtherBilling, refuseOverlap, toRefusal } from './bill-refusals.js';
import { type PeriodOfLine, toView } from './bill-view.js';
import { failBill } from './change-bill.js';
import { isInDoubt } from './due.js';
import { listLineBills } from './line-bills.js';
import { placeLine } from './place-line.js';
import type { MadeBill } from './made-bill.js';

/** A stored bill that a run goes on with. */
type BegunBill = Pick<PeriodOfLine, 'period' | 'options' | 'fences' | 'begin'>;

/** Whether an error is of one bill: the run goes on with the others. */
export function isOfOneBill(error: unknown): boolean {
  if (isPanelError(error) || error instanceof TelephonyError || error instanceof QuotaCoreError) return true;
  if (isAskerEnded(error)) return false;
  return error instanceof SluiceError && !['store', 'internal', 'interrupted'].includes(error.kind);
}

/**
 * Finds out whether the line of a bill in doubt is on an invoice, and sends it again on request. All of it follows from what is stored of
 * the bill: its service may have another line, panel or client by now, or be gone.
 *
 * @throws SluiceError `period_overlaps`, `other_billing`, `no_client`; nothing was changed
 */
export async function resolveBill(context: Context, of: BegunBill, bill: CallBillRecord): Promise<MadeBill> {
  const service = await findService(context, bill);
  const bills = await listLineBills(context, { service, subscriberId: bill.subscriber });
  refuseOverlap({ line: { service }, period: of.period }, bill, bills);
  if (of.options.dryRun) return toView(of, bill, 'planned');
  refuseOtherBilling(context, bill);
  // Its line may be on an invoice of the client that the service had then.
  return placeBill(context, { ...of, service }, { bill, client: bill.client ?? requirePayer(service) });
}

/** Returns the service of a bill, on the panel that the bill is of. */
async function findService(context: Context, { service: id, panel }: CallBillRecord): Promise<ServiceRecord> {
  const service = (await context.store.services.get(id)) ?? blankService(id, context.now());
  return { ...service, panel: panel ?? service.panel };
}

/** Puts the line on an invoice; a failure is in the view, with the figures of the bill. */
export async function placeBill(
  context: Context,
  of: BegunBill & { service: ServiceRecord },
  { bill, client }: { bill: CallBillRecord; client: string },
): Promise<MadeBill> {
  const { service, options, fences, begin } = of;
  const { invoice, resend } = options;
  try {
    const placed = await placeLine(context, { service, client, bill, invoice, resend, fences, begin });
    return toView(of, placed.bill, placed.added ? 'added' : 'already-added');
  } catch (error) {
    if (!isOfOneBill(error)) throw error;
    const now = (await context.store.callBills.get(bill.id)) ?? bill;
    const problem = toRefusal(error, bill);
    const note = problem.code === 'currency_mismatch' ? CLIENT_CURRENCY : (keptNote(now) ?? problem.message);
    const failed = isInDoubt(now) ? now : await failBill(context, { fences, bill: now }, note);
    return { ...toView(of, failed, 'failed'), error: problem };
  }
}
