import type { Check, RunReport } from '@sluice/contract/documents';
import { staffText } from '@sluice/messages/staff';
import { toChecks } from '../../base/check.js';
import { nameFew } from '../../base/natural-order.js';
import { reportNotices } from '../../kernel/run/notice.js';
import type { Context } from '../../context/context.js';
import { BILLED_ELSEWHERE, listElsewhere } from '../billing/open-charges.js';

/** Reports each of them in a run, once as long as the config names the same billing system. */
export async function reportElsewhere(context: Context, report: RunReport): Promise<void> {
  const found = await listElsewhere(context);
  if (found.length === 0) return;
  const services = await context.store.services.list({ ids: found.map(({ row }) => row.service) });
  const panels = new Map(services.map(({ id, panel }) => [id, panel]));
  const notices = found.map(({ row: { id, status, service }, message }) => ({
    code: BILLED_ELSEWHERE,
    key: `${BILLED_ELSEWHERE}:${id}:${status}:${context.config.billing}`,
    panel: panels.get(service) ?? null,
    service,
    message: staffText('staff.ofService', { service, what: message }),
  }));
  await reportNotices(context, report, notices, []);
}

/** Checks that no charge or refund waits for a billing system that the config does not name. */
export async function elsewhereChecks(context: Context): Promise<Check[]> {
  const found = await listElsewhere(context);
  const systems = [...new Set(found.map(({ billing }) => billing))];
  return systems.map((billing) => {
    const ids = found.filter((one) => one.billing === billing).map(({ row }) => row.id);
    const message = `charges or refunds in ${billing} are not finished, and the config names ${context.config.billing}: ${nameFew(ids)}`;
    return { ...toChecks('purchases', billing)('failed', message, BILLED_ELSEWHERE), details: { billing } };
  });
}
