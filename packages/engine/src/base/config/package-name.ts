import { findEntry } from './find-entry.js';
import type { Config } from './schema.js';

/** Returns what people read of a product: its `name` in the config, else its id, as of products that left the config. */
export function productName(config: Pick<Config, 'products'>, id: string): string {
  return findEntry(config.products, id)?.name ?? id;
}

/** Returns what people read of a package: its `name` in the config, else its id, as of packages that left the config. */
export function packageName(config: Pick<Config, 'packages'>, id: string): string {
  return findEntry(config.packages, id)?.name ?? id;
}
