import type { ServiceRecord } from '@sluice/state-store';
import { productName } from '../base/config/package-name.js';
import type { Config } from '../base/config/schema.js';

/** What lists show of the service of a row; null where it is not stored any more. */
export function toOwner(
  config: Pick<Config, 'products'>,
  service: ServiceRecord | undefined,
): Record<'name' | 'panel' | 'product' | 'productName' | 'client' | 'clientName', string | null> {
  const { name = null, panel = null, product = null, client = null, clientName = null } = service ?? NOBODY;
  const ofProduct = { product, productName: product === null ? null : productName(config, product) };
  return { name, panel, ...ofProduct, client, clientName };
}

const NOBODY: Partial<ServiceRecord> = {};
