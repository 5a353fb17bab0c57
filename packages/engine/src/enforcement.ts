import type { SwitchRecord } from '@sluice/state-store';
import { findEntry } from './config/find-entry.js';
import type { Config } from './config/schema.js';

/** Whether a product's services may be changed by runs, and which setting says so. */
export interface Enforcement {
  value: 'on' | 'observe';
  /** `switch`, `products.X.enforce`, `panels.X.enforce`, `enforce` (top level or its default). */
  source: string;
  since: string | null;
}

/**
 * A switch in the store (`observe PANEL`, `enforce PANEL [--only PRODUCT]`) wins over the config; in the config the
 * product's word wins over the panel's and that over the top level's.
 */
export function enforcementOf(
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
