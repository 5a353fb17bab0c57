import type { TopTraffic } from '@sluice/contract/documents';
import { usageError } from '@sluice/panel-kind';
import { productName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
import { readRates } from '../../kernel/subject/rates.js';
import { countWithoutBytes, listWithoutBytes } from './without-bytes.js';
import { type GraphRange, rangeStart } from './window.js';

/** Sums of a document, unless another number is asked for. */
const ROWS = 20;

/** Whose traffic, and of which time; default: the services that used most in the last 24 hours. */
export interface TopRequest {
  range?: GraphRange | undefined;
  by?: TopTraffic['by'] | undefined;
  panel?: string | undefined;
  product?: string | undefined;
  client?: string | undefined;
  limit?: number | undefined;
  /** Of services alone: also the rates that so much of the time did not exceed. */
  percentile?: number | undefined;
}

/** Returns who used most in a time, from stored readings: traffic between two of them counts evenly over the time between them. */
export async function topTraffic(
  context: Context,
  { range = '24h', by = 'service', limit = ROWS, percentile, panel, product, client }: TopRequest,
): Promise<TopTraffic> {
  const { store, config } = context;
  if (percentile !== undefined && by !== 'service')
    throw usageError('bad_option', `percentile: the rates of services alone are known, not those of a ${by}`);
  const end = context.now();
  const start = rangeStart(range, Date.parse(end));
  const where = { panel, product, client };
  const except = listWithoutBytes(context);
  const sums = await store.traffic.sums({ by, from: start, to: end, ...where, except, limit });
  const found = { ...sums, withoutBytes: await countWithoutBytes(context, except, where) };
  const named = ({ key, name }: { key: string | null; name: string | null }): string | null =>
    by === 'product' && key !== null ? productName(config, key) : name;
  const rows = found.rows.map((row) => ({ ...row, name: named(row) }));
  if (percentile === undefined) return { by, range, start, end, ...found, rows };
  const rated = await addRates(context, rows, { start, end, percentile });
  return { by, range, start, end, ...found, rows: rated };
}

/** Adds the rates of each service: one is read after the other, so that the readings of one at a time are in memory. */
async function addRates(
  context: Context,
  rows: TopTraffic['rows'],
  { start, end, percentile }: { start: string | null; end: string; percentile: number },
): Promise<TopTraffic['rows']> {
  const { store } = context;
  const rated: TopTraffic['rows'] = [];
  for (const row of rows) {
    const service = row.key ?? '';
    const cycles = await store.cycles.ofService(service);
    const from = start ?? cycles.findLast((cycle) => cycle.start <= end && cycle.end > end)?.start ?? end;
    const begins = cycles.map((cycle) => cycle.start).filter((at) => at >= from && at < end);
    rated.push({ ...row, rates: await readRates(context, { service, from, to: end, begins }, percentile) });
  }
  return rated;
}
