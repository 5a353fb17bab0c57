import { type PanelEntry, type PanelTelephony, toPanelEntry } from '@sluice/panel-kind';
import type { TelephoneCustomer } from '@sluice/quota-core/telephony';
import { isReleased } from '../account/plan-states.js';
import type { LineSystem } from '../account/system.js';
import { LINE_REF, USERNAME_REF } from './settings.js';

/**
 * Returns the lines, each with its customer where the system has lists of both, and the numbers in use. A number is named by its line. What
 * was terminated, and numbers that are free, stand for no service.
 */
export async function listEntries(
  { list, unsupported }: Pick<PanelTelephony, 'list' | 'unsupported'>,
  system: Pick<LineSystem, 'within'>,
  signal: AbortSignal,
): Promise<PanelEntry[]> {
  const has = (resource: 'dids' | 'customers'): boolean => unsupported({ resource, operation: 'list' }) === null;
  const lines = await list('subscribers', {}, signal);
  // Where customers and lines are one record, their list is the one that was read.
  const customers = has('customers') && !system.within ? await list('customers', {}, signal) : [];
  const dids = has('dids') ? await list('dids', {}, signal) : [];
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  const owners = new Map(lines.map(({ id, customerId }) => [id, byId.get(customerId ?? '')]));
  return [
    ...lines
      .filter(({ status }) => status !== 'terminated')
      .map(({ id, username, status, createdAt }) =>
        toPanelEntry(
          { object: 'line', id, refs: { [LINE_REF]: id, [USERNAME_REF]: username } },
          { name: username, state: status, createdAt, ...toClient(owners.get(id)) },
        ),
      ),
    ...dids
      .filter((did) => !isReleased(did))
      .map(({ id, number, subscriberId, status }) =>
        toPanelEntry(
          { object: 'did', id, refs: { [LINE_REF]: subscriberId } },
          { name: number, state: status, ...toClient(owners.get(subscriberId ?? '')) },
        ),
      ),
  ];
}

function toClient(customer: TelephoneCustomer | undefined): Pick<PanelEntry, 'clientName' | 'clientEmail'> {
  return { clientName: customer?.name ?? null, clientEmail: customer?.email ?? null };
}
