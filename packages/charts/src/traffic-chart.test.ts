import { describe, expect, it } from '@jest/globals';
import { svgChart } from './svg-chart.js';
import { areaChart } from './terminal-chart.js';
import { listElements, parseXml } from './test/xml.js';
import { graph as cycle } from './test/usage-graph.js';
import { trafficChart, trafficTitle } from './traffic-chart.js';
import type { UsageGraph, UsageGraphBar } from './usage-graph.js';

const GB = 1024 ** 3;
const HOUR = 3_600_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const at = (hour: number) => new Date(START + hour * HOUR).toISOString();

function graph(bars: Partial<UsageGraphBar>[]): UsageGraph {
  const unknown = { inBytes: null, outBytes: null, totalBytes: null, known: 1 };
  return cycle({
    window: { start: at(0), end: at(bars.length) },
    series: [],
    cycleEnd: null,
    step: 'hour',
    bars: bars.map((bar, index) => ({ ...unknown, start: at(index), end: at(index + 1), ...bar })),
  });
}

const both = (gb: number) => ({ inBytes: gb * GB, outBytes: 2 * gb * GB, totalBytes: 3 * gb * GB });

describe('the chart of traffic', () => {
  it('stacks in and out, each bar with its time, its bytes and its rate', () => {
    const chart = trafficChart(graph([both(1), both(2)]), { title: trafficTitle({ step: 'hour' }) });
    expect(chart.title).toBe('Traffic in each hour');
    expect(chart.bars?.map(({ parts }) => parts.map(({ value }) => value / GB))).toEqual([
      [1, 2],
      [2, 4],
    ]);
    expect(chart.summary).toBe('Highest: 1 Nov 2026 01:00 to 1 Nov 2026 02:00: in 2 GB, out 4 GB (14.32 Mbit/s).');
    const root = parseXml(svgChart(chart));
    const bars = listElements(root, 'g').filter(({ attributes }) => attributes['class']?.startsWith('chart-bars'));
    expect(bars.map((bar) => listElements(bar, 'text')[0]?.text)).toEqual([
      '1 Nov 2026 00:00 to 1 Nov 2026 01:00: in 1 GB, out 2 GB (7.16 Mbit/s)',
      '1 Nov 2026 01:00 to 1 Nov 2026 02:00: in 2 GB, out 4 GB (14.32 Mbit/s)',
    ]);
    // Out stands on in: from the axis to the highest mark, 6 GB, are 296 pixels.
    const [inner, outer] = listElements(bars[1] ?? root, 'path').map(({ attributes }) => attributes['d']);
    expect([inner, outer]).toEqual([
      expect.stringMatching(/ 261\.3h[\d.]+v98\.7h/),
      expect.stringMatching(/ 64h[\d.]+v197\.3h/),
    ]);
  });

  it('has no bar for what is not known, says what is known in part, and shows a total where that is all', () => {
    const bars = [{ known: 0 }, { ...both(1), known: 0.5 }, { inBytes: GB, totalBytes: 3 * GB }];
    const chart = trafficChart(graph(bars), { title: 'svc-1' });
    expect(chart.bars).toHaveLength(2);
    expect(chart.bars?.[0]).toMatchObject({ partial: true });
    expect(chart.bars?.[0]?.text).toContain('(at least; 50% of the time is known)');
    expect(chart.bars?.[1]?.parts).toEqual([{ name: 'total', value: 3 * GB }]);
    expect(chart.lines.map(({ name }) => name)).toEqual(['in', 'out', 'total']);
    expect(svgChart(chart)).toContain('chart-partial');
    expect(trafficChart(graph([]), { title: 'svc-1' })).toMatchObject({ lines: [], bars: [] });
  });

  it('is drawn in a terminal', () => {
    const chart = trafficChart(graph([both(1), { known: 0 }, both(2), both(4)]), { title: 'svc-1' });
    const [line] = chart.lines;
    const style = { width: 24, height: 4, paint: (text: string) => text, dim: (text: string) => text };
    const rows = areaChart(chart, line ?? { name: 'in', points: [] }, style);
    expect(rows.slice(0, 4).map((row) => row.slice(8))).toEqual([
      '            ████',
      '            ████',
      '       █████████',
      '███    █████████',
    ]);
    expect(rows.every((row) => row.length <= 24)).toBe(true);
  });
});
