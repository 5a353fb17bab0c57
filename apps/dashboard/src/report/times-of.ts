import type { Sluice } from '@sluice/engine';
import { Times } from '../pages/layout/format.js';
import { findZone } from '../pages/operator/zones.js';

/** Returns the times of a panel: in its time zone, by default in that of the config. */
export function timesOf({ config }: Pick<Sluice, 'config'>, panel: string, now: number): Times {
  return new Times(now, findZone(config, panel));
}
