import { type SourceService, SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';

/** A listed service with the product that it is to have. */
export interface NamedService extends SourceService {
  /** Its ref `productRef` after the sync; null: unset. */
  named: string | null;
}

/** Which product services have that no product of the config claims. */
export interface Naming {
  /** The product that the caller names for them; null: only those named before keep theirs. */
  product: string | null;
  productRef: string;
  stored: ReadonlyMap<string, ServiceRecord>;
}

/**
 * Completes the texts of services whose product no product of the config claims: with the named product, else with the one that an
 * earlier sync named. The others are skipped.
 *
 * @throws SluiceError `product_conflict` if another product claims a service than the named one
 */
export function nameProducts(services: readonly SourceService[], naming: Naming): NamedService[] {
  return services.map((service) => nameProduct(service, naming));
}

function nameProduct(service: SourceService, { product, productRef, stored }: Naming): NamedService {
  const { skipped, unclaimed, texts } = service;
  const claimed = texts['product'];
  if (skipped !== null) return { ...service, named: null };
  if (claimed !== undefined) {
    if (product !== null && claimed !== product) throw conflict(service, { product, claimed });
    return { ...service, named: null };
  }
  const before = stored.get(service.id);
  const earlier = before?.refs[productRef];
  const named = product ?? (earlier === undefined ? undefined : before?.product);
  if (named === undefined) return { ...service, skipped: unclaimed, named: null };
  const ref = product === null ? earlier : service.externalProduct;
  return { ...service, texts: { ...texts, product: named }, named: ref ?? '' };
}

function conflict({ id }: SourceService, { product, claimed }: { product: string; claimed: string }): SluiceError {
  const message = `"${id}" can't have product "${product}": product "${claimed}" of the config claims its product in the billing system`;
  return new SluiceError('product_conflict', message, { details: { service: id, product, claimed } });
}
