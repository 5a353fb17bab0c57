import type { PackageView } from '@sluice/contract/documents';
import { SluiceError } from '@sluice/panel-kind';
import { checkMoney, currencyDecimals } from '@sluice/quota-core';
import type { PurchaseRecord, ServiceRecord } from '@sluice/state-store';
import { notFound } from '../../base/errors.js';
import { findEntry } from '../../base/config/find-entry.js';
import { packageName } from '../../base/config/package-name.js';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import type { Reader } from '../../context/reader.js';
import { suggestion } from '../../base/suggestion.js';

/** A package of the config that can be bought. */
export interface Package {
  id: string;
  /** What people read. */
  name: string;
  bytes: number;
  /** Without tax; decimal text with the decimals of its currency. */
  price: string;
  currency: string;
  taxed: boolean;
}

/** Returns the packages of the config; `bought` are purchases of the client that is asked for. */
export function listPackages(
  { config, deps }: Pick<Context, 'config' | 'deps'>,
  bought: readonly PurchaseRecord[] = [],
): PackageView[] {
  const isTaxed = findTaxed({ config, deps });
  return Object.keys(config.packages).flatMap((id) => {
    const found = findPackage(config, id);
    if (found === undefined) return [];
    const products = Object.entries(config.products).filter(([, product]) => product.packages.includes(id));
    return [
      {
        ...found,
        taxed: isTaxed(found),
        lastCharged: lastCharged(found, bought),
        withTax: null,
        products: products.map(([product]) => product),
        effect: null,
      },
    ];
  });
}

/** Returns which packages and purchases the billing system adds tax to. */
export function findTaxed({ config, deps }: Pick<Context, 'config' | 'deps'>): (of: { taxed: boolean }) => boolean {
  const addsTax = deps.billing.find(({ kind }) => kind === config.billing)?.addsTax === true;
  return ({ taxed }) => taxed && addsTax;
}

/** Returns what the newest invoice for a package came to, since tax is not known before; null where there is none. */
export function lastCharged({ id, price, currency, taxed }: Package, bought: readonly PurchaseRecord[]): string | null {
  const same = bought.findLast(
    (row) =>
      row.package === id &&
      row.price === price &&
      row.currency === currency &&
      row.taxed === taxed &&
      row.charged !== null,
  );
  return same?.charged ?? null;
}

/** Returns a package of the config. */
export function findPackage(config: Config, id: string): Package | undefined {
  const entry = findEntry(config.packages, id);
  const currency = entry?.currency ?? config.currency;
  if (entry === undefined || currency === undefined) return undefined;
  const price = checkMoney(entry.price, currencyDecimals(currency));
  return { id, name: packageName(config, id), bytes: entry.traffic, price, currency, taxed: entry.taxed };
}

/**
 * Returns a package of the config.
 *
 * @throws SluiceError `unknown_package`
 */
export function requirePackage(config: Config, id: string): Package {
  const found = findPackage(config, id);
  if (found !== undefined) return found;
  const hint = suggestion(id, Object.keys(config.packages));
  throw notFound('unknown_package', `There is no package "${id}" in the config`, { package: id }, hint);
}

/** For a client there are no packages but those that its product offers. */
function requireOfferedTo(config: Config, service: ServiceRecord, id: string): Package {
  const offered = findEntry(config.products, service.product)?.packages ?? [];
  const found = offered.includes(id) ? findPackage(config, id) : undefined;
  if (found !== undefined) return found;
  throw notFound('unknown_package', `There is no package "${id}" for "${service.id}"; nothing was charged`, {
    package: id,
  });
}

/**
 * Returns a package that the service's product offers. A client that asks (`reader`) gets no names of others.
 *
 *
 * @throws SluiceError `unknown_package`, `package_not_offered`
 */
export function requireOffered(
  config: Config,
  service: ServiceRecord,
  id: string,
  { reader }: { reader?: Reader } = {},
): Package {
  if (reader !== undefined) return requireOfferedTo(config, service, id);
  const found = requirePackage(config, id);
  const offered = findEntry(config.products, service.product)?.packages ?? [];
  if (offered.includes(id)) return found;
  const instead = offered.length === 0 ? 'it offers none' : `it offers ${offered.join(', ')}`;
  throw new SluiceError(
    'package_not_offered',
    `Product "${service.product}" of "${service.id}" does not offer package "${id}": ${instead}; nothing was charged`,
    { details: { service: service.id, product: service.product, package: id } },
  );
}
