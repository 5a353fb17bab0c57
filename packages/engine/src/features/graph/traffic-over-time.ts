import type { TopTraffic, TrafficOverTime } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import { barBounds, barStep, sharesBetween } from '@sluice/quota-core';
import type { ServiceRecord } from '@sluice/state-store';
import { findTimeZone } from '../../base/config/find-entry.js';
import type { Context } from '../../context/context.js';
import { noSplit, type Split, splitBy } from './traffic-split.js';
import { addShares, type Sum, toBar, toSums } from './traffic-sums.js';
import { listWithoutBytes } from './without-bytes.js';
import { type GraphRange, rangeStart } from './window.js';

/** Whose traffic together, and of which time; default: that of all services in the last 7 days. */
export interface TrafficRequest {
  range?: GraphRange | undefined;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  /** What the bars are split by: into the groups with most traffic, and all others together. */
  by?: TopTraffic['by'] | undefined;
}

/** Services that are read at once: a few readings of each are in memory for each bar. */
const PAGE = 500;
const LONGEST_MS = 366 * 86_400_000;

/** Returns the traffic of services together in each part of a time, from the readings around its bounds. */
export async function trafficOverTime(
  context: Context,
  { range = '7d', ...request }: TrafficRequest,
): Promise<TrafficOverTime> {
  const end = context.now();
  const start = rangeStart(range, Date.parse(end));
  if (start === null || Date.parse(end) - Date.parse(start) > LONGEST_MS)
    throw usageError('bad_option', `range: ${range} is not a number of hours or days, at most 366d`);
  return { range, ...(await trafficBetween(context, { start, end }, request)) };
}

/** Returns the same of a time that may be over: what was read after its end says what was used before it. */
export async function trafficBetween(
  context: Context,
  { start, end }: Record<'start' | 'end', string>,
  { panel, product, client, by }: Omit<TrafficRequest, 'range'>,
): Promise<Omit<TrafficOverTime, 'range'>> {
  const { store, config } = context;
  const now = context.now();
  const timeZone = panel === undefined ? config.timeZone : findTimeZone(config, panel);
  const step = barStep({ start, end });
  const bounds = barBounds({ window: { start, end }, timeZone }, step);
  const sums = toSums(bounds);
  const counts = { services: 0, unknown: 0, withoutBytes: 0 };
  const except = listWithoutBytes(context);
  const without = new Set(except);
  const where = Object.fromEntries(Object.entries({ panel, product, client }).filter(([, name]) => name !== undefined));
  const split =
    by === undefined ? noSplit() : await splitBy(context, { by, from: start, to: now, ...where, except }, bounds);
  for (let after: string | undefined; ;) {
    const page = await store.services.list({ ...where, limit: PAGE, ...(after !== undefined && { after }) });
    const metered = page.filter((service) => !without.has(service.panel));
    counts.services += metered.length;
    counts.withoutBytes += page.length - metered.length;
    counts.unknown += await addPage(context, { page: metered, bounds, now, sums, split });
    after = page.at(-1)?.id;
    if (page.length < PAGE || after === undefined) break;
    context.deps.signal.throwIfAborted();
  }
  const groups = split.list();
  const bars = sums.map((sum, index) => {
    const parts = groups.flatMap((group) => group.sums[index] ?? []);
    return toBar(sum, parts, [bounds[index] ?? 0, bounds[index + 1] ?? 0]);
  });
  const filter = { panel: panel ?? null, product: product ?? null, client: client ?? null };
  const headings = groups.map(({ heading }) => heading);
  return { ...filter, start, end, timeZone, step, ...counts, by: split.by, split: headings, bars };
}

interface Page {
  page: readonly ServiceRecord[];
  bounds: readonly number[];
  now: string;
  sums: readonly Sum[];
  split: Split;
}

/** Adds the traffic of a page of services, and returns of how many of them nothing is known in the time. */
async function addPage({ store }: Context, { page, bounds, now, sums, split }: Page): Promise<number> {
  const times = bounds.map(iso);
  const last = times.at(-1);
  const request = {
    services: page.map(({ id }) => id),
    bounds: last === undefined || last >= now ? times : [...times, now],
  };
  const { readings, cycles } = await store.traffic.readings(request);
  const [series, starts] = [byService(readings), byService(cycles)];
  let unknown = 0;
  for (const service of page) {
    const { id, createdAt } = service;
    const group = split.find(service);
    if (group !== null) group.heading.services++;
    // When what a service used before it was stored was used is not known.
    const begins = (starts.get(id) ?? []).map(({ start }) => start).filter((start) => start >= createdAt);
    const shares = sharesBetween({ series: series.get(id) ?? [], begins }, bounds);
    const traffic = { shares, bounds, since: Date.parse(createdAt) };
    if (!shares.every((direction) => direction.every(({ ms }) => ms === 0))) {
      addShares(sums, traffic);
      if (group !== null) addShares(group.sums, traffic);
    } else {
      unknown++;
      if (group !== null) group.heading.unknown++;
    }
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

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
