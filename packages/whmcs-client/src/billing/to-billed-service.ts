import type { BilledService } from '@sluice/quota-core';
import type { WhmcsService } from '../client/types.js';
import { NO_CYCLE, STATUSES, toFieldName, toServiceId } from './to-source-service.js';

/** Returns a service as WHMCS has it, for a comparison with what a panel or another tool has. */
export function toBilledService(service: WhmcsService): BilledService {
  const { id, productId, product, clientId, status, billingCycle, nextDueDate, username, domain } = service;
  const cycle = billingCycle.trim();
  const isOnce = cycle === '' || NO_CYCLE.includes(cycle.toLowerCase());
  const fields = [...service.configOptions.map(toOption), ...service.customFields.map(toField)];
  return {
    id: toServiceId(id),
    externalId: id,
    productId,
    productName: textOrNull(product),
    client: clientId,
    clientName: null,
    clientEmail: null,
    status: STATUSES.get(status.toLowerCase()) ?? null,
    billingCycle: isOnce ? null : cycle,
    nextDueDate: nextDueDate !== null && /^\d{4}-\d\d-\d\d$/.test(nextDueDate) ? nextDueDate : null,
    username: textOrNull(username),
    domain: textOrNull(domain),
    addresses: [],
    fields: Object.fromEntries(fields.filter(([, value]) => value !== '')),
  };
}

const toField = ({ name, value }: WhmcsService['customFields'][number]) => [toFieldName(name), value.trim()] as const;

const toOption = ({ option, value }: WhmcsService['configOptions'][number]) =>
  [toFieldName(option), value.trim()] as const;

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
