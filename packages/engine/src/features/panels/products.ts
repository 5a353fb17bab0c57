import type { Enforcement } from '@sluice/contract/documents';
import type { Config } from '../../base/config/schema.js';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';

type Product = Config['products'][string];

/** A product of the config. */
export interface ProductView extends Pick<Product, 'panel' | 'quotaPeriod' | 'packages' | 'provision' | 'terminate'> {
  id: string;
  /** The kind of its panel. */
  kind: string;
  /** In bytes, by mode; null for none. */
  quota: Record<string, number | 'unlimited'> | null;
  mode: string | null;
  action: string | null;
  /** Whether runs may change its services. */
  enforce: Enforcement;
  limits: NonNullable<Product['limits']>;
}

/** Returns the products of the config, in its order. */
export async function listProducts({ config, store }: Context): Promise<{ products: ProductView[] }> {
  const enforcements = await readEnforcements(config, store);
  const products = Object.entries(config.products).map(([id, product]): ProductView => {
    const { panel, quota, mode, quotaPeriod, action, packages, provision, terminate, limits } = product;
    return {
      ...{ id, panel, quotaPeriod, packages, provision, terminate },
      kind: config.panels[panel]?.kind ?? '',
      quota: quota === undefined ? null : { ...quota },
      mode: mode ?? null,
      action: action ?? null,
      enforce: enforcements.of(panel, id),
      limits: limits ?? [],
    };
  });
  return { products };
}
