import type { Sluice } from '@sluice/engine';
import { facts, plainTable } from '../layout/components.js';
import { bytes, name, orNone, type Times } from '../layout/format.js';
import { html, type Html, type Part } from '../layout/html.js';
import { type ReportService, toReader, toShare } from './read-report.js';
import { amount, shareBar, showStatus, usedAmount } from './service-table.js';
import { toTimes, toZone } from '../layout/page-times.js';

/** Past cycles in the report of a client. */
const CYCLES = 12;

/** Returns product, cycle and limits of a service. */
export function serviceFacts(
  service: ReportService,
  { times, timeZone, forOperators }: { times: Times; timeZone: string; forOperators: boolean },
): Html {
  const { productName, cycle, usedBytes, allowedBytes, unlimited, remainingBytes, readAt, limits } = service;
  return facts([
    ['Product', name(productName)],
    ['Status', showStatus(service, forOperators)],
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

/** Returns the last cycles of a service before the present one, as its client may see them; nothing where there are none. */
export async function historyTable(
  sluice: Sluice,
  client: string,
  { service, now }: { service: ReportService; now: number },
): Promise<Html | null> {
  const { cycles } = await sluice.usage.history(service.id, toReader(client));
  const past = cycles.slice(1, CYCLES + 1);
  if (past.length === 0) return null;
  const times = toTimes({ sluice, now });
  const timeZone = toZone({ sluice }, service.panel);
  return plainTable({
    caption: html`Earlier cycles of ${name(service.id)}`,
    columns: [
      { title: 'Cycle', cell: (cycle) => times.period(cycle, timeZone) },
      { title: 'In', cell: ({ usage }) => bytes(usage?.inBytes), isNumber: true },
      { title: 'Out', cell: ({ usage }) => bytes(usage?.outBytes), isNumber: true },
      { title: 'Total', cell: ({ usage }) => bytes(usage?.totalBytes), isNumber: true },
      {
        title: 'Allowed',
        cell: ({ allowance }) => (allowance?.unlimited === true ? 'unlimited' : orNone(allowance?.allowedBytes, bytes)),
        isNumber: true,
      },
    ],
    rows: past,
  });
}
