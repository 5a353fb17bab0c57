import { expect, it } from '@jest/globals';
import { UNKNOWN_UNIT } from './chart.js';
import { panelChart } from './panel-chart.js';

const graph = { window: { start: '2026-11-20T00:00:00Z', end: '2026-11-21T00:00:00Z' }, timeZone: 'UTC' };
const times = [{ at: '2026-11-20T06:00:00Z' }, { at: null }, { at: '2026-11-20T12:00:00Z' }];

it('draws figures that have an instant, and keeps gaps', () => {
  const chart = panelChart(
    graph,
    { series: [{ name: 'eth0', values: [4, 9, null] }], times, unit: 'Mbit/s' },
    { title: 'Traffic' },
  );
  const at = (hour: number): number => Date.UTC(2026, 10, 20, hour);
  expect(chart).toMatchObject({ title: 'Traffic', from: at(0), to: at(24), limit: null });
  expect(chart.lines).toEqual([
    {
      name: 'eth0',
      points: [
        { at: at(6), value: 4 },
        { at: at(12), value: null },
      ],
    },
  ]);
  expect([chart.axis.unit, chart.axis.max]).toEqual(['Mbit/s', 4]);
});

it('says where the unit is unknown', () => {
  expect(panelChart(graph, { series: [], times, unit: null }, { title: 'Traffic' }).axis.unit).toBe(UNKNOWN_UNIT);
});

it.each([
  [
    ['Inbound', 'Outbound', 'Total'],
    ['in', 'out', 'total'],
  ],
  [
    ['Inbound', 'eth0'],
    ['in', 'eth0'],
  ],
  [
    ['In', 'Incoming'],
    ['In', 'Incoming'],
  ],
])('names the lines %j as ours, which have words in each language, where that keeps them apart', (theirs, ours) => {
  const series = theirs.map((name) => ({ name, values: [1, 2, 3] }));
  const { lines } = panelChart(graph, { series, times, unit: null }, { title: 'Traffic', language: 'fa' });
  expect(lines.map(({ name }) => name)).toEqual(ours);
});
