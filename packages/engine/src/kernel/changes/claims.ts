import type { PanelKind } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/state-store';
import { hasEnded } from '../../base/lifecycle.js';

/** An object of a panel that a service names by an id that only one service has, unless a caller allows more. */
export interface Claim {
  ref: string;
  value: string;
  /** Whether no caller may allow a second one. */
  exclusive: boolean;
  /** Equal for equal ids on one panel. */
  key: string;
}

/** Returns what a service claims of its panel. One that ended has no object there any more. Pure. */
export function listClaims(
  kind: Pick<PanelKind, 'refs'> | undefined,
  service: Pick<ServiceRecord, 'panel' | 'status'> & { refs: Readonly<Record<string, string | null>> },
): Claim[] {
  if (hasEnded(service)) return [];
  return (kind?.refs ?? []).flatMap(({ name: ref, unique, exclusive = false, fits }) => {
    const value = service.refs[ref];
    if (unique !== true || value == null) return [];
    const same = fits.ignoreCase ? value.toLowerCase() : value;
    return [{ ref, value, exclusive, key: JSON.stringify([service.panel, ref, same]) }];
  });
}
