import type { StoreTables } from '@sluice/state-store';
import type { Context } from '../../../context/context.js';
import { addNotices, noticeRows, serviceNotice } from '../../../kernel/run/notice.js';
import { listWithheld, noteWithheld, STATUS_WITHHELD } from '../former-status.js';
import type { SyncPlan } from './plan-sync.js';

/**
 * Stores, and reports once of each order, that the billing system shows another status than a run has made. Returns the services with
 * such a status; the alarms of those marked as new begin now.
 */
export async function storeWithheld(
  context: Context,
  tables: StoreTables,
  { plan, title, run }: { plan: Pick<SyncPlan, 'withheld'>; title: string; run: string },
): Promise<SyncPlan['withheld']> {
  const services = plan.withheld.map(({ service }) => service);
  const news = new Set(await noteWithheld(tables, services, { since: context.now(), title }));
  if (news.size === 0) return plan.withheld;
  const found = (await listWithheld(tables)).filter(({ service }) => news.has(service));
  const notices = found.map(({ service: id, panel, message, since }) =>
    serviceNotice({ id, panel }, STATUS_WITHHELD, message, since),
  );
  await addNotices(context, tables, noticeRows(context, run, notices));
  return plan.withheld.map((row) => (news.has(row.service) ? { ...row, new: true as const } : row));
}
