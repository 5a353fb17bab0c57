import { staffText } from '@sluice/messages/staff';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import type { Config } from '../../base/config/schema.js';
import { packageName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { type Notice } from '../../kernel/run/notice.js';
import { findRaise } from '../../kernel/subject/raise.js';
import type { Applied } from '../../kernel/subject/stages.js';
import { countsIn } from '../../base/lifecycle.js';
import { findCycleToBuy } from './cycle-to-buy.js';
import { loadService } from './load-service.js';

/** Returns a notice for each paid package that the limit of an agent keeps off the panel: it may have been lowered after the order. */
export function noticesWithoutEffect(config: Config, applied: readonly Applied[]): Notice[] {
  return applied.flatMap((work) => {
    const { service, error, purchases } = work;
    const raise = findRaise(work);
    if (error?.code !== 'agent_limit' || raise === null) return [];
    let missing = raise.limitBytes - raise.user.limitBytes;
    const notices: Notice[] = [];
    // The panel has those that were paid first.
    const paid = purchases.filter((row) => row.status === 'paid' && countsIn(work, row)).sort(byPayment);
    for (const row of paid.reverse()) {
      if (missing <= 0) break;
      missing -= row.bytes;
      notices.push(toNotice(config, service, row, error.message.replace(/[.;:]?$/, '.')));
    }
    return notices;
  });
}

/** Returns a notice where a package was paid for a service that has lost its quota since the order; null for any other. */
export async function noticeInVain(
  context: Context,
  service: ServiceRecord,
  row: PurchaseRecord,
): Promise<Notice | null> {
  if (row.status !== 'paid') return null;
  const { refused } = findCycleToBuy(await loadService(context, service));
  return refused?.code === 'no_quota' ? toNotice(context.config, service, row, null) : null;
}

/** `why`: what the panel lacks; null: the quota. */
function toNotice(config: Config, service: ServiceRecord, row: PurchaseRecord, why: string | null): Notice {
  const { id, panel } = service;
  const values = { service: id, package: packageName(config, row.package), purchase: row.id };
  return {
    code: 'purchase_without_effect',
    key: `purchase_without_effect:${row.id}`,
    panel,
    service: id,
    message:
      why === null
        ? staffText('staff.purchase.inVain', values)
        : staffText('staff.purchase.noRoom', { ...values, why }),
  };
}

function byPayment(a: { paidAt: string | null }, b: { paidAt: string | null }): number {
  return (a.paidAt ?? '') < (b.paidAt ?? '') ? -1 : 1;
}
