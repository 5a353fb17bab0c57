import { describe, expect, it } from '@jest/globals';
import { plainAxis } from './axis.js';
import type { ChartData, ChartPoint } from './chart.js';
import { areaChart } from './terminal-chart.js';

const HOUR = 3_600_000;
const FROM = Date.parse('2026-11-20T00:00:00Z');

/** Makes a chart of a day with these values by hour. */
function chart(values: Record<number, number | null>, change: Partial<ChartData> = {}): ChartData {
  const list: ChartPoint[] = Object.entries(values)
    .map(([hour, value]) => ({ at: FROM + Number(hour) * HOUR, value }))
    .sort((a, b) => a.at - b.at);
  const figures = list.flatMap(({ value }) => (value === null ? [] : [value]));
  return {
    title: 'a chart',
    from: FROM,
    to: FROM + 24 * HOUR,
    timeZone: 'UTC',
    axis: plainAxis(figures, 4, 'GB'),
    lines: [{ name: 'total', points: list }],
    breaks: [],
    limit: null,
    ...change,
  };
}

/** The chart as plain text: what is over the limit in stars. */
function draw(data: ChartData, width = 40, height = 4): string[] {
  return areaChart(data, data.lines[0]!, {
    width,
    height,
    paint: (text, over) => (over ? text.replaceAll(/\S/g, '*') : text),
    dim: (text) => text,
  });
}

describe('the chart in a terminal', () => {
  it('draws columns up to each figure, with both axes', () => {
    const points = Object.fromEntries(Array.from({ length: 25 }, (_, hour) => [hour, hour / 6]));
    expect(draw(chart(points))).toEqual([
      '4 GB ┤                          ▁▁▃▄▄▅▇█',
      '3 GB ┤                  ▁▃▃▄▅▅▇█████████',
      '2 GB ┤         ▁▁▃▄▄▅▇██████████████████',
      '1 GB ┤▁▁▃▃▄▅▅▇██████████████████████████',
      '0 GB └┬────────────────┬───────────────┬',
      '      20 Nov         12:00        21 Nov',
    ]);
  });

  it('is never wider than the terminal, whatever that is', () => {
    const points = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [(n * 24) / 300, n * 1000]));
    for (const width of [24, 40, 79, 80, 200]) {
      const rows = draw(chart(points), width, 12);
      expect(rows).toHaveLength(14);
      expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
      expect(rows[0]!.length).toBeGreaterThan(width - 8);
    }
  });

  it('leaves blank what is not known: before the first, after the last, across a gap and a new beginning', () => {
    const bottom = (data: ChartData): string => draw(data, 31, 2)[1]!.slice('0 GB │'.length).trimEnd();
    const full = bottom(chart({ 0: 4, 24: 4 }));
    expect(full).toBe('█'.repeat(full.length));
    expect(bottom(chart({ 12: 4, 24: 4 }))).toMatch(/^ {11,12}█+$/);
    expect(bottom(chart({ 0: 4, 12: 4 }))).toMatch(/^█{12,13}$/);
    expect(bottom(chart({ 0: 4, 6: null, 18: 4, 24: 4 }))).toMatch(/^█{5,6} {11,13}█{6,7}$/);
    expect(bottom(chart({ 0: 4, 18: 4, 24: 4 }, { breaks: [FROM + 6 * HOUR] }))).toMatch(/^█{6,7} {11,13}█{6,7}$/);
  });

  it('shows what is next to nothing, and nothing where nothing is known', () => {
    expect(draw(chart({ 0: 0, 24: 0 }))[3]).toContain('▁▁▁▁');
    expect(draw(chart({}))[3]).not.toMatch(/[▁-█]/);
  });

  it('marks the limit, and what is over it', () => {
    const rows = draw(chart({ 0: 1, 12: 4, 24: 4 }, { limit: 3 }));
    expect(rows.join('\n')).toMatch(/┄{5,}/);
    expect(rows[3]).toMatch(/│?█+\*+$/);
  });
});
