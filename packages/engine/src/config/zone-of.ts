import { entryOf } from './entry-of.js';
import type { Config } from './schema.js';

/** Returns the time zone of a panel's billing dates. */
export function zoneOf(config: Config, panel: string): string {
  return entryOf(config.panels, panel)?.timeZone ?? config.timeZone;
}
