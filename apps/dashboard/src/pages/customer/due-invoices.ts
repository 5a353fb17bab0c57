import type { ServiceDetail } from '@sluice/engine';
import type { DueInvoices } from '@sluice/engine/options';
import { needsPayment } from '@sluice/engine/words';
import type { PageRequest } from '../../requests/page-request.js';
import type { LastRead, PanelReads } from '../../requests/panel-reads.js';

/** A billing system that hangs delays a page by no more than this. */
const DUE_MS = 3000;

/** Reads what a client has to pay before its service comes back; null where nothing is to be paid for that, and of no client. */
export async function readDue(
  { sluice, now }: Pick<PageRequest, 'sluice' | 'now'>,
  { id, client, advice }: ServiceDetail,
  reads: PanelReads,
): Promise<LastRead<DueInvoices> | null> {
  if (client === null || advice === undefined || !needsPayment(advice)) return null;
  return reads.read({ client, what: `due ${id}`, now, timeoutMs: DUE_MS }, (signal) =>
    sluice.invoices.due(id, { signal, reader: client }),
  );
}
