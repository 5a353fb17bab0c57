import type { Sluice } from '@sluice/engine';
import { Times } from './format.js';
import { toWording } from './wording.js';
import type { PageRequest } from '../requests/page-request.js';

/**
 * Returns the times of a panel, or of the config: in its time zone, by default in that of the config. WHMCS shows the last parts of a page while
 * Sluice is away, so that these have no ages.
 */
export function toTimes(
  {
    sluice,
    now,
    isEmbedded = false,
    language = 'en',
  }: Pick<PageRequest, 'sluice' | 'now'> & Partial<Pick<PageRequest, 'isEmbedded' | 'language'>>,
  panel?: string,
): Times {
  return new Times(now, toZone({ sluice }, panel), { isKept: isEmbedded, wording: toWording(language) });
}

/** Returns the time zone of a panel: that of the periods, bills and resets of what it has. */
export function toZone({ sluice }: { sluice: Pick<Sluice, 'config'> }, panel?: string): string {
  const { panels, timeZone } = sluice.config;
  const own = panel !== undefined && Object.hasOwn(panels, panel) ? panels[panel] : undefined;
  return own?.timeZone ?? timeZone;
}
