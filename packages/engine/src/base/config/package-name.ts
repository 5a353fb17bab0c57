import { findEntry } from './find-entry.js';
import type { Config } from './schema.js';

/** Returns what people read of a package: its `name` in the config, else its id, as of packages that left the config. */
export function packageName(config: Pick<Config, 'packages'>, id: string): string {
  return findEntry(config.packages, id)?.name ?? id;
}
