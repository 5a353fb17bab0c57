import { describe, expect, it } from '@jest/globals';
import { byteAxis } from './axis.js';
import type { ChartData } from './chart.js';
import { responsiveChart, svgChart, svgDocument } from './svg-chart.js';
import { svgPicture } from './svg-picture.js';
import { chartStyles } from './svg-styles.js';
import { listElements, parseXml } from './test/xml.js';

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

/** The lines of a drawing, without legend and areas. */
const listLines = (svg: string): string[] =>
  listElements(parseXml(svg), 'path')
    .filter(({ attributes }) => attributes['class']?.startsWith('chart-line') === true)
    .map(({ attributes }) => attributes['d'] ?? '')
    .filter((path) => !/h-?26$/.test(path));

const listTexts = (svg: string): string[] => listElements(parseXml(svg), 'text').map(({ text }) => text);

describe('the chart as SVG', () => {
  it('is a document of its own with a title, a description and a size', () => {
    const root = parseXml(svgDocument(chart()));
    expect(root.name).toBe('svg');
    expect(root.attributes).toMatchObject({ xmlns: 'http://www.w3.org/2000/svg', role: 'img', viewBox: '0 0 960 420' });
    expect(listElements(root, 'title')[0]?.text).toBe('svc-1: traffic');
    expect(listElements(root, 'desc')[0]?.text).toContain('in, total in GB');
  });

  it('has both axes with marks and units, a legend and the limit', () => {
    const texts = listTexts(svgChart(chart()));
    expect(texts).toEqual(
      expect.arrayContaining(['0', '10', '20', '30', 'GB', 'in', 'total', 'allowed', 'svc-1: traffic']),
    );
    expect(texts).toEqual(expect.arrayContaining(['03:00', '06:00', '21 Nov']));
    expect(texts).toContain('20 Nov 2026 01:00 to 21 Nov 2026 01:00 (Europe/Berlin)');
  });

  it('draws the figures where the axes say they are', () => {
    const paths = listLines(svgChart(chart()));
    expect(paths).toHaveLength(2);
    // From the lower left of the plot to its right edge, at 12 and 24 of 30 GB.
    expect(paths[0]).toMatch(/^M84 360L936 241\.6$/);
    expect(paths[1]).toMatch(/L936 123\.2$/);
  });

  it('is mirrored, with words, digits and dates, in a language that is written from right to left', () => {
    const ltr = svgChart(chart(), { width: 960 });
    const rtl = svgChart(chart({ language: 'fa' }), { width: 960 });
    const xs = (svg: string): number[] =>
      listLines(svg)
        .flatMap((path) => path.slice(1).split('L'))
        .map((point) => Number(point.split(' ')[0]));
    const mirrored = xs(rtl);
    expect(mirrored).toHaveLength(xs(ltr).length);
    for (const [index, x] of xs(ltr).entries()) expect((mirrored[index] ?? 0) + x).toBeCloseTo(960, 1);
    const texts = listTexts(rtl);
    expect(texts).toEqual(expect.arrayContaining(['دریافت', 'مجموع', 'مجاز', 'گیگابایت', '۲۰', '۱۰', '۰']));
    expect(
      texts.filter((text) => /[0-9]|[a-z]{3}/.test(text.replaceAll(/svc-1: traffic|\(Europe\/Berlin\)/g, ''))),
    ).toEqual([]);
    const [limit] = listElements(parseXml(rtl), 'text').filter(({ text }) => text === 'مجاز');
    expect([limit?.attributes['class'], Number(limit?.attributes['x']) < 480]).toEqual(['chart-note', true]);
  });

  it('names the days alone where times of the period do not fit on a phone', () => {
    const period = { from: Date.parse('2026-11-15T00:00:00Z'), timeZone: 'UTC' };
    const words = (width: number, language: 'en' | 'pt-BR'): string =>
      listTexts(svgChart(chart({ ...period, language }), { width })).find((text) => text.includes('2026')) ?? '';
    expect(words(300, 'en')).toBe('15 Nov 2026 00:00 to 21 Nov 2026 00:00');
    expect(words(300, 'pt-BR')).toBe('15 de nov. de 2026 a 21 de nov. de 2026');
    expect(words(960, 'pt-BR')).toBe('15 de nov. de 2026, 00:00 a 21 de nov. de 2026, 00:00 (UTC)');
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
    const svg = svgChart(chart({ lines: [{ name: 'total', points }], breaks: [FROM + 8 * HOUR] }));
    expect(listLines(svg)).toHaveLength(2);
    expect(listElements(parseXml(svg), 'circle')).toHaveLength(1);
  });

  it('shows two readings that are close together', () => {
    const points = [23.95, 24].map((hour) => ({ at: FROM + hour * HOUR, value: hour * GB }));
    const svg = svgChart(chart({ lines: [{ name: 'total', points }] }));
    expect(listElements(parseXml(svg), 'circle')).toHaveLength(1);
    expect(listLines(svg)).toEqual([]);
  });

  it('leaves out a limit that is not on its scale, and stands without figures', () => {
    expect(listTexts(svgChart(chart({ limit: 500 * GB })))).not.toContain('allowed');
    expect(listTexts(svgChart(chart({ lines: [], axis: byteAxis([], 5), limit: null })))).toContain('svc-1: traffic');
  });

  it('keeps names with marks of XML in them apart from it', () => {
    const title = `<script>alert("x")</script> & 'co'\u0007`;
    const root = parseXml(svgChart(chart({ title, lines: [{ name: 'a<b>&"c"', points: [] }] })));
    expect(listElements(root, 'script')).toEqual([]);
    expect(listElements(root, 'title')[0]?.text).toBe(title.replace('\u0007', '\uFFFD'));
    expect(listElements(root, 'text').map(({ text }) => text)).toContain('a<b>&"c"');
  });

  it('shows names on one line and in their own direction', () => {
    const svg = svgChart(chart({ title: 'a\u202eb\u2028c\nd\u009be' }));
    expect(listTexts(svg)).toContain('a\uFFFDb\uFFFDc d\uFFFDe');
    expect(svg).not.toMatch(/[\u0080-\u009f\p{Cf}\p{Zl}\p{Zp}]/u);
  });

  it('holds a picture of the panel in its own size', () => {
    const png = Buffer.alloc(24);
    png.writeUInt32BE(600, 16);
    png.writeUInt32BE(200, 20);
    const root = parseXml(svgPicture('a & b', png));
    expect(root.attributes).toMatchObject({ width: '600', height: '240' });
    expect(listElements(root, 'image')[0]?.attributes).toMatchObject({
      width: '600',
      height: '200',
      href: `data:image/png;base64,${png.toString('base64')}`,
    });
  });

  it('draws the projection, and says it to those who can not see it', () => {
    const ahead = { from: { at: FROM + 12 * HOUR, value: 12 * GB }, to: { at: FROM + 24 * HOUR, value: 20 * GB } };
    const root = parseXml(svgChart(chart({ projection: ahead, summary: 'At the present rate: used up.' })));
    const line = listElements(root, 'path').findLast(({ attributes }) =>
      attributes['class']?.startsWith('chart-ahead'),
    );
    expect(line?.attributes).toEqual({ class: 'chart-ahead chart-3', d: 'M510 241.6L936 162.7' });
    expect(listElements(root, 'desc')[0]?.text).toMatch(/ in GB, 20 Nov 2026 .*\. At the present rate: used up\.$/);
  });

  it('has neither styles nor colours of its own in a page, and ids that do not collide', () => {
    const page = `${responsiveChart(chart(), { id: 'a' })}${responsiveChart(chart(), { id: 'b' })}`;
    expect(page).not.toMatch(/style|fill=|stroke=|#[0-9a-f]{6}/);
    const ids = Array.from(page.matchAll(/ id="([^"]*)"/g), ([, id]) => id);
    expect(new Set(ids).size).toBe(8);
    for (const [, title, text] of page.matchAll(/aria-labelledby="(\S+) (\S+)"/g)) {
      expect(ids).toEqual(expect.arrayContaining([title, text]));
    }
    const names = Array.from(page.matchAll(/ class="([^"]*)"/g), ([, list = '']) => list.split(' ')).flat();
    for (const name of new Set(names)) expect(chartStyles()).toContain(`.${name}`);
  });

  it.each([
    ['auto', 1, 1],
    ['light', 1, 0],
    ['dark', 0, 1],
  ] as const)('has its colours inside as a document: %s', (theme, light, dark) => {
    const svg = svgDocument(chart(), { theme });
    expect(svg.split('.chart-back{fill:#ffffff}').length - 1).toBe(light);
    expect(svg.split('.chart-back{fill:#111827}').length - 1).toBe(dark);
    expect(svg.includes('@media screen and (prefers-color-scheme:dark)')).toBe(theme === 'auto');
  });

  it('stays small with very many readings', () => {
    const points = (factor: number) =>
      Array.from({ length: 100_000 }, (_, n) => ({ at: FROM + n * 864, value: (n % 7 === 0 ? n / 2 : n) * factor }));
    const axis = byteAxis([100_000], 5);
    const lines = ['in', 'out', 'total'].map((name, index) => ({ name, points: points((index + 1) / 3) }));
    expect(svgChart(chart({ axis, lines, limit: null })).length).toBeLessThan(100_000);
  });

  it('cuts names that are very long', () => {
    const name = '\u{1F600}'.repeat(10_000);
    const svg = svgChart(chart({ title: name, lines: [{ name, points: [] }], note: name }));
    expect(svg.length).toBeLessThan(8_000);
    expect(svg).not.toContain('\uFFFD');
  });
});
