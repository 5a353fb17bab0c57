import type { PanelEntry } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import { isAddress, toStoredName } from '../../base/fields.js';

/**
 * Returns the columns of what people call a service and its client: by the billing system, else by the panel. A product names a service
 * that has no other name. Pure.
 */
export function toNameColumns(
  billed: Pick<BilledService, 'domain' | 'productName' | 'clientName' | 'clientEmail'> | null,
  entry: Pick<PanelEntry, 'name' | 'clientName' | 'clientEmail'> | null,
): Record<string, string> {
  const address = billed?.clientEmail ?? entry?.clientEmail ?? '';
  const names = {
    name: findFirst(billed?.domain, entry?.name, billed?.productName),
    client_name: findFirst(billed?.clientName, entry?.clientName),
    client_email: isAddress(address) ? address : '',
  };
  return Object.fromEntries(Object.entries(names).filter(([, text]) => text !== ''));
}

function findFirst(...texts: (string | null | undefined)[]): string {
  return texts.map((text) => toStoredName(text ?? '')).find((text) => text !== '') ?? '';
}
