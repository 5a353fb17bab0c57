import { usageError } from '@sluice/panel-kind';
import type { WhmcsSettings } from './settings.js';

/** Returns the keys that the config lacks before lines of calls are added. */
export function listMissing({ calls }: Pick<WhmcsSettings, 'calls'>): string[] {
  return [
    ...(calls?.taxed === undefined ? ['whmcs.calls.taxed'] : []),
    ...(calls?.onlyWriter === true ? [] : ['whmcs.calls.onlyWriter: true']),
  ];
}

/**
 * Returns whether lines of calls are taxed.
 *
 * @throws SluiceError `calls_not_configured`
 */
export function requireTaxed(calls: WhmcsSettings['calls']): boolean {
  const missing = listMissing({ calls });
  if (calls?.taxed !== undefined && missing.length === 0) return calls.taxed;
  throw usageError(
    'calls_not_configured',
    `Calls are not billed in WHMCS: the config lacks ${missing.join(' and ')}; nothing was changed`,
  );
}
