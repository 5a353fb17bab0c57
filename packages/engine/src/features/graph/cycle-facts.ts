import type { GraphPoint, GraphWindow, Outlook, SampleGraph, ServiceDetail } from '@sluice/contract/documents';
import {
  type Allowance,
  formerQuotas,
  type OverrideSpan,
  overrideSteps,
  type Projection,
  projectUsage,
  usageInMode,
} from '@sluice/quota-core';
import type { CycleRecord, ServiceRecord } from '@sluice/state-store';
import { packageName } from '../../base/config/package-name.js';
import { beginThen, isVisible, type Reader, visibleSince } from '../../context/reader.js';
import type { Context } from '../../context/context.js';
import { requireService } from '../../context/find-service.js';
import { findLater, holdsFor } from '../services/for-reader.js';
import { findWindow } from './window.js';

/** Readings of the cycle before, which is drawn for comparison only. */
const LAST_POINTS = 120;
/** Readings that a projection is computed from, where a graph has not all of them. */
const PROJECTED_POINTS = 500;

/** Whose graph it is, and who reads it. */
interface Whose {
  service: ServiceRecord;
  reader: Reader;
}

/** What is known of a graph already. */
interface Known extends Pick<SampleGraph, 'mode' | 'allowedBytes' | 'series'> {
  window: GraphWindow;
  /** Whether `series` has all readings. */
  isWhole: boolean;
  /** Of the service, in any order. */
  cycles: readonly CycleRecord[];
}

/** Returns the holds of a service that were open in a window, as a reader may see them. */
export async function holdsInside(
  { store }: Context,
  { service, reader }: Whose,
  { start, end }: GraphWindow,
): Promise<SampleGraph['holds']> {
  const all = (await store.holds.all({ service: service.id })).map((hold) => ({ ...hold, evidence: [] }));
  return (
    holdsFor(all, service, reader)
      // What ended in the run that began it restricted nothing.
      .filter(({ since, until }) => since < end && (until === null || (until > start && until > since)))
      .map(({ reason, since, until }) => ({ reason, since, until }))
      .sort((a, b) => (a.since < b.since ? -1 : 1))
  );
}

/** Returns what happened in the window of a graph besides its readings, and where its cycle goes. */
export async function cycleFacts(
  context: Context,
  whose: Whose,
  known: Known,
): Promise<Pick<SampleGraph, 'allowances' | 'purchases' | 'lastCycle' | 'projection'>> {
  const { window, cycles, allowedBytes } = known;
  const paid = await paidInside(context, whose, window);
  const quotas = await quotasInside(context, whose.service, window.start);
  const cycle = cycles.find(({ id }) => id === window.cycle);
  const purchases = paid.filter(({ at }) => at >= window.start && at <= window.end);
  if (cycle === undefined) return { allowances: [], purchases, lastCycle: null, projection: null };
  return {
    allowances: allowedBytes === null ? [] : overrideSteps({ start: window.start, allowedBytes, paid }, quotas),
    purchases,
    lastCycle: await cycleBefore(context, whose, { cycle, cycles }),
    projection: toOutlook(await project(context, whose, { ...known, cycle })),
  };
}

/** Returns the quotas that ended or began from an instant on: of overrides, and of products and the service itself, as they were decided with. */
async function quotasInside({ store }: Context, { id }: ServiceRecord, start: string): Promise<OverrideSpan[]> {
  const overrides = await store.overrides.all(id);
  const decided = (await store.decisions.since(id, start)).map(({ at, allowance }) => {
    const [base] = (allowance as Allowance | null)?.parts ?? [];
    return { at, quotaBytes: base === undefined || base.source === 'override' ? null : base.bytes };
  });
  return [...overrides, ...formerQuotas(start, decided, overrides)];
}

/** Returns the paid purchases of the cycle of a window, or those that were paid in another window, as a reader may see them. */
async function paidInside(
  { store, config }: Context,
  { service, reader }: Whose,
  { cycle, start }: GraphWindow,
): Promise<SampleGraph['purchases']> {
  const which = cycle === null ? { paidSince: start } : { cycles: [cycle] };
  const rows = await store.purchases.list({ service: service.id, status: 'paid', ...which });
  return rows
    .filter((row) => isVisible(row, service, reader))
    .map(({ package: id, bytes, paidAt, at }) => ({
      at: paidAt ?? at,
      package: id,
      packageName: packageName(config, id),
      bytes,
    }))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
}

async function cycleBefore(
  { store }: Context,
  { service, reader }: Whose,
  { cycle, cycles }: { cycle: CycleRecord; cycles: readonly CycleRecord[] },
): Promise<SampleGraph['lastCycle']> {
  const since = visibleSince(service, reader);
  const [last] = cycles
    .filter(({ end }) => end <= cycle.start && (since === null || end > since))
    .sort((a, b) => (a.end < b.end ? 1 : -1));
  if (last === undefined) return null;
  const from = findLater(last.start, since);
  const samples = await store.samples.spread({
    service: service.id,
    from,
    to: last.end,
    parts: LAST_POINTS,
    cycle: last.id,
  });
  if (samples.length === 0) return null;
  const series = samples.map(({ at, inBytes, outBytes, totalBytes }) => ({ at, inBytes, outBytes, totalBytes }));
  return { start: last.start, end: last.end, series };
}

async function project(
  { store, deps }: Context,
  { service }: Whose,
  { window, cycle, series, isWhole, mode, allowedBytes }: Known & { cycle: CycleRecord },
): Promise<Projection> {
  const { start: from, end: to } = window;
  // Of the same readings however many are drawn, so that all say the same.
  const all: readonly GraphPoint[] = isWhole
    ? series
    : await store.samples.spread({ service: service.id, from, to, parts: PROJECTED_POINTS, cycle: cycle.id });
  return projectUsage({
    points: all.map((point) => ({ at: Date.parse(point.at), value: usageInMode(point, mode) })),
    limit: allowedBytes,
    now: deps.clock.now(),
    end: Date.parse(cycle.end),
  });
}

/** Returns where the usage of a metered service goes in its newest cycle, as its graph says it to a reader; null where that is not known. */
export async function readOutlook(
  context: Context,
  { service: { id, mode, allowance }, reader }: { service: ServiceDetail; reader: Reader },
): Promise<Outlook | null> {
  const service = await requireService(context, id);
  const cycles = await context.store.cycles.newest([id]);
  const [cycle] = cycles;
  if (cycle === undefined) return null;
  const window = beginThen(await findWindow(context, service, 'cycle'), visibleSince(service, reader));
  const known: Known & { cycle: CycleRecord } = {
    ...{ window, cycles, cycle, series: [], isWhole: false },
    mode: mode === 'IN' || mode === 'OUT' ? mode : 'TOTAL',
    allowedBytes: allowance?.allowedBytes ?? null,
  };
  return toOutlook(await project(context, { service, reader }, known));
}

function toOutlook(projection: Projection): Outlook {
  const { kind } = projection;
  const last = kind === 'unknown' ? null : projection.last;
  const growth = 'range' in projection ? projection : null;
  const at = (ms: number | null | undefined): string | null => (ms == null ? null : new Date(ms).toISOString());
  const whole = (bytes: number | undefined): number | null => (bytes === undefined ? null : Math.round(bytes));
  return {
    outlook: kind,
    readAt: at(last?.at),
    usedBytes: whole(last?.value),
    perDayBytes: whole(growth?.perDay),
    lowPerDayBytes: whole(growth?.range.low),
    highPerDayBytes: whole(growth?.range.high),
    at: kind === 'runs-out' ? at(projection.at) : null,
    earliest: at(growth?.earliest),
    latest: at(growth?.latest),
  };
}
