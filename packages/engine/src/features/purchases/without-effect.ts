import type { Config } from '../../base/config/schema.js';
import { packageName } from '../../base/config/package-name.js';
import { type Notice } from '../../kernel/run/notice.js';
import { findRaise } from '../../kernel/subject/raise.js';
import type { Applied } from '../../kernel/subject/stages.js';
import { countsIn } from '../../loop/load.js';

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
      notices.push({
        code: 'purchase_without_effect',
        key: `purchase_without_effect:${row.id}`,
        panel: service.panel,
        service: service.id,
        message: `${service.id}: package ${packageName(config, row.package)} is paid (${row.id}) and has no effect on the panel: ${error.message.replace(/[.;:]?$/, '.')} Raise the limit, or return the price.`,
      });
    }
    return notices;
  });
}

function byPayment(a: { paidAt: string | null }, b: { paidAt: string | null }): number {
  return (a.paidAt ?? '') < (b.paidAt ?? '') ? -1 : 1;
}
