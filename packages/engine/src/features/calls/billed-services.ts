import { type ItemError, SluiceError, toItemError, usageError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { listCallPanels } from '../../base/config/call-panels.js';
import { compareIds } from '../../base/natural-order.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { requireAnyPanel } from '../../kernel/run/left-elsewhere.js';
import { hasCalls } from '../telephony/panels.js';
import type { BillOptions } from './bill-view.js';
import { listDoubts } from './doubts.js';

/** Which services to bill. */
type Scope = Pick<BillOptions, 'service' | 'invoice' | 'period'>;

/** The services whose calls a request bills, and the panels of which none are billed, as they can't be opened. */
interface FoundServices {
  services: ServiceRecord[];
  skipped: { panel: string; error: ItemError }[];
}

/** Returns the services whose calls a request bills. */
export async function findServices(context: Context, request: Scope): Promise<FoundServices> {
  const { service, invoice, period } = request;
  if (service !== null) return { services: [await requireService(context, service)], skipped: [] };
  const { panels: found, unopened } = await findTelephonyPanels(context);
  const panels = invoice === null ? leaveUnbilled(context, found, period) : found;
  if (panels.length === 0) {
    if ((await listDoubts(context, request)).length > 0) return { services: [], skipped: [] };
    throw usageError('unsupported', 'No panel of the config has telephony');
  }
  if (invoice !== null) return { services: await findOfInvoice(context, { ...request, invoice }, panels), skipped: [] };
  const skipped = panels.flatMap((panel) => {
    const error = unopened.get(panel);
    return error === undefined ? [] : [{ panel, error: toItemError(error) }];
  });
  const opened = panels.filter((panel) => !unopened.has(panel));
  return { services: await listBillable(context, opened), skipped };
}

async function listBillable({ store }: Context, panels: readonly string[]): Promise<ServiceRecord[]> {
  const all: ServiceRecord[] = [];
  for (const panel of panels) all.push(...(await store.services.list({ panel })));
  // A pending one may have a line, whose calls are its own.
  return all.sort((a, b) => compareIds(a.id, b.id));
}

async function findOfInvoice(
  context: Context,
  { invoice, period }: Scope & { invoice: string },
  panels: string[],
): Promise<ServiceRecord[]> {
  const billable = await listBillable(context, panels);
  const billing = await context.billing();
  const { serviceRef } = billing;
  const { client, lines } = await billing.invoice(invoice, context.deps.signal);
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

async function findTelephonyPanels(context: Context) {
  const names = Object.keys(context.config.panels).filter((name) => hasCalls(context, name));
  const unopened = await requireAnyPanel(context, names);
  const panels: string[] = [];
  for (const name of names)
    if (unopened.has(name) || (await context.panel(name)).telephony !== undefined) panels.push(name);
  return { panels, unopened };
}
