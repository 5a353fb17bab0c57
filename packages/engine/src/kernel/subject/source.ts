import type { Panel } from '@sluice/panel-kind';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { isCounterState } from './counter.js';

/** What the figures of a panel with windows are read from; stored with the bounds of later readings. */
interface Source {
  panel: string;
  /** The objects of the service. */
  refs: string;
  /** The setting that says which direction is which. */
  directions: string | null;
}

type SourcePanel = Pick<Panel, 'name' | 'kind'> & { readonly plausibility?: Panel['plausibility'] };

type SourceService = Pick<ServiceRecord, 'refs'>;

function toSource({ name, plausibility }: SourcePanel, { refs }: SourceService): Source {
  const sorted = Object.entries(refs).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    panel: name,
    refs: sorted.map((entry) => entry.join('=')).join(' '),
    directions: plausibility?.directions ?? null,
  };
}

/** Returns the bounds of later readings with what they were read from; null where the panel has none. */
export function withSource(panel: SourcePanel, service: SourceService, bounds: unknown): unknown {
  if (typeof bounds !== 'object' || bounds === null) return bounds;
  return { ...bounds, source: toSource(panel, service) };
}

/** Returns the bounds by an observation; what the figures were read from stays as it was. */
export function withObserved(before: unknown, bounds: unknown): unknown {
  const { source } = (before ?? {}) as { source?: unknown };
  return source === undefined ? bounds : { ...(bounds as object | null), source };
}

/** Returns what the figures of a cycle were read from, if that is not what is read now; null where it is, or is not known. */
function findOther(panel: SourcePanel, service: SourceService, { counter }: CycleRecord): Partial<Source> | null {
  if (isCounterState(counter)) return { panel: counter.panel ?? '' };
  const { source } = (counter ?? {}) as { source?: Partial<Source> };
  if (source === undefined) return null;
  const now = toSource(panel, service);
  const isSame = source.panel === now.panel && source.refs === now.refs && source.directions === now.directions;
  return isSame ? null : source;
}

/** Returns whether the figures of a cycle are of what a panel with windows reads now, as far as that is known. */
export function isOfSource(panel: SourcePanel, service: SourceService, cycle: CycleRecord): boolean {
  return findOther(panel, service, cycle) === null;
}

/**
 * Returns a cycle that later readings of a panel with windows are compared with: without the peaks and bounds of another server,
 * of another panel, or of swapped directions. Counters go on by themselves.
 */
export function forSource<Cycle extends Readonly<CycleRecord> | null>(
  panel: SourcePanel,
  service: SourceService,
  cycle: Cycle,
): Cycle {
  if (cycle === null || !panel.kind.capabilities.includes('window-usage')) return cycle;
  const source = findOther(panel, service, cycle);
  if (source === null) return cycle;
  // The source stays until a reading is accepted: a run without one stores the old figures again.
  const left = { ...cycle, counter: { source }, peakInBytes: null, peakOutBytes: null };
  return source.panel === panel.name ? left : { ...left, peakTotalBytes: null };
}
