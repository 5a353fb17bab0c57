import type { TrafficOverTime } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import { barBounds, barStep, type Share, sharesBetween } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { listWithoutBytes } from './without-bytes.js';
import { type GraphRange, rangeStart } from './window.js';

/** Whose traffic together, and of which time; default: that of all services in the last 7 days. */
export interface TrafficRequest {
  range?: GraphRange | undefined;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
}

/** Services that are read at once: a few readings of each are in memory for each bar. */
const PAGE = 500;
const LONGEST_MS = 366 * 86_400_000;

/** Traffic of all services in one part of the time, and of how much of it readings speak. */
interface Sum {
  /** In, out and total. */
  figures: (number | null)[];
  /** Directions that are not known of a service whose total is: the others' sum would be too small. */
  isMissing: boolean[];
  /** Milliseconds, of all services together. */
  knownMs: number;
  wholeMs: number;
}

/** Returns the traffic of services together in each part of a time, from the readings around its bounds. */
export async function trafficOverTime(
  context: Context,
  { range = '7d', panel, product, client }: TrafficRequest,
): Promise<TrafficOverTime> {
  const { store, config } = context;
  const end = context.now();
  const start = rangeStart(range, Date.parse(end));
  if (start === null || Date.parse(end) - Date.parse(start) > LONGEST_MS)
    throw usageError('bad_option', `range: ${range} is not a number of hours or days, at most 366d`);
  const timeZone = panel === undefined ? config.timeZone : findTimeZone(config, panel);
  const step = barStep({ start, end });
  const bounds = barBounds({ window: { start, end }, timeZone }, step);
  const sums = bounds.slice(1).map((): Sum => ({
    figures: [null, null, null],
    isMissing: [false, false, false],
    ...{ knownMs: 0, wholeMs: 0 },
  }));
  const counts = { services: 0, unknown: 0, withoutBytes: 0 };
  const without = new Set(listWithoutBytes(context));
  const where = Object.fromEntries(Object.entries({ panel, product, client }).filter(([, name]) => name !== undefined));
  for (let after: string | undefined; ;) {
    const page = await store.services.list({ ...where, limit: PAGE, ...(after !== undefined && { after }) });
    const metered = page.filter((service) => !without.has(service.panel));
    counts.services += metered.length;
    counts.withoutBytes += page.length - metered.length;
    counts.unknown += await addPage(context, { page: metered, bounds, sums });
    after = page.at(-1)?.id;
    if (page.length < PAGE || after === undefined) break;
    context.deps.signal.throwIfAborted();
  }
  const bars = sums.map((sum, index) => toBar(sum, [bounds[index] ?? 0, bounds[index + 1] ?? 0]));
  const filter = { panel: panel ?? null, product: product ?? null, client: client ?? null };
  return { ...filter, range, start, end, timeZone, step, ...counts, bars };
}

/** Adds the traffic of a page of services, and returns of how many of them nothing is known in the time. */
async function addPage(
  { store }: Context,
  { page, bounds, sums }: { page: readonly ServiceRecord[]; bounds: readonly number[]; sums: readonly Sum[] },
): Promise<number> {
  const request = { services: page.map(({ id }) => id), bounds: bounds.map(iso) };
  const { readings, cycles } = await store.traffic.readings(request);
  const [series, starts] = [byService(readings), byService(cycles)];
  let unknown = 0;
  for (const { id, createdAt } of page) {
    // When what a service used before it was stored was used is not known.
    const begins = (starts.get(id) ?? []).map(({ start }) => start).filter((start) => start >= createdAt);
    const shares = sharesBetween({ series: series.get(id) ?? [], begins }, bounds);
    if (shares.every((direction) => direction.every(({ ms }) => ms === 0))) unknown++;
    else addShares(sums, { shares, bounds, since: Date.parse(createdAt) });
  }
  return unknown;
}

function byService<Row extends { service: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(row.service);
    if (group === undefined) groups.set(row.service, [row]);
    else group.push(row);
  }
  return groups;
}

function addShares(
  sums: readonly Sum[],
  { shares, bounds, since }: { shares: readonly Share[][]; bounds: readonly number[]; since: number },
): void {
  for (const [index, sum] of sums.entries()) {
    const [from, to] = [bounds[index] ?? 0, bounds[index + 1] ?? 0];
    const parts = shares.map((direction) => direction[index] ?? { bytes: 0, ms: 0 });
    const known = Math.max(...parts.map(({ ms }) => ms));
    for (const [place, { bytes, ms }] of parts.entries()) {
      if (ms > 0) sum.figures[place] = (sum.figures[place] ?? 0) + bytes;
      else if (known > 0) sum.isMissing[place] = true;
    }
    sum.knownMs += known;
    // Before it was stored, a service is not missing.
    sum.wholeMs += Math.max(known, to - Math.max(from, since));
  }
}

function toBar(
  { figures, isMissing, knownMs, wholeMs }: Sum,
  [start, end]: [number, number],
): TrafficOverTime['bars'][number] {
  const [inBytes = null, outBytes = null, totalBytes = null] = figures.map((bytes, place) =>
    bytes === null || isMissing[place] === true ? null : Math.round(bytes),
  );
  const known = wholeMs <= 0 ? 0 : Math.min(1, knownMs / wholeMs);
  return { start: iso(start), end: iso(end), inBytes, outBytes, totalBytes, known };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
