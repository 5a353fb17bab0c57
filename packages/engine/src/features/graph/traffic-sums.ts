import type { TrafficOverTime } from '@sluice/contract/documents';
import type { Share } from '@sluice/quota-core';

type Figures = TrafficOverTime['bars'][number]['parts'][number];

/** Traffic of services in one part of the time, and of how much of it readings speak. */
export interface Sum {
  /** In, out and total. */
  figures: (number | null)[];
  /** Directions that are not known of a service whose total is: the others' sum would be too small. */
  isMissing: boolean[];
  /** Milliseconds, of all services together. */
  knownMs: number;
  wholeMs: number;
}

/** Returns a sum of nothing for each part of the time. */
export function toSums(bounds: readonly number[]): Sum[] {
  return bounds.slice(1).map(() => ({
    figures: [null, null, null],
    isMissing: [false, false, false],
    ...{ knownMs: 0, wholeMs: 0 },
  }));
}

/** Adds the traffic of a service that was stored at an instant. */
export function addShares(
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

/** Returns a part of the time with the sums of all services, and of each group of them. */
export function toBar(
  sum: Sum,
  groups: readonly Sum[],
  [start, end]: [number, number],
): TrafficOverTime['bars'][number] {
  const { knownMs, wholeMs } = sum;
  const whole = toFigures(sum, (bytes) => Math.round(bytes));
  const rounded = whole.map((bytes, place) => {
    const parts = groups.map((group) => toFigures(group, (figure) => figure)[place] ?? null);
    return bytes === null ? parts.map((part) => (part === null ? null : Math.round(part))) : roundedTo(bytes, parts);
  });
  return {
    ...{ start: new Date(start).toISOString(), end: new Date(end).toISOString() },
    ...named(whole),
    known: wholeMs <= 0 ? 0 : Math.min(1, knownMs / wholeMs),
    parts: groups.map((_, group) => named(rounded.map((parts) => parts[group] ?? null))),
  };
}

function toFigures({ figures, isMissing }: Sum, round: (bytes: number) => number): (number | null)[] {
  return figures.map((bytes, place) => (bytes === null || isMissing[place] === true ? null : round(bytes)));
}

function named([inBytes = null, outBytes = null, totalBytes = null]: readonly (number | null)[]): Figures {
  return { inBytes, outBytes, totalBytes };
}

/** Rounds parts so that they add up to the whole: those with the largest fractions are rounded up. */
function roundedTo(whole: number, parts: readonly (number | null)[]): (number | null)[] {
  const rounded = parts.map((part) => (part === null ? null : Math.floor(part)));
  const known = parts.flatMap((part, index) => (part === null ? [] : [{ index, part }]));
  let left = whole - rounded.reduce<number>((sum, part) => sum + (part ?? 0), 0);
  const add = (index: number | undefined, bytes: number): void => {
    if (index === undefined) return;
    rounded[index] = (rounded[index] ?? 0) + bytes;
    left -= bytes;
  };
  for (const { index } of [...known].sort((a, b) => (b.part % 1) - (a.part % 1))) if (left > 0) add(index, 1);
  // Sums of petabytes in another order may differ by more than the fractions.
  if (left !== 0) add([...known].sort((a, b) => b.part - a.part)[0]?.index, left);
  return rounded;
}
