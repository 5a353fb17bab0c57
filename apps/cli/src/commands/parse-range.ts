import type { GraphRange } from '@sluice/engine/options';
import { usageError } from '@sluice/panel-kind/errors';

/** Reads the time of a graph or list, which ends now. */
export function parseRange(option: string, text: string): GraphRange {
  if (text === 'cycle' || /^[1-9]\d{0,4}[hd]$/.test(text)) return text as GraphRange;
  throw usageError(
    'bad_option',
    `${option}: "${text}" is not "cycle" or a number of hours or days, such as 24h or 30d`,
  );
}
