import type { TopTraffic } from '@sluice/contract/documents';
import { productName } from '../../base/config/package-name.js';
import type { Context } from '../../context/context.js';
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
}

/** Returns who used most in a time, from stored readings: traffic between two of them counts evenly over the time between them. */
export async function topTraffic(
  context: Context,
  { range = '24h', by = 'service', limit = ROWS, panel, product, client }: TopRequest,
): Promise<TopTraffic> {
  const { store, config } = context;
  const end = context.now();
  const start = rangeStart(range, Date.parse(end));
  const found = await store.traffic.sums({ by, from: start, to: end, panel, product, client, limit });
  const named = ({ key, name }: { key: string | null; name: string | null }): string | null =>
    by === 'product' && key !== null ? productName(config, key) : name;
  const rows = found.rows.map((row) => ({ ...row, name: named(row) }));
  return { by, range, start, end, ...found, rows };
}
