import type { ChartData } from './chart.js';
import { type Reach, saying } from './svg-marks.js';
import { type Plot, toSlot } from './svg-plot.js';
import { coordinate } from './svg-text.js';

/** Bars that the keyboard reaches: the newest. A table says all of them. */
const REACHED = 7;

/** Draws bars from the axis upwards, part on part; each says its text. */
export function drawnBars({ bars = [], axis }: ChartData, plot: Plot, reach: Reach): string[] {
  const { x, y } = plot;
  return bars.map(({ from, to, parts, text, partial }, place) => {
    const span = Math.abs(x(to) - x(from));
    const gap = Math.min(2, span * 0.2);
    const start = coordinate(Math.min(x(from), x(to)) + gap / 2);
    const width = coordinate(Math.max(1, span - gap));
    let base = Math.max(0, axis.min);
    const drawn = parts.map(({ name, value }, index) => {
      const top = y(base + value);
      const height = coordinate(y(base) - top);
      base += value;
      const slot = toSlot({ name, points: [] }, index);
      return `<path class="chart-bar chart-${slot}" d="M${start} ${top}h${width}v${height}h-${width}z"/>`;
    });
    const names = partial ? 'chart-bars chart-partial' : 'chart-bars';
    return saying(drawn.join(''), text, {
      plot,
      names,
      key: `b${place}`,
      isReached: reach.isReached && place >= bars.length - REACHED,
    });
  });
}
