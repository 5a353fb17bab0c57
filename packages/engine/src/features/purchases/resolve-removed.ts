import type { RunReport } from '@sluice/contract/documents';
import { Leases } from '../../context/leases.js';
import { reportNotices } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { reportElsewhere } from './billed-elsewhere.js';
import { resolvePurchases } from './resolve-purchases.js';

/**
 * Ends the unfinished purchases of services that were removed from the store: open invoices are cancelled, and what was paid
 * becomes credit of the payer. What can't be ended is a notice, and left to the next run. So is what another billing system than the
 * config's has of any service. The clock is believed.
 */
export async function resolveRemoved(context: Context, report: RunReport, { all }: { all: boolean }): Promise<void> {
  await reportElsewhere(context, report);
  const run = report.run.id;
  const leases = new Leases(context, run);
  const request = { panel: null, service: null, all, leases, run };
  try {
    const { notices } = await resolvePurchases(context, request, () => Promise.resolve(true));
    if (notices.length > 0) await reportNotices(context, report, notices, []);
  } finally {
    await leases.releaseAll();
  }
}
