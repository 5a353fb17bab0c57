import { describe, expect, it } from '@jest/globals';
import { svgChart, svgDocument } from './svg-chart.js';
import { shareSign } from './terminal-marks.js';
import { areaChart } from './terminal-chart.js';
import { listElements, parseXml } from './test/xml.js';
import { trafficChart, type TrafficGraph } from './traffic-chart.js';
import { splitFigures, splitShares, type TrafficSplit } from './traffic-split.js';

const GB = 1024 ** 3;
const HOUR = 3_600_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const at = (hour: number) => new Date(START + hour * HOUR).toISOString();

const group = (key: string | null, name: string | null = null): TrafficSplit => ({
  key,
  name,
  others: false,
  groups: 1,
});
const OTHERS: TrafficSplit = { key: null, name: null, others: true, groups: 3 };

/** Bars of hours, each by the gigabytes of its parts. */
function graph(split: TrafficSplit[], hours: (number | null)[][]): TrafficGraph {
  const total = (gb: number | null) => ({ inBytes: null, outBytes: null, totalBytes: gb === null ? null : gb * GB });
  return {
    ...{ window: { start: at(0), end: at(hours.length) }, timeZone: 'UTC', step: 'hour', split },
    bars: hours.map((parts, index) => {
      const known = parts.filter((part) => part !== null);
      const sum = known.length === 0 ? null : known.reduce((all, part) => all + part, 0);
      return { start: at(index), end: at(index + 1), ...total(sum), known: 1, parts: parts.map(total) };
    }),
  };
}

const toPlot = (row: string): string => row.slice(row.search(/[│┤]/) + 1);
const SPLIT = [group('7', 'in'), group('8', 'Sara'), OTHERS];

describe('bars that are split', () => {
  it('are of their parts, each with its name, whatever that is', () => {
    const chart = trafficChart(
      graph(SPLIT, [
        [4, 2, 1],
        [null, 2, null],
        [null, null, null],
      ]),
      { title: 'all' },
    );
    expect(chart.lines.map(({ name, share }) => [name, share])).toEqual([
      ['in', 1],
      ['Sara', 2],
      ['3 others', 6],
    ]);
    expect(chart.bars?.map(({ text }) => text.replaceAll(/[\u2068\u2069]/g, '|'))).toEqual([
      '1 Nov 2026 00:00 to 1 Nov 2026 01:00: |in| 4 GB, |Sara| 2 GB, |3\u00A0others| 1 GB (16.7 Mbit/s)',
      '1 Nov 2026 01:00 to 1 Nov 2026 02:00: |Sara| 2 GB (4.77 Mbit/s)',
    ]);
    const persian = trafficChart(graph(SPLIT, [[4, 2, 1]]), { title: 'all', language: 'fa' });
    expect(persian.lines.map(({ name }) => name)).toEqual(['in', 'Sara', '۳ مورد دیگر']);
  });

  it('have the same colour in each bar and in the legend', () => {
    const chart = trafficChart(
      graph(SPLIT, [
        [4, 2, 1],
        [null, 2, 1],
      ]),
      { title: 'all' },
    );
    const root = parseXml(svgChart(chart));
    const bars = listElements(root, 'g').filter(({ attributes }) => attributes['class']?.startsWith('chart-bars'));
    expect(bars.map((bar) => listElements(bar, 'path').map(({ attributes }) => attributes['class']))).toEqual([
      ['chart-bar chart-5', 'chart-bar chart-6', 'chart-bar chart-10'],
      ['chart-bar chart-6', 'chart-bar chart-10'],
    ]);
    const legend = listElements(root, 'rect').flatMap(({ attributes }) => attributes['class'] ?? []);
    expect(legend.filter((names) => names.startsWith('chart-bar'))).toEqual([
      'chart-bar chart-5',
      'chart-bar chart-6',
      'chart-bar chart-10',
    ]);
    for (const theme of ['light', 'dark'] as const)
      for (const slot of [5, 6, 7, 8, 9, 10])
        expect(svgDocument(chart, { theme })).toMatch(new RegExp(`\\.chart-bar\\.chart-${slot}[,{]`));
  });

  it('have a space between their parts, and begin where the part below ends', () => {
    const chart = trafficChart(graph(SPLIT, [[4, 2, 1]]), { title: 'all' });
    const paths = listElements(parseXml(svgChart(chart)), 'path').filter(({ attributes }) =>
      attributes['class']?.startsWith('chart-bar '),
    );
    const spans = paths.map(({ attributes }) => {
      const [, top = 0, height = 0] = (/ ([\d.]+)h[\d.]+v([\d.]+)h/.exec(attributes['d'] ?? '') ?? []).map(Number);
      return [top, top + height];
    });
    for (const [index, [, bottom = 0]] of spans.slice(1, 3).entries())
      expect(Math.round(((spans[index]?.[0] ?? 0) - bottom) * 10) / 10).toBe(1);
  });

  it('say names of another direction, each in one piece and apart', () => {
    const chart = trafficChart(graph([group('7', 'شرکت پارس\u202E\u2069')], [[6]]), { title: 'all' });
    const svg = svgChart(chart);
    const said = listElements(parseXml(svg), 'text')
      .map(({ text }) => text)
      .find((text) => text.includes(' GB ('));
    expect(said).toContain('\u2068شرکت\u00A0پارس\uFFFD\uFFFD\u2069 6 GB');
    expect(svg).not.toMatch(/\u202E|\u2069\u2069/);
  });

  it('say their texts in front of the bars after them', () => {
    const hours = Array.from({ length: 9 }, () => [4, 2, 1]);
    const root = parseXml(svgChart(trafficChart(graph(SPLIT, hours), { title: 'all' })));
    const drawn = listElements(root, 'path').filter(({ attributes }) => attributes['class']?.startsWith('chart-bar '));
    const said = listElements(root, 'text').filter(({ attributes }) => attributes['class']?.startsWith('chart-says'));
    // The newest seven are drawn a second time, for those who reach them.
    expect([drawn.length, said.length]).toEqual([(9 + 7) * 3, 7]);
    const svg = svgChart(trafficChart(graph(SPLIT, hours), { title: 'all' }));
    const after = svg.slice(svg.indexOf('<text class="chart-says'));
    expect(after.replaceAll(/<g class="chart-over">.*?<\/g>/g, '')).not.toContain('chart-bar ');
  });

  it('differ in a terminal without colours', () => {
    const chart = trafficChart(
      graph(SPLIT, [
        [4, 2, 2],
        [null, 4, null],
        [0.01, null, null],
      ]),
      { title: 'all' },
    );
    const style = { width: 24, height: 4, paint: (text: string) => text, dim: (text: string) => text };
    const rows = areaChart(chart, chart.lines[0] ?? { name: '', points: [] }, style);
    const [first, second, others] = [1, 2, 6].map(shareSign) as [string, string, string];
    expect(rows.slice(0, 4).map(toPlot)).toEqual([
      others.repeat(6),
      second.repeat(6),
      `${first.repeat(6)}${second.repeat(6)}`,
      `${first.repeat(6)}${second.repeat(6)}${'▁'.repeat(6)}`,
    ]);
    expect(new Set([1, 2, 3, 4, 5, 6].map(shareSign)).size).toBe(6);
    const painted = areaChart(chart, chart.lines[0] ?? { name: '', points: [] }, {
      ...style,
      paintShare: (text, share) => text.replaceAll(/./gu, String(share)),
    });
    expect(toPlot(painted[1] ?? '')).toBe('222222');
  });
});

describe('the names of the parts', () => {
  const names = (split: TrafficSplit[]): string[] => splitShares(split).map(({ name }) => name);

  it('are names, else ids, and differ', () => {
    expect(names([group('dcim'), group('7', 'Sara'), group('8', 'Sara'), group(null), OTHERS])).toEqual([
      'dcim',
      '7 Sara',
      '8 Sara',
      'no client',
      '3 others',
    ]);
    expect(names([group('1', 'A very long name of a client indeed')])).toEqual(['A very long name of a c…']);
    expect(names([{ ...OTHERS, groups: 1 }, group('9', '1 other')])).toEqual(['1 other', '9 1 other']);
  });
});

it('the figures of the parts are of the directions that the bar knows', () => {
  const bar = { start: at(0), end: at(1), known: 1, inBytes: 5, outBytes: null, totalBytes: null };
  const parts = [
    { inBytes: 5, outBytes: null, totalBytes: null },
    { inBytes: null, outBytes: 7, totalBytes: null },
  ];
  expect(splitFigures({ ...bar, parts })).toEqual([5, null]);
  expect(splitFigures({ ...bar, inBytes: null, parts })).toEqual([null, null]);
  expect(splitFigures({ ...bar, totalBytes: 9, parts: [{ inBytes: 5, outBytes: 3, totalBytes: 9 }] })).toEqual([9]);
});
