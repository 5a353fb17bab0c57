import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { svgChart } from './svg-chart.js';
import { areaChart } from './terminal-chart.js';
import { at, graph } from './test/usage-graph.js';
import { listElements, parseXml } from './test/xml.js';
import { usageChart } from './usage-chart.js';

const GB = 1024 ** 3;
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00Z');

const options = { title: 'svc-1' };

describe('the chart of usage', () => {
  it('ends where the readings end, or with the cycle', () => {
    expect(usageChart(graph(), options)).toMatchObject({ to: START + 10 * DAY, limit: 60 * GB });
    expect(usageChart(graph(), options).projection).toBeUndefined();
    expect(usageChart(graph(), { ...options, ahead: true })).toMatchObject({
      to: START + 30 * DAY,
      projection: { from: { value: 30 * GB }, to: { at: START + 20 * DAY, value: 60 * GB } },
      summary:
        'Last reading: in 10 GB, out 20 GB, total 30 GB. Allowed: 60 GB. At the present rate, it runs out between 19 Nov 2026 and 23 Nov 2026.',
    });
    expect(usageChart(graph({ cycleEnd: at(12) }), { ...options, ahead: true }).to).toBe(START + 12 * DAY);
    expect(usageChart(graph({ cycleEnd: null }), { ...options, ahead: true }).to).toBe(START + 10 * DAY);
  });

  it('projects the direction that counts, and draws that only beside its line', () => {
    const drawn = usageChart(graph({ mode: 'IN' }), { ...options, ahead: true });
    expect(drawn.projection).toBeDefined();
    const other = usageChart(graph({ mode: 'IN' }), { ...options, ahead: true, lines: ['total'] });
    expect(other.projection).toBeUndefined();
  });

  it('names an allowance that would flatten the figures, and leaves out directions that were not read', () => {
    const drawn = usageChart(graph({ allowedBytes: 9000 * GB }), options);
    expect([drawn.limit, drawn.note]).toEqual([null, 'allowed: 8.79 TB, above the chart']);
    const series = graph().series.map((point) => ({ ...point, inBytes: null }));
    const partial = usageChart(graph({ series, allowedBytes: null, projection: null }), options);
    expect(partial.lines.map(({ name }) => name)).toEqual(['out', 'total']);
    expect(partial.summary).toBe('Last reading: out 20 GB, total 30 GB.');
  });

  it('reaches to the allowance where nothing was used yet', () => {
    const series = graph().series.map(({ at: read }) => ({ at: read, inBytes: 0, outBytes: 0, totalBytes: 0 }));
    const drawn = usageChart(graph({ series, projection: null }), options);
    expect([drawn.limit, drawn.note, drawn.axis.unit]).toEqual([60 * GB, undefined, 'GB']);
  });

  it('stands without readings', () => {
    expect(usageChart(graph({ series: [] }), { ...options, ahead: true })).toMatchObject({ lines: [], limit: 60 * GB });
  });

  const marked = graph({
    allowances: [
      { at: at(0), bytes: 40 * GB },
      { at: at(6), bytes: 60 * GB },
    ],
    holds: [
      { since: at(4), until: at(5) },
      { since: at(4.5), until: at(6) },
      { since: at(9), until: null },
    ],
    purchases: [{ at: at(6), bytes: 20 * GB }],
    lastCycle: {
      start: at(-31),
      end: at(0),
      series: [
        { at: at(-31), inBytes: null, outBytes: null, totalBytes: 0 },
        { at: at(-15.5), inBytes: null, outBytes: null, totalBytes: null },
        { at: at(0), inBytes: null, outBytes: null, totalBytes: 50 * GB },
      ],
    },
  });

  it('marks restrictions, purchases and the cycle before', () => {
    const drawn = usageChart(marked, { ...options, ahead: true });
    expect(drawn.holds).toEqual([
      { from: START + 4 * DAY, to: START + 6 * DAY, text: 'Restricted: 5 Nov 2026 00:00 to 7 Nov 2026 00:00' },
      { from: START + 9 * DAY, to: START + 10 * DAY, text: 'Restricted since 10 Nov 2026 00:00' },
    ]);
    expect(drawn.purchases).toEqual([
      { at: START + 6 * DAY, text: '7 Nov 2026 00:00: bought 20 GB', what: 'bought 20 GB' },
    ]);
    expect(drawn.steps?.map(({ value }) => value)).toEqual([40 * GB, 60 * GB]);
    expect(drawn.ghost).toEqual([
      { at: START, value: 0 },
      { at: START + 15 * DAY, value: null },
      { at: START + 30 * DAY, value: 50 * GB },
    ]);
    expect(drawn.now).toBe(START + 10 * DAY);
    expect(drawn.points?.map(({ text }) => text).at(-1)).toBe(
      '11 Nov 2026 00:00: in 10 GB, out 20 GB, and total 30 GB'.replace(', and', ','),
    );
    expect(drawn.points?.length).toBeLessThanOrEqual(8);
  });

  it('draws them, so that the keyboard reaches each in a page and a picture has none of that', () => {
    const data = usageChart(marked, { ...options, ahead: true });
    const root = parseXml(svgChart(data));
    const classes = (name: string) =>
      ['path', 'rect', 'g', 'circle'].flatMap((each) =>
        listElements(root, each).filter(({ attributes }) => attributes['class']?.split(' ').includes(name) === true),
      );
    expect(classes('chart-threshold')).toHaveLength(2);
    // 40 of 60 GB to the day of the purchase, then all.
    expect(classes('chart-limit')[0]?.attributes['d']).toMatch(/^M84 162\.7H254\.4V64H936$/);
    expect(['ghost', 'range', 'now', 'ahead', 'bought'].map((name) => classes(`chart-${name}`).length)).toEqual([
      3, 1, 1, 2, 1,
    ]);
    const marks = classes('chart-mark');
    expect(marks.every(({ attributes }) => attributes['tabindex'] === '0' && attributes['role'] === 'img')).toBe(true);
    expect(marks).toHaveLength(8 + 2 + 1);
    expect(root.attributes['role']).toBe('group');
    for (const width of [360, 760]) expect(svgChart(data, { width, height: 260 }).length).toBeLessThan(9000);
  });

  it('shows them in a terminal, no wider than that', () => {
    const data = usageChart(marked, { ...options, ahead: true, lines: ['total'] });
    for (const width of [40, 60, 140]) {
      const rows = areaChart(data, data.lines[0]!, { width, height: 12, paint: (text) => text, dim: (text) => text });
      expect(Math.max(...rows.map((row) => row.length))).toBeLessThanOrEqual(width);
      expect(rows.join('\n')).toMatch(/▒.*\+.*▒.*\^/);
      expect(rows.slice(-4).join('  ').replaceAll(/\s+/g, ' ')).toContain(
        '┄ allowed ╌ 80%, 90% · at this rate ∙ last period ▒ restricted + bought ^ now',
      );
      expect(rows.join('\n')).toContain('░');
    }
  });

  it('loses no byte of the cycle before, whatever the lengths of both', () => {
    const readings = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 60 })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(
        readings,
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 11, max: 400 }),
        (rows, before, now) => {
          const sorted = rows.sort(([a], [b]) => a - b);
          const series = sorted.map(([share, gb]) => ({
            at: at((share - 1) * before),
            inBytes: null,
            outBytes: null,
            totalBytes: gb * GB,
          }));
          const lastCycle = { start: at(-before), end: at(0), series };
          const { ghost = [], to } = usageChart(graph({ lastCycle, cycleEnd: at(now) }), { ...options, ahead: true });
          expect(ghost.map(({ value }) => value)).toEqual(series.map(({ totalBytes }) => totalBytes));
          expect(ghost.every((point, index) => point.at >= (ghost[index - 1]?.at ?? START) && point.at <= to)).toBe(
            true,
          );
        },
      ),
    );
  });

  it('draws the projection inside its range, never above the allowance', () => {
    const rates = fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 0, max: 1e11 })));
    fc.assert(
      fc.property(rates, fc.integer({ min: 31, max: 1000 }), (list, allowed) => {
        const [low = 0, perDay = 0, high = 0] = list.sort((a, b) => a - b);
        const limit = allowed * GB;
        const ends = [low, perDay, high].map((rate) => {
          const day = 10 + (limit - 30 * GB) / rate;
          return day < 30 ? at(day) : null;
        });
        const projection = {
          ...graph().projection!,
          ...{ perDayBytes: perDay, lowPerDayBytes: low, highPerDayBytes: high },
          ...{ latest: ends[0] ?? null, at: ends[1] ?? null, earliest: ends[2] ?? null },
          outlook: ends[1] == null ? ('lasts' as const) : ('runs-out' as const),
        };
        const drawn = usageChart(graph({ projection, allowedBytes: limit }), { ...options, ahead: true }).projection!;
        const ahead = [drawn.low ?? drawn.to, drawn.to, drawn.high ?? drawn.to];
        for (const [index, { at: end, value }] of ahead.entries()) {
          expect(value).toBeLessThanOrEqual(limit);
          expect(value).toBeGreaterThanOrEqual(30 * GB);
          expect(end).toBeLessThanOrEqual(ahead[index - 1]?.at ?? Infinity);
          expect(value).toBeGreaterThanOrEqual((ahead[index - 1]?.value ?? 0) - 1);
        }
      }),
    );
  });
});
