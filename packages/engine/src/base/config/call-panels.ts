import type { PanelKind } from '@sluice/panel-kind';
import { findEntry } from './find-entry.js';
import type { Config } from './schema.js';

/** The telephony panels of a config. */
export interface CallPanels {
  /** Panels whose calls are billed when they are due. */
  billed: string[];
  /** Panels without `billFrom`, whose calls no job bills: only a stated period and final bills do. */
  unbilled: string[];
}

/** Returns the telephony panels of a config, by whether their calls are billed when they are due. */
export function listCallPanels(
  { panels }: Pick<Config, 'panels'>,
  kinds: readonly Pick<PanelKind, 'kind' | 'capabilities' | 'billFrom'>[],
): CallPanels {
  const found: CallPanels = { billed: [], unbilled: [] };
  for (const name of Object.keys(panels)) {
    const settings = findEntry(panels, name);
    const kind = kinds.find((known) => known.kind === settings?.kind);
    if (settings === undefined || kind?.capabilities.includes('calls') !== true) continue;
    const isUnbilled = kind.billFrom !== undefined && kind.billFrom(settings) === null;
    (isUnbilled ? found.unbilled : found.billed).push(name);
  }
  return found;
}

/** Describes a panel without `billFrom`. */
export function describeUnbilled(panel: string): string {
  return `Panel "${panel}" has no billFrom: no job bills its calls, only a stated period and the final bills of lines that Sluice made`;
}
