import { SluiceError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { listCallPanels } from '../../base/config/call-panels.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { hasCalls } from '../telephony/panels.js';
import type { BillOptions } from './bill-view.js';
import { listDoubts } from './doubts.js';

/** Which services to bill. */
type Scope = Pick<BillOptions, 'service' | 'invoice' | 'period'>;

/** Returns the services whose calls a request bills. */
export async function findServices(context: Context, request: Scope): Promise<ServiceRecord[]> {
  const { service, invoice, period } = request;
  if (service !== null) return [await requireService(context, service)];
  const found = await findTelephonyPanels(context);
  const panels = invoice === null ? leaveUnbilled(context, found, period) : found;
  if (panels.length === 0) {
    if ((await listDoubts(context, request)).length > 0) return [];
    throw usageError('unsupported', 'No panel of the config has telephony');
  }
  const all: ServiceRecord[] = [];
  for (const panel of panels) all.push(...(await context.store.services.list({ panel })));
  // A pending one may have a line, whose calls are its own.
  const billable = all.sort((a, b) => compareIds(a.id, b.id));
  if (invoice === null) return billable;
  const { calls } = await context.billing();
  const { serviceRef } = calls;
  const { client, lines } = await calls.invoice(invoice, context.deps.signal);
  const own = billable.filter((one) => one.client === client);
  const ofInvoice =
    serviceRef === null
      ? own
      : own.filter(({ refs }) => lines.some((line) => line.service !== null && line.service === refs[serviceRef]));
  if (ofInvoice.length > 0) {
    const due = leaveUnbilled(context, panels, period);
    const billed = ofInvoice.filter(({ panel }) => due.includes(panel));
    return billed.length > 0 ? billed : ofInvoice;
  }
  throw new SluiceError('wrong_invoice', `Invoice ${invoice} is for no service with calls; nothing was changed`, {
    details: { invoice },
  });
}

/** Leaves out the panels that have nothing due, beside others: without them the request is for what can't be due. */
function leaveUnbilled({ config, deps }: Context, panels: string[], period: string | null): string[] {
  const { billed } = listCallPanels(config, deps.kinds);
  const due = panels.filter((panel) => billed.includes(panel));
  return period === null && due.length > 0 ? due : panels;
}

async function findTelephonyPanels(context: Context): Promise<string[]> {
  const found: string[] = [];
  for (const name of Object.keys(context.config.panels))
    if (hasCalls(context, name) && (await context.panel(name)).telephony !== undefined) found.push(name);
  return found;
}
