import type { Panel } from '@sluice/panel-kind';
import type { UsageBytes } from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { keepFalls, isCounterState } from './figures.js';

/** What the figures of a panel with windows are read from; stored with the bounds of later readings. */
interface Source extends Partial<SourceChange> {
  panel: string;
  /** The objects of the service. */
  refs: string;
  /** The setting that says which direction is which. */
  directions: string | null;
}

/** Since when the figures of a cycle are of another server or panel than those before, or have the directions swapped. */
export interface SourceChange {
  /** Instant of the first reading. */
  since: string;
  /** Whether the figures before are the same ones, with in and out swapped. */
  swapped: boolean;
}

type SourcePanel = Pick<Panel, 'name' | 'kind'> & { readonly plausibility?: Panel['plausibility'] };

type SourceService = Pick<ServiceRecord, 'refs'>;

function toSource({ name, plausibility }: SourcePanel, { refs }: SourceService): Source {
  return { panel: name, refs: toText(refs), directions: plausibility?.directions ?? null };
}

/** A run asks for the objects of each service several times. */
const TEXTS = new WeakMap<SourceService['refs'], string>();

function toText(refs: SourceService['refs']): string {
  const known = TEXTS.get(refs);
  if (known !== undefined) return known;
  const text = Object.keys(refs)
    .sort()
    .map((key) => `${key}=${refs[key]}`)
    .join(' ');
  TEXTS.set(refs, text);
  return text;
}

/** Returns the bounds after a reading of a cycle with what they were read from; null where the panel has none. */
export function withSource(
  panel: SourcePanel,
  service: SourceService,
  cycle: CycleRecord,
  { bounds, reading }: { bounds: unknown; reading: UsageBytes & { at: string } },
): unknown {
  if (typeof bounds !== 'object' || bounds === null) return bounds;
  const source = toSource(panel, service);
  const other = differing(source, cycle);
  const isSame = other === null || isSameObject(panel, source, other);
  const swapped = isSame && other !== null && source.directions !== other.directions && areSwapped(cycle, reading);
  const change = isSame && !swapped ? findSourceChange(cycle) : { since: reading.at, swapped };
  return { ...bounds, source: { ...source, ...change } };
}

/**
 * Returns whether a reading shows the directions the other way round than the one before, after a change of what says which is which.
 * It does not where the panel had swapped them, and its readings were not used until the setting was adapted.
 */
function areSwapped(before: UsageBytes, reading: UsageBytes): boolean {
  const known = [before.inBytes, before.outBytes, reading.inBytes, reading.outBytes];
  const [wasIn, wasOut, isIn, isOut] = known.map((bytes) => bytes ?? 0) as [number, number, number, number];
  if (known.includes(null)) return true;
  return Math.abs(isIn - wasIn) + Math.abs(isOut - wasOut) >= Math.abs(isIn - wasOut) + Math.abs(isOut - wasIn);
}

/** Returns the last change of what the figures of a cycle are read from; null where none is known. */
export function findSourceChange(cycle: Pick<CycleRecord, 'counter'> | null): SourceChange | null {
  const { source } = (cycle?.counter ?? {}) as { source?: Partial<Source> };
  return source?.since === undefined ? null : { since: source.since, swapped: source.swapped === true };
}

/** Returns whether a cycle of a panel with windows, or one before it, was read. */
export function wasRead({ counter }: Pick<CycleRecord, 'counter'>): boolean {
  const { source } = (counter ?? {}) as { source?: Partial<Source> };
  return source !== undefined;
}

/** Returns whether a cycle of a panel with windows, or one before it, was read of what its service has now, as far as that is known. */
export function isReadOf(panel: SourcePanel, service: SourceService, { counter, readAt }: CycleRecord): boolean {
  const { source } = (counter ?? {}) as { source?: Partial<Source> };
  return source === undefined ? readAt !== null : isSameObject(panel, toSource(panel, service), source);
}

/** Returns whether two sources are the same object of a panel; the other ids of the service do not decide what is read. */
function isSameObject({ kind }: SourcePanel, now: Source, { panel, refs }: Partial<Source>): boolean {
  if (panel === now.panel && refs === now.refs) return true;
  const toId = (text: string): string | undefined =>
    kind.requiredRef === null ? text : text.split(' ').find((entry) => entry.startsWith(`${kind.requiredRef}=`));
  return panel === now.panel && refs !== undefined && toId(refs) === toId(now.refs);
}

/** Returns bounds whose directions are to be compared with no more: the operator has confirmed that the panel has swapped them. */
export function withSwapped(panel: SourcePanel, service: SourceService, bounds: unknown): unknown {
  if (panel.plausibility === undefined || isCounterState(bounds)) return bounds;
  return { ...(bounds as object | null), source: { ...toSource(panel, service), directions: 'swapped-by-panel' } };
}

/** Returns the bounds by an observation; what the figures were read from stays as it was. */
export function withObserved(before: unknown, bounds: unknown): unknown {
  const { source } = (before ?? {}) as { source?: unknown };
  return source === undefined ? bounds : { ...(bounds as object | null), source };
}

/** Returns what the figures of a cycle were read from, if that is not what is read now; null where it is, or is not known. */
function findOther(panel: SourcePanel, service: SourceService, cycle: CycleRecord): Partial<Source> | null {
  return cycle.counter == null ? null : differing(toSource(panel, service), cycle);
}

function differing(now: Source, { counter }: CycleRecord): Partial<Source> | null {
  if (isCounterState(counter)) return { panel: counter.panel ?? '' };
  const { source } = (counter ?? {}) as { source?: Partial<Source> };
  if (source === undefined) return null;
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
  const left = { ...cycle, counter: keepFalls(cycle, { source }), peakInBytes: null, peakOutBytes: null };
  return source.panel === panel.name ? left : { ...left, peakTotalBytes: null };
}
