import { describe, expect, it } from '@jest/globals';
import { usageChart, type UsageGraph } from './usage-chart.js';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');
const at = (day: number) => new Date(START + day * DAY).toISOString();

/** Usage of 10 days of a cycle of 30: 1 GB in and 2 GB out each day. */
function graph(change: Partial<UsageGraph> = {}): UsageGraph {
  return {
    window: { start: at(0), end: at(10) },
    timeZone: 'UTC',
    mode: 'TOTAL',
    allowedBytes: 60 * GB,
    series: Array.from({ length: 11 }, (_, n) => ({
      at: at(n),
      inBytes: n * GB,
      outBytes: 2 * n * GB,
      totalBytes: 3 * n * GB,
    })),
    breaks: [],
    cycleEnd: at(30),
    step: 'day',
    bars: [],
    ...change,
  };
}

const options = { title: 'svc-1', now: START + 10 * DAY };

describe('the chart of usage', () => {
  it('ends where the readings end, or with the cycle', () => {
    expect(usageChart(graph(), options)).toMatchObject({ to: START + 10 * DAY, limit: 60 * GB });
    expect(usageChart(graph(), options).projection).toBeUndefined();
    expect(usageChart(graph(), { ...options, ahead: true })).toMatchObject({
      to: START + 30 * DAY,
      projection: { from: { value: 30 * GB }, to: { at: START + 20 * DAY, value: 60 * GB } },
      summary:
        'Last reading: in 10 GB, out 20 GB, total 30 GB. Allowed: 60 GB. At the present rate, it runs out on 21 Nov 2026.',
    });
    expect(usageChart(graph({ cycleEnd: at(12) }), { ...options, ahead: true }).to).toBe(START + 12 * DAY);
    expect(usageChart(graph({ cycleEnd: null }), { ...options, ahead: true }).to).toBe(START + 10 * DAY);
  });

  it('projects the direction that counts, and draws that only beside its line', () => {
    const drawn = usageChart(graph({ mode: 'IN' }), { ...options, ahead: true });
    expect(drawn.projection?.from.value).toBe(10 * GB);
    const other = usageChart(graph({ mode: 'IN' }), { ...options, ahead: true, lines: ['total'] });
    expect(other.projection).toBeUndefined();
  });

  it('names an allowance that would flatten the figures, and leaves out directions that were not read', () => {
    const drawn = usageChart(graph({ allowedBytes: 9000 * GB }), options);
    expect([drawn.limit, drawn.note]).toEqual([null, 'allowed: 8.79 TB, above the chart']);
    const series = graph().series.map((point) => ({ ...point, inBytes: null }));
    const partial = usageChart(graph({ series, allowedBytes: null }), options);
    expect(partial.lines.map(({ name }) => name)).toEqual(['out', 'total']);
    expect(partial.summary).toBe('Last reading: out 20 GB, total 30 GB.');
  });

  it('stands without readings', () => {
    expect(usageChart(graph({ series: [] }), { ...options, ahead: true })).toMatchObject({ lines: [], limit: 60 * GB });
  });
});
