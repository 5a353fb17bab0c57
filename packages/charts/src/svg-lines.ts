import type { ChartData, ChartLine } from './chart.js';
import { COLUMN, type Plot } from './svg-plot.js';
import { thinnedSegments } from './thin.js';

/** Pixels of the shortest line that is drawn as one: a shorter one would not be seen. */
const SHORTEST = 3;
/** Pixels by which a line may be off. */
const UNSEEN = 0.4;

/** Draws a line in parts, where it is known. */
export function drawnLine(data: ChartData, line: ChartLine, slot: number, plot: Plot): string[] {
  const { x, y, left, right } = plot;
  const columns = { from: data.from, to: data.to, count: Math.ceil((right - left) / COLUMN) };
  const base = y(Math.max(0, data.axis.min));
  return thinnedSegments(line.points, data.breaks, columns).flatMap((points) => {
    const [first] = points;
    const last = points.at(-1);
    if (first === undefined || last === undefined) return [];
    const dot = `<circle class="chart-dot chart-${slot}" cx="${x(last.at)}" cy="${y(last.value)}" r="3"/>`;
    if (Math.abs(x(last.at) - x(first.at)) < SHORTEST) return [dot];
    const path = `M${simplified(points.map(({ at, value }) => [x(at), y(value)]))
      .map((point) => point.join(' '))
      .join('L')}`;
    const drawn = `<path class="chart-line chart-${slot}" d="${path}"/>`;
    if (line.name !== 'total' && data.lines.length > 1) return [drawn];
    return [`<path class="chart-area chart-${slot}" d="${path}V${base}H${x(first.at)}Z"/>`, drawn];
  });
}

type Place = readonly [x: number, y: number];

/** Returns the places without which the line is drawn another way, by more than nobody sees: the first, the last, and where it bends. */
export function simplified(places: readonly Place[]): Place[] {
  const kept = new Set([0, places.length - 1]);
  const open: [begin: number, end: number][] = [[0, places.length - 1]];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const [begin, end] = part;
    const [from, to] = [places[begin], places[end]];
    if (from === undefined || to === undefined) continue;
    let [furthest, most] = [begin, UNSEEN];
    for (let index = begin + 1; index < end; index++) {
      const off = distance(places[index] ?? from, from, to);
      if (off > most) [furthest, most] = [index, off];
    }
    if (furthest === begin) continue;
    kept.add(furthest);
    open.push([begin, furthest], [furthest, end]);
  }
  return [...kept]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const place = places[index];
      return place === undefined ? [] : [place];
    });
}

/** Returns how far a place is from a straight line between two others. */
function distance([x, y]: Place, [x1, y1]: Place, [x2, y2]: Place): number {
  const [dx, dy] = [x2 - x1, y2 - y1];
  const length = dx ** 2 + dy ** 2;
  const share = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - x1) * dx + (y - y1) * dy) / length));
  return Math.hypot(x - x1 - share * dx, y - y1 - share * dy);
}
