import type { SwitchRecord } from '@sluice/state-store';
import { findEntry } from '../config/find-entry.js';
import type { Config } from '../config/schema.js';

/** Whether runs may change a product's services, and which setting decides. */
export interface Enforcement {
  value: 'on' | 'observe';
  /** `switch`, `products.X.enforce`, `panels.X.enforce`, `enforce` (top level or its default). */
  source: string;
  since: string | null;
}

/**
 * Returns the enforcement of a product: a switch in the store wins over the config; in the config, the product wins over the
 * panel and the panel over the top level.
 */
export function findEnforcement(
  config: Pick<Config, 'panels' | 'products' | 'enforce'>,
  switches: SwitchRecord[],
  panel: string,
  product: string | null,
): Enforcement {
  const ofPanel = switches.filter((item) => item.panel === panel);
  const set =
    ofPanel.find((item) => item.product !== null && item.product === product) ??
    ofPanel.find((item) => item.product === null);
  if (set) return { value: set.enforce, source: 'switch', since: set.since };
  const ofProduct = product === null ? undefined : findEntry(config.products, product)?.enforce;
  if (ofProduct) return { value: ofProduct, source: `products.${String(product)}.enforce`, since: null };
  const own = findEntry(config.panels, panel)?.enforce;
  if (own) return { value: own, source: `panels.${panel}.enforce`, since: null };
  return { value: config.enforce, source: 'enforce', since: null };
}
