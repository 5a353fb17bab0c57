import type { RunReport } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import type { HeldLease, PurchaseRecord } from '@sluice/state-store';
import { Leases, serviceLease } from '../../context/leases.js';
import { type Notice, reportNotices } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { checkClients } from '../billing/missing-clients.js';
import { reportElsewhere } from './billed-elsewhere.js';
import { endedForPayerNotice, endForFormerPayer, leftForPayerNotice } from './former-payer.js';
import { listUnfinished } from './list-unfinished.js';
import { refundPurchase } from './refund.js';

/**
 * Ends the unfinished purchases of services that were removed from the store: open invoices are cancelled, and what was paid
 * becomes credit of the payer. What can't be ended is a notice, and left to the next run. So is what another billing system than the
 * config's has of any service.
 */
export async function resolveRemoved(context: Context, report: RunReport, { all }: { all: boolean }): Promise<void> {
  await reportElsewhere(context, report);
  if ((await listRemoved(context, all)).length === 0) return;
  await checkClients(context);
  const rows = await listRemoved(context, all);
  const leases = new Leases(context, report.run.id);
  const notices: Notice[] = [];
  try {
    for (const row of rows) {
      if (context.deps.signal.aborted) break;
      notices.push(...(await endUnderLease(context, leases, row)));
    }
  } finally {
    await leases.releaseAll();
  }
  await reportNotices(context, report, notices, []);
}

async function listRemoved(context: Context, all: boolean): Promise<PurchaseRecord[]> {
  const rows = await listUnfinished(context, { service: null, all });
  const ids = [...new Set(rows.map(({ service }) => service))];
  const stored = new Set((await context.store.services.list({ ids })).map(({ id }) => id));
  return rows.filter(({ service }) => !stored.has(service));
}

/** Returns the notice of what became of a purchase; none where another run works on it. */
async function endUnderLease(context: Context, leases: Leases, row: PurchaseRecord): Promise<Notice[]> {
  const { store } = context;
  const service = { id: row.service, panel: null };
  const name = serviceLease(row.service);
  if (!('lease' in (await leases.tryTake(name)))) return [];
  try {
    const current = await store.purchases.get(row.id);
    if (current?.status !== row.status || (await store.services.get(row.service)) !== null) return [];
    const after = await end(context, leases.held, current);
    const isSame = after.status === current.status && after.refundedAt === current.refundedAt;
    return isSame ? [] : [endedForPayerNotice(service, after)];
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return [leftForPayerNotice(service, row, error)];
  } finally {
    await leases.release(name);
  }
}

function end(context: Context, fences: HeldLease[], row: PurchaseRecord): Promise<PurchaseRecord> {
  return row.status === 'refunded' ? refundPurchase(context, fences, row) : endForFormerPayer(context, fences, row);
}
