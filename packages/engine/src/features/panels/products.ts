import { productName } from '../../base/config/package-name.js';
import type { ProductView } from '@sluice/contract/documents';
import type { Context } from '../../context/context.js';
import { readEnforcements } from '../../context/enforcement.js';

/** Returns the products of the config, in its order. */
export async function listProducts({ config, store }: Context): Promise<{ products: ProductView[] }> {
  const enforcements = await readEnforcements(config, store);
  const products = Object.entries(config.products).map(([id, product]): ProductView => {
    const { panel, quota, mode, quotaPeriod, action, packages, provision, terminate, limits } = product;
    return {
      ...{ id, name: productName(config, id), panel, quotaPeriod, packages, provision, terminate },
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
