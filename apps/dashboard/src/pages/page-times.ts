import { Times } from './layout/format.js';
import type { PageRequest } from './page.js';

/** Returns the times of a panel, or of the config: in its time zone, by default in that of the config. */
export function toTimes({ sluice, now }: Pick<PageRequest, 'sluice' | 'now'>, panel?: string): Times {
  const { panels, timeZone } = sluice.config;
  const own = panel !== undefined && Object.hasOwn(panels, panel) ? panels[panel] : undefined;
  return new Times(now, own?.timeZone ?? timeZone);
}
