import type { GraphWindow } from '@sluice/contract/documents';
import type { ServiceRecord } from '@sluice/state-store';
import { usageError } from '@sluice/panel-kind';
import { notFound } from '../../base/errors.js';
import type { Reader } from '../../context/reader.js';
import type { Context } from '../../context/context.js';

/** The time range of a graph: the cycle, or a number of hours or days. */
export type GraphRange = 'cycle' | `${number}h` | `${number}d`;

const HOUR_MS = 3_600_000;

/** The ranges of panels' graphs that clients may ask for: each other one would be a call of the panel. */
const OF_CLIENTS: readonly GraphRange[] = ['cycle', '24h', '7d'];

/** Refuses a range of a panel's graph that a client may not ask for. */
export function refuseRange(range: GraphRange, reader: Reader): void {
  if (reader === undefined || OF_CLIENTS.includes(range)) return;
  throw usageError('bad_option', `range: a client can ask for ${OF_CLIENTS.join(', ')}, not for ${range}`);
}

function lengthMs(range: Exclude<GraphRange, 'cycle'>): number {
  return Number(range.slice(0, -1)) * (range.endsWith('h') ? HOUR_MS : 24 * HOUR_MS);
}

/** Returns when a range begins that ends now (milliseconds); null for the cycle. */
export function rangeStart(range: GraphRange, now: number): string | null {
  return range === 'cycle' ? null : iso(now - lengthMs(range));
}

/**
 * Returns the window of a range now; of a cycle the past part.
 *
 * @throws SluiceError `not_metered_yet` for a service that was never metered
 */
export async function findWindow(context: Context, service: ServiceRecord, range: GraphRange): Promise<GraphWindow> {
  const now = context.deps.clock.now();
  const start = rangeStart(range, now);
  if (start !== null) return { start, end: iso(now), cycle: null };
  const [cycle] = await context.store.cycles.newest([service.id]);
  if (!cycle) {
    throw notFound('not_metered_yet', `"${service.id}" has not been metered in any cycle`, { service: service.id });
  }
  return { start: cycle.start, end: iso(Math.min(now, Date.parse(cycle.end))), cycle: cycle.id };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
