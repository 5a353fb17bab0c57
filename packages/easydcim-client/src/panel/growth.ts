import type { WindowReading } from '@sluice/panel-kind';

/** Highest figures read so far, in one window: bytes in, out and in total; null is unknown. */
type Figures = [inBytes: number | null, outBytes: number | null, totalBytes: number | null];

/** A reading that growth is counted from. */
interface Mark {
  at: string;
  figures: Figures;
}

/** The readings of one window that show how far its figures may be behind the traffic. Plain JSON, stored with the bounds. */
export interface GrowthState {
  /** Start of the window. */
  start: string;
  /** The first reading with the present figures. A later one with the same changes nothing, so that nothing is written about it. */
  since: string;
  figures: Figures;
  /** The last reading with other figures; null before the second change. */
  before: Mark | null;
  /** The last reading before a standstill after which the figures may still be catching up, and until when they may. */
  behind: (Mark & { until: string }) | null;
}

const HOUR_MS = 3_600_000;
/** Round-robin data is consolidated by the day in windows that are longer than this. */
const LONG_WINDOW_MS = 62 * 24 * HOUR_MS;

interface Lag {
  /** Longer without new figures is a standstill. */
  standstillMs: number;
  /** How far figures may be behind the traffic while nothing stands still. */
  slackMs: number;
  /** How long after a standstill the figures may be catching up. */
  catchUpMs: number;
}

function findLag(start: string, at: string): Lag {
  const isLong = Date.parse(at) - Date.parse(start) > LONG_WINDOW_MS;
  return isLong
    ? { standstillMs: 25 * HOUR_MS, slackMs: 49 * HOUR_MS, catchUpMs: 48 * HOUR_MS }
    : { standstillMs: 2.5 * HOUR_MS, slackMs: 4.5 * HOUR_MS, catchUpMs: 24 * HOUR_MS };
}

/** Returns the state after an accepted reading of a window: the same one where the figures have not risen. */
export function stepGrowth(before: GrowthState | null, { at, start, usage, previousAt }: WindowReading): GrowthState {
  const read: Figures = [usage.inBytes, usage.outBytes, usage.totalBytes];
  if (before === null) return { start, since: at, figures: read, before: null, behind: null };
  // Of another window, or by a clock that was set back: only the figure at the start of the window is certain, which is zero.
  const readAt = lastReadAt(before, previousAt);
  if (before.start !== start || at < readAt) return restarted({ at, start }, read);
  const figures = read.map((figure, index) => highest(figure, before.figures[index] ?? null)) as Figures;
  if (figures.every((figure, index) => figure === before.figures[index])) return before;
  const last = { at: readAt, figures: before.figures };
  return { start, since: at, figures, before: last, behind: stepBehind(before, at) };
}

function restarted({ at, start }: { at: string; start: string }, figures: Figures): GrowthState {
  return { start, since: at, figures, before: { at: start, figures: [0, 0, 0] }, behind: null };
}

/** Returns the instant of the last reading with the present figures. */
function lastReadAt({ since }: GrowthState, previousAt: string | null): string {
  return previousAt !== null && previousAt > since ? previousAt : since;
}

function highest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

/** Returns the last reading from which the present figures may have stood still. */
function lastMoving({ before, since, figures }: GrowthState): Mark {
  return before ?? { at: since, figures };
}

function stepBehind(state: GrowthState, at: string): GrowthState['behind'] {
  const { behind, start } = state;
  const { standstillMs, catchUpMs } = findLag(start, at);
  const moving = lastMoving(state);
  if (!isLonger(moving.at, at, standstillMs)) return behind !== null && at <= behind.until ? behind : null;
  // A standstill that began while the figures were catching up is behind by both.
  const mark = behind !== null && moving.at <= behind.until ? behind : moving;
  return { at: mark.at, figures: mark.figures, until: new Date(Date.parse(at) + catchUpMs).toISOString() };
}

function isLonger(from: string, to: string, ms: number): boolean {
  return Date.parse(to) - Date.parse(from) > ms;
}

/** By how much a reading has grown since an earlier one, and the most that it may have, both in bytes of one direction. */
interface Growth {
  since: string;
  grown: number;
  most: number;
}

/**
 * Returns by how much a reading has grown, and the most that it may have with a lag of the figures; null without an earlier reading
 * of its window. A reading that would be too high once it was the last one is too high now.
 *
 * @param bytesPerSecond what the line carries in one direction
 */
export function measureGrowth(
  state: GrowthState | null,
  reading: WindowReading,
  bytesPerSecond: number,
): Growth | null {
  const found = measureSince(state, reading, bytesPerSecond);
  if (state === null || found === null || found.grown > found.most) return found;
  const again = measureSince(stepGrowth(state, reading), reading, bytesPerSecond);
  return again !== null && again.grown > again.most ? again : found;
}

/**
 * Returns by how much a reading has grown since the last one, and what the line can carry in that time, without a lag of the
 * figures. Without an earlier reading, they count from the start of the window, where they were zero.
 */
export function measureCarried(
  state: GrowthState | null,
  { at, start, usage, previousAt }: WindowReading,
  bytesPerSecond: number,
): Growth {
  const isKnown = state !== null && state.start === start && at >= lastReadAt(state, previousAt);
  const mark = isKnown
    ? { at: lastReadAt(state, previousAt), figures: state.figures }
    : { at: start, figures: NOTHING };
  const seconds = ((Date.parse(at) - Date.parse(mark.at)) * CLOCKS) / 1000;
  return { since: mark.at, grown: grownSince(mark.figures, usage), most: bytesPerSecond * seconds };
}

function measureSince(
  state: GrowthState | null,
  { at, start, usage, previousAt }: WindowReading,
  bytesPerSecond: number,
): Growth | null {
  if (state === null || state.start !== start || at < lastReadAt(state, previousAt)) return null;
  const { standstillMs, slackMs } = findLag(start, at);
  const { behind } = state;
  const moving = lastMoving(state);
  const isBehind =
    behind !== null && (at <= behind.until || (isLonger(moving.at, at, standstillMs) && moving.at <= behind.until));
  const mark = isBehind ? behind : moving;
  const seconds = ((Date.parse(at) - Date.parse(mark.at)) * CLOCKS + slackMs) / 1000;
  const shown = grownSince(NOTHING, usage);
  const grown = grownSince(mark.figures, usage);
  return { since: mark.at, grown, most: bytesPerSecond * seconds + shown * CONSOLIDATION };
}

/** Figures at the start of a window. */
const NOTHING: Figures = [0, 0, 0];

/** Returns by how much the direction that has grown most is above earlier figures. */
function grownSince([inBytes, outBytes, totalBytes]: Figures, usage: WindowReading['usage']): number {
  const growth = (figure: number | null, from: number | null): number =>
    figure === null || from === null ? 0 : Math.max(0, figure - from);
  const total = growth(usage.totalBytes, totalBytes) / 2;
  return Math.max(growth(usage.inBytes, inBytes), growth(usage.outBytes, outBytes), total);
}

/** Clocks may differ by this factor. */
const CLOCKS = 1.1;
/** A sum of consolidated data may differ by this share from a sum of finer data. */
const CONSOLIDATION = 0.02;
