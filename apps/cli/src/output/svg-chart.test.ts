import { describe, expect, it } from '@jest/globals';
import { elementsOf, parseXml } from '../test/xml.js';
import { byteAxis } from './chart-axis.js';
import type { ChartData } from './chart.js';
import { svgChart, svgPicture } from './svg-chart.js';

const GB = 1024 ** 3;
const HOUR = 3_600_000;
const FROM = Date.parse('2026-11-20T00:00:00Z');

function chart(change: Partial<ChartData> = {}): ChartData {
  const points = (factor: number) =>
    [0, 6, 12, 18, 24].map((hour) => ({ at: FROM + hour * HOUR, value: hour * factor * GB }));
  return {
    title: 'svc-1: traffic',
    from: FROM,
    to: FROM + 24 * HOUR,
    timeZone: 'Europe/Berlin',
    axis: byteAxis([0, 30 * GB], 5),
    lines: [
      { name: 'in', points: points(0.5) },
      { name: 'total', points: points(1) },
    ],
    breaks: [],
    limit: 20 * GB,
    ...change,
  };
}

const textsOf = (svg: string): string[] => elementsOf(parseXml(svg), 'text').map(({ text }) => text);

describe('the chart as SVG', () => {
  it('is a document of its own with a title, a description and a size', () => {
    const root = parseXml(svgChart(chart()));
    expect(root.name).toBe('svg');
    expect(root.attributes).toMatchObject({ xmlns: 'http://www.w3.org/2000/svg', role: 'img', viewBox: '0 0 960 420' });
    expect(elementsOf(root, 'title')[0]?.text).toBe('svc-1: traffic');
    expect(elementsOf(root, 'desc')[0]?.text).toContain('in, total in GB');
  });

  it('has both axes with marks and units, a legend and the limit', () => {
    const texts = textsOf(svgChart(chart()));
    expect(texts).toEqual(
      expect.arrayContaining(['0', '10', '20', '30', 'GB', 'in', 'total', 'allowed', 'svc-1: traffic']),
    );
    expect(texts).toEqual(expect.arrayContaining(['03:00', '06:00', '21 Nov']));
    expect(texts).toContain('20 Nov 2026 01:00 to 21 Nov 2026 01:00 (Europe/Berlin)');
  });

  it('draws the figures where the axes say they are', () => {
    const paths = elementsOf(parseXml(svgChart(chart())), 'path').filter(
      ({ attributes }) => attributes['stroke-width'],
    );
    expect(paths).toHaveLength(2);
    // From the lower left of the plot to its right edge, at 12 and 24 of 30 GB.
    expect(paths[0]?.attributes['d']).toMatch(/^M84 348L.*L936 234\.4$/);
    expect(paths[1]?.attributes['d']).toMatch(/L936 120\.8$/);
  });

  it('parts a line where nothing is known and where the figures begin anew, and shows a lonely point', () => {
    const points = [
      { at: FROM, value: 1 * GB },
      { at: FROM + 2 * HOUR, value: 2 * GB },
      { at: FROM + 4 * HOUR, value: null },
      { at: FROM + 6 * HOUR, value: 3 * GB },
      { at: FROM + 12 * HOUR, value: 1 * GB },
      { at: FROM + 14 * HOUR, value: 2 * GB },
    ];
    const root = parseXml(svgChart(chart({ lines: [{ name: 'total', points }], breaks: [FROM + 8 * HOUR] })));
    const lines = elementsOf(root, 'path').filter(({ attributes }) => attributes['stroke-width']);
    expect(lines).toHaveLength(2);
    expect(elementsOf(root, 'circle')).toHaveLength(1);
  });

  it('leaves out a limit that is not on its scale, and stands without figures', () => {
    expect(textsOf(svgChart(chart({ limit: 500 * GB })))).not.toContain('allowed');
    expect(textsOf(svgChart(chart({ lines: [], axis: byteAxis([], 5), limit: null })))).toContain('svc-1: traffic');
  });

  it('keeps names with marks of XML in them apart from it', () => {
    const title = `<script>alert("x")</script> & 'co'\u0007`;
    const root = parseXml(svgChart(chart({ title, lines: [{ name: 'a<b>&"c"', points: [] }] })));
    expect(elementsOf(root, 'script')).toEqual([]);
    expect(elementsOf(root, 'title')[0]?.text).toBe(title.replace('\u0007', '\uFFFD'));
    expect(elementsOf(root, 'text').map(({ text }) => text)).toContain('a<b>&"c"');
  });

  it('shows names on one line and in their own direction', () => {
    const svg = svgChart(chart({ title: 'a\u202eb\u2028c\nd\u009be' }));
    expect(textsOf(svg)).toContain('a\uFFFDb\uFFFDc d\uFFFDe');
    expect(svg).not.toMatch(/[\u0080-\u009f\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('holds a picture of the panel in its own size', () => {
    const png = Buffer.alloc(24);
    png.writeUInt32BE(600, 16);
    png.writeUInt32BE(200, 20);
    const root = parseXml(svgPicture('a & b', png));
    expect(root.attributes).toMatchObject({ width: '600', height: '240' });
    expect(elementsOf(root, 'image')[0]?.attributes).toMatchObject({
      width: '600',
      height: '200',
      href: `data:image/png;base64,${png.toString('base64')}`,
    });
  });
});
