import type { ChartPoint, KnownPoint } from './chart.js';

/** The columns that a line is drawn in. */
export interface Columns {
  from: number;
  to: number;
  count: number;
}

interface Counted {
  index: number;
  point: KnownPoint;
}

interface Bucket {
  column: number;
  first: Counted;
  lowest: Counted;
  highest: Counted;
  last: Counted;
}

/**
 * Splits a line at unknown figures and at breaks, and keeps of each column the first, lowest, highest and last point: what
 * is drawn is the same as with all points, and at most four points for each column. A gap inside a column is not seen, so
 * that it does not split.
 */
export function thinnedSegments(
  points: readonly ChartPoint[],
  breaks: readonly number[],
  columns: Columns,
): KnownPoint[][] {
  const split = new Splitter([...breaks].sort((a, b) => a - b));
  const segments: Bucket[][] = [];
  const span = Math.max(1, columns.to - columns.from);
  for (const [index, { at, value }] of points.entries()) {
    if (value === null || !Number.isFinite(value)) {
      split.unknown();
      continue;
    }
    const column = Math.floor(((at - columns.from) / span) * columns.count);
    if (split.isNew(at, column)) segments.push([]);
    addTo(segments.at(-1) ?? [], column, { index, point: { at, value } });
  }
  return segments.map((buckets) => buckets.flatMap(listPoints));
}

/** Decides where a line begins again. */
class Splitter {
  readonly #breaks: readonly number[];
  #next = 0;
  #column: number | null = null;
  #gap = false;
  /** The column in which a break has begun a segment: further ones there are not seen. */
  #broken: number | null = null;

  constructor(breaks: readonly number[]) {
    this.#breaks = breaks;
  }

  unknown(): void {
    this.#gap = true;
  }

  isNew(at: number, column: number): boolean {
    const previous = this.#column;
    const passed = this.#next;
    while ((this.#breaks[this.#next] ?? Infinity) <= at) this.#next++;
    const isBroken = this.#next > passed && previous !== null && this.#broken !== column;
    if (isBroken) this.#broken = column;
    const isApart = this.#gap && column !== previous;
    this.#gap = false;
    this.#column = column;
    return previous === null || isBroken || isApart;
  }
}

function addTo(buckets: Bucket[], column: number, counted: Counted): void {
  const bucket = buckets.at(-1);
  if (bucket?.column !== column) {
    buckets.push({ column, first: counted, lowest: counted, highest: counted, last: counted });
    return;
  }
  if (counted.point.value < bucket.lowest.point.value) bucket.lowest = counted;
  if (counted.point.value > bucket.highest.point.value) bucket.highest = counted;
  bucket.last = counted;
}

function listPoints({ first, lowest, highest, last }: Bucket): KnownPoint[] {
  const kept = [...new Set([first, lowest, highest, last])].sort((a, b) => a.index - b.index);
  return kept.map(({ point }) => point);
}
