import type { SourceService } from '@sluice/contract/ports';
import { SluiceError } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';

/** Columns that the billing system decides about, whatever the product of a service is. */
const FOLLOWING: readonly string[] = [
  ...['client', 'client_name', 'client_email', 'language', 'name'],
  ...['status', 'billing_cycle', 'next_due_date', 'protected_until'],
];

/** A listed service with what is to be stored of it. */
export interface TakenService extends SourceService {
  /** Its ref `productRef` after the sync; null: unset. */
  named: string | null;
}

/** Which products services have that no product of the config claims. */
interface Naming {
  /** The product that the caller names for them; null: only those named before keep theirs. */
  product: string | null;
  ref: string;
  productRef: string;
  stored: ReadonlyMap<string, ServiceRecord>;
}

/**
 * Completes the texts of services whose product no product of the config claims: with the named product, else with the one that an
 * earlier sync named, as long as the service has the same product in the billing system. The others are skipped; those that an
 * earlier sync took keep their product, and follow the billing system in all that does not depend on it.
 *
 * @throws SluiceError `product_conflict` if another product claims a service than the named one
 */
export function takeServices(services: readonly SourceService[], naming: Naming): TakenService[] {
  return services.map((service) => {
    const named = nameProduct(service, naming);
    if (named.skipped === null) return named;
    const before = naming.stored.get(service.id);
    if (before?.refs[naming.ref] === undefined) return named;
    const skipped = `${named.skipped}; they keep their product, and follow in client, status and due date`;
    return { ...withFollowing(named), skipped, problems: [], named: before.refs[naming.productRef] ?? null };
  });
}

/** Leaves out what depends on the product of a service. */
export function withFollowing<Service extends SourceService>(service: Service): Service {
  const texts = Object.entries(service.texts).filter(([column]) => FOLLOWING.includes(column));
  return { ...service, texts: Object.fromEntries(texts), fills: {}, unfilled: [] };
}

function nameProduct(service: SourceService, { product, productRef, stored }: Naming): TakenService {
  const { skipped, unclaimed, texts } = service;
  const claimed = texts['product'];
  if (skipped !== null) return { ...service, named: null };
  if (claimed !== undefined) {
    if (product !== null && claimed !== product) throw conflict(service, { product, claimed });
    return { ...service, named: null };
  }
  const before = stored.get(service.id);
  const external = service.externalProduct ?? '';
  // A product was named for the one that the service had then in the billing system, not for the next one.
  const named = product ?? (before?.refs[productRef] === external ? before.product : undefined);
  if (named === undefined) return { ...service, skipped: unclaimed, named: null };
  return { ...service, texts: { ...texts, product: named }, named: external };
}

function conflict({ id }: SourceService, { product, claimed }: { product: string; claimed: string }): SluiceError {
  const message = `"${id}" can't have product "${product}": product "${claimed}" of the config claims its product in the billing system`;
  return new SluiceError('product_conflict', message, { details: { service: id, product, claimed } });
}
