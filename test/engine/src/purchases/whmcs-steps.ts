import { done } from '../bench/outcomes.js';
import { CLIENT, type WhmcsShop } from '../bench/whmcs-bench.js';

export const AUTO = ', autoBuy: { enabled: true, package: extra, thresholdGb: 10, maxPerCycle: 2 }';

/** Statuses of the purchases. */
export async function listStatuses(at: WhmcsShop): Promise<string[]> {
  return (await at.purchases()).map(({ status }) => status);
}

/** Credit of the client, statuses of the invoices, and of the purchases. */
export async function readBooks(at: WhmcsShop): Promise<[credit: string, invoices: string[], purchases: string[]]> {
  return [at.whmcs.credit(CLIENT), at.invoices(), await listStatuses(at)];
}

/** Changes the status of the service in WHMCS, and syncs. */
export async function setStatus(
  at: WhmcsShop,
  status: 'Active' | 'Pending' | 'Terminated' | 'Suspended',
): Promise<void> {
  at.whmcs.service(1).status = status;
  await done(at.sync());
}

/** Deletes the service in WHMCS, and syncs. */
export async function vanish(at: WhmcsShop): Promise<void> {
  at.whmcs.deleteService(1);
  await at.sync({ allowMass: true });
}

/** Adds an invoice for hosting to the client; its date may be before that of any purchase. */
export function addHosting({ whmcs }: WhmcsShop, date?: string): number {
  const items = [{ description: 'Hosting', amount: '30.00' }];
  return whmcs.addInvoice({ client: CLIENT, items, ...(date !== undefined && { date }) });
}
