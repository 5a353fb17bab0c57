import { expect, it } from '@jest/globals';
import { spendChart, spendText } from './spend-chart.js';
import { responsiveChart } from './svg-chart.js';

const graph = {
  days: [
    { day: '2026-10-01', calls: 2, charge: '0.2320', withoutCharge: 0 },
    { day: '2026-10-15', calls: 1, charge: '1.5000', withoutCharge: 1 },
  ],
  currency: 'BRL',
  period: { start: '2026-10-01T00:00:00-03:00', end: '2026-11-01T00:00:00-03:00' },
  timeZone: 'America/Sao_Paulo',
};

it('has a bar for each day with calls, from its local midnight to the next', () => {
  const { bars = [], from, to, axis, summary } = spendChart(graph, { title: 'Spend' });
  expect([new Date(from).toISOString(), new Date(to).toISOString()]).toEqual([
    '2026-10-01T03:00:00.000Z',
    '2026-11-01T03:00:00.000Z',
  ]);
  expect(bars.map((bar) => [new Date(bar.from).toISOString(), bar.to - bar.from, bar.parts[0]?.value])).toEqual([
    ['2026-10-01T03:00:00.000Z', 86_400_000, 0.232],
    ['2026-10-15T03:00:00.000Z', 86_400_000, 1.5],
  ]);
  expect(bars.map(({ text, partial }) => [text, partial])).toEqual([
    ['1 Oct 2026: 0.23 BRL (2 calls)', false],
    ['15 Oct 2026: at least 1.50 BRL (1 call)', true],
  ]);
  expect([axis.unit, summary]).toEqual(['BRL', 'Highest: 15 Oct 2026: at least 1.50 BRL (1 call).']);
});

it('has a day of 25 hours where the clocks change, and no bar without calls', () => {
  const [bar] =
    spendChart(
      { ...graph, timeZone: 'Europe/Berlin', days: [{ day: '2026-10-25', calls: 1, charge: '1', withoutCharge: 0 }] },
      { title: 'Spend' },
    ).bars ?? [];
  expect((bar?.to ?? 0) - (bar?.from ?? 0)).toBe(25 * 3_600_000);
  const none = spendChart({ ...graph, days: [] }, { title: 'Spend' });
  expect([none.bars, none.summary]).toEqual([[], undefined]);
});

it('writes in the language of its reader', () => {
  expect(spendText(graph.days[1]!, 'BRL', 'pt-BR')).toBe('no mínimo R$\u00A01,50');
  const drawing = responsiveChart(spendChart(graph, { title: 'هزینه', language: 'fa' }));
  expect(drawing).toContain('۹ مهر ۱۴۰۵');
  expect(drawing.replaceAll(/<[^>]*>|BRL|America\/Sao_Paulo/g, '')).not.toMatch(/[A-Za-z]/);
});
