import type { ChartBar, ChartData } from './chart.js';
import { type Reach, saying } from './svg-marks.js';
import { type Plot, toSlot } from './svg-plot.js';
import { coordinate } from './svg-text.js';

/** Bars that the keyboard reaches: the newest. A table says all of them. */
const REACHED = 7;

/** Draws bars from the axis upwards, part on part; each says its text. */
export function drawnBars({ bars = [], axis }: ChartData, plot: Plot, reach: Reach): string[] {
  const places = bars.map((bar) => toPlace(bar, plot));
  const drawn = bars.map((bar, place) => drawnParts(bar, places[place] ?? [0, 0], { axis, plot }));
  const isReached = (place: number): boolean => reach.isReached && place >= bars.length - REACHED;
  const said = bars.map(({ text, partial }, place) => {
    const names = partial ? 'chart-bars chart-partial' : 'chart-bars';
    const parts = drawn[place] ?? '';
    if (!isReached(place)) return saying(parts, text, { plot, names, key: `b${place}`, isReached: false });
    const [start, width] = places[place] ?? [0, 0];
    const hit = `<rect class="chart-hit" x="${start}" y="${plot.top}" width="${width}" height="${coordinate(plot.bottom - plot.top)}"/>`;
    const content = `${hit}<g class="chart-over">${parts}</g>`;
    return saying(content, text, { plot, names, key: `b${place}`, isReached: true });
  });
  // What one says must not be below the bars after it.
  const below = drawn.filter((_, place) => isReached(place));
  const partial = bars.filter((_, place) => isReached(place)).map((bar) => bar.partial);
  return [
    ...said.filter((_, place) => !isReached(place)),
    ...below.map((parts, index) => (partial[index] === true ? `<g class="chart-partial">${parts}</g>` : parts)),
    ...said.filter((_, place) => isReached(place)),
  ];
}

/** Returns where a bar begins, and how wide it is. */
function toPlace({ from, to }: ChartBar, { x }: Plot): [start: number, width: number] {
  const span = Math.abs(x(to) - x(from));
  const gap = Math.min(2, span * 0.2);
  return [coordinate(Math.min(x(from), x(to)) + gap / 2), coordinate(Math.max(1, span - gap))];
}

function drawnParts(
  { parts }: ChartBar,
  [start, width]: [number, number],
  { axis, plot: { y } }: Pick<ChartData, 'axis'> & { plot: Plot },
): string {
  let base = Math.max(0, axis.min);
  const drawn = parts.map(({ value, ...part }, index) => {
    const top = y(base + value);
    const height = coordinate(y(base) - top);
    base += value;
    // Shares are apart, for those to whom their colours are alike.
    const below = part.share !== undefined && index > 0 && height >= 3 ? 1 : 0;
    return `<path class="chart-bar chart-${toSlot(part, index)}" d="M${start} ${top}h${width}v${coordinate(height - below)}h-${width}z"/>`;
  });
  return drawn.join('');
}
