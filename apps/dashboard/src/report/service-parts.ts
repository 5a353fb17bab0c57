import { facts } from '../layout/components.js';
import { bytes, name, type Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import { type ReportService, toShare } from './read-report.js';
import { amount, shareBar, showStatus, usedAmount } from './service-table.js';

/** Returns product, cycle and limits of a service. */
export function serviceFacts(service: ReportService, { times, timeZone }: { times: Times; timeZone: string }): Html {
  const { productName, cycle, usedBytes, allowedBytes, unlimited, remainingBytes, readAt, limits } = service;
  return facts([
    ['Product', name(productName)],
    ['Status', showStatus(service)],
    cycle === null ? null : ['Cycle', times.period(cycle, timeZone)],
    allowedBytes === null
      ? ['Used', html`${bytes(usedBytes)}${unlimited ? ', unlimited' : null}`]
      : ['Used', html`${bytes(usedBytes)} of ${bytes(allowedBytes)} ${bar(usedBytes, allowedBytes)}`],
    remainingBytes === null ? null : ['Remaining', bytes(remainingBytes)],
    ...limits.map((limit) => {
      const { id, unit, used, allowed } = limit;
      return [
        `Limit ${id}`,
        html`${usedAmount(limit)}${allowed === null ? null : html` of ${amount(allowed, unit)} ${bar(used, allowed)}`}`,
      ] as const;
    }),
    readAt === null ? null : ['Read', times.full(readAt)],
  ]);
}

function bar(used: number | string | null, allowed: number | string): Part {
  const share = toShare(used, allowed);
  return share === null ? null : shareBar(share);
}
