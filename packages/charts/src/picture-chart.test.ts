import { describe, expect, it } from '@jest/globals';
import { pictureChart } from './picture-chart.js';
import { at, graph } from './test/usage-graph.js';
import { parseXml } from './test/xml.js';
import { usageChart } from './usage-chart.js';

const GB = 1024 ** 3;
const options = { title: 'svc <1>', ahead: true, lines: ['total'] } as const;
const marked = graph({
  holds: [{ since: at(8), until: at(9) }],
  purchases: [{ at: at(6), bytes: 20 * GB }],
  lastCycle: { start: at(-30), end: at(0), series: [{ at: at(-15), inBytes: 1, outBytes: 1, totalBytes: 20 * GB }] },
});

describe('a chart for a mail', () => {
  it('has all that a chart has but the words, which are beside it', () => {
    const { svg, ...words } = pictureChart(usageChart(marked, options));
    expect(words).toEqual({
      description: expect.stringMatching(/^svc <1>\. Last reading: .* runs out between 19 Nov 2026 and 23 Nov 2026\.$/),
      top: '60 GB',
      start: '1 Nov 2026',
      end: '1 Dec 2026',
      key: [
        { text: 'total', colour: '#111827', isDotted: false },
        { text: 'at this rate', colour: '#111827', isDotted: true },
        { text: 'allowed', colour: '#b91c1c', isDotted: true },
        { text: 'last period', colour: '#6b7280', isDotted: true },
        { text: 'bought', colour: '#047857', isDotted: false },
        { text: 'restricted', colour: '#b91c1c', isDotted: false },
      ],
    });
    expect(() => parseXml(svg)).not.toThrow();
    expect(svg).not.toMatch(/<text|prefers-color-scheme/);
    for (const part of ['chart-line', 'chart-limit', 'chart-ahead', 'chart-ghost', 'chart-hold', 'chart-bought'])
      expect(svg).toContain(`class="${part}`);
  });

  it('names only what is in it', () => {
    const bare = graph({ allowedBytes: null, allowances: [], projection: null });
    expect(pictureChart(usageChart(bare, { ...options, title: 'x' })).key).toEqual([
      { text: 'total', colour: '#111827', isDotted: false },
    ]);
  });

  it('is mirrored in a language that is written from right to left, with its words', () => {
    const left = pictureChart(usageChart(marked, options));
    const right = pictureChart(usageChart(marked, { ...options, language: 'fa' }));
    expect(right.key[0]?.text).not.toBe(left.key[0]?.text);
    expect(right.top).toMatch(/۶۰/);
    const first = (svg: string): number => Number(/class="chart-line[^"]*" d="M([\d.]+) /.exec(svg)?.[1]);
    expect([first(left.svg), first(right.svg)]).toEqual([6, 554]);
  });
});
