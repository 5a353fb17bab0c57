import type { Comparison } from '@sluice/contract/documents';
import { BYTES_PER_GB, type Mode, toLocalDate, type UsageBytes, usageInMode, zonedMidnight } from '@sluice/quota-core';
import type { ServiceRecord, StoreTables } from '@sluice/state-store';

/** Why another tool may have another figure. */
type Cause = NonNullable<Comparison['services'][number]['cause']>;

/** A service with what it used in its cycle, and the figure of another tool. */
export interface ComparedFigures {
  service: Pick<ServiceRecord, 'id'>;
  mode: Mode;
  usage: UsageBytes;
  theirBytes: number;
}

const DIRECTIONS: readonly (readonly [Mode, string])[] = [
  ['IN', 'inbound traffic alone'],
  ['OUT', 'outbound traffic alone'],
  ['TOTAL', 'traffic of both directions'],
];

/** What a figure is multiplied by that was written in one unit and is read in another. */
const UNITS: readonly (readonly [factor: number, text: string])[] = [
  [1024 ** 3 / 1000 ** 3, 'its GB have 1000³ bytes; here a GB has 1024³'],
  [1000 ** 3 / 1024 ** 3, 'its GB have 1024³ bytes, and it reads them from GB of 1000³'],
  [1024, 'its figures are in MB'],
  [1 / 1024, 'its figures are in TB'],
];

/**
 * Returns the probable cause of a difference between the usage of a service and the figure of another tool, the first of those that
 * make both equal within 1 %: another direction, another unit, the calendar month in place of the cycle. Null where none does.
 *
 * @param when the present time, and the IANA zone in which the month begins
 */
export async function findCause(
  tables: Pick<StoreTables, 'cycles' | 'samples'>,
  figures: ComparedFigures,
  when: { now: string; timeZone: string },
): Promise<Cause | null> {
  const { mode, usage, theirBytes } = figures;
  const isTheirs = (bytes: number | null): boolean => bytes !== null && isClose(bytes, theirBytes);
  const used = usageInMode(usage, mode);
  // Where one direction is nearly all of the traffic, it explains nothing.
  const differs = (bytes: number | null): boolean =>
    bytes !== null && used !== null && Math.abs(bytes - used) * 20 > Math.max(bytes, used);
  const direction = DIRECTIONS.find(([other]) => {
    const counted = usageInMode(usage, other);
    return other !== mode && differs(counted) && isTheirs(counted);
  });
  if (direction !== undefined) return { by: 'direction', text: `it counts ${direction[1]}` };
  const unit = used === null ? undefined : UNITS.find(([factor]) => isTheirs(used * factor));
  if (unit !== undefined) return { by: 'unit', text: unit[1] };
  const start = zonedMidnight(`${toLocalDate(when.now, when.timeZone).slice(0, 7)}-01`, when.timeZone);
  if (!isTheirs(await readSince(tables, figures, start))) return null;
  return { by: 'calendar-month', text: 'it counts the calendar month, not the billing cycle' };
}

/** Smaller figures are near to many others. */
function isClose(a: number, b: number): boolean {
  const larger = Math.max(a, b);
  return larger >= BYTES_PER_GB && Math.abs(a - b) * 100 <= larger;
}

/** The oldest sample that still shows what was used at an instant. */
const MOST_AGE_MS = 2 * 3_600_000;

/** Returns what a service used since an instant, by its stored cycles and samples; null where they do not show it. */
async function readSince(
  { cycles, samples }: Pick<StoreTables, 'cycles' | 'samples'>,
  { service: { id }, mode }: ComparedFigures,
  start: string,
): Promise<number | null> {
  const ended = (await cycles.ofService(id)).filter(({ end }) => end > start);
  if (!ended.some((cycle) => cycle.start <= start)) return null;
  const parts = await Promise.all(
    ended.map(async (cycle) => {
      const used = usageInMode(cycle, mode);
      if (cycle.start >= start || used === null) return used;
      const [before] = await samples.list({ service: id, to: start, cycle: cycle.id, limit: 1, newestFirst: true });
      const isNear = before !== undefined && Date.parse(start) - Date.parse(before.at) <= MOST_AGE_MS;
      const then = isNear ? usageInMode(before, mode) : null;
      return then === null ? null : used - then;
    }),
  );
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0);
}
