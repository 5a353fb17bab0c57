import { expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { createCallReport, type ReportStyle, rewriteReport } from './index.js';
import { call } from './test/fixtures.js';

const timeZone = 'America/Sao_Paulo';
const FORMATS = ['excel-ptbr', 'rfc4180'] as const;
const TITLES = ['زمان', 'جهت', 'از', 'به', 'مقصد', 'نتیجه', 'مکالمه', 'محاسبه', 'بها', 'هزینه', 'خط', 'شناسه'];
const STYLE: ReportStyle = {
  titles: TITLES,
  words: new Map([
    ['outbound', 'خروجی'],
    ['inbound', 'ورودی'],
    ['ANSWERED', 'پاسخ'],
  ]),
  ...{ total: 'جمع', delimiter: ',', decimal: '.', isDayFirst: false },
};

const readBack = (text: string, delimiter = ','): string[][] => parse(text, { bom: true, delimiter });

function rewrite(format: (typeof FORMATS)[number], changes: object = {}, style: ReportStyle = STYLE): string[][] {
  const report = createCallReport({ format, timeZone });
  const sums = report.total({ talkSeconds: 36, billedSeconds: 40, total: '0.0480' });
  const text = report.header() + report.row(call(changes)) + sums;
  return readBack(rewriteReport(readBack(text, format === 'rfc4180' ? ',' : ';'), style) ?? '', style.delimiter);
}

it('is the same of both formats', () => {
  const [one, other] = FORMATS.map((format) => rewrite(format, { startedAt: '2026-10-05T09:15:10-03:00' }));
  expect(one).toEqual(other);
  expect(one?.[0]).toEqual(TITLES);
  expect(one?.[1]?.[0]).toBe('2026-10-05 09:15:10');
  expect(one?.[2]).toEqual(['جمع', '', '', '', '', '', '36', '40', '', '0.0480', '', '']);
});

it('has no word that is from no catalogue, and figures that spreadsheets read', () => {
  const data = { destinationDescription: '1', username: '2', id: '3', source: '+551140001234', charge: '0.0480' };
  const rows = rewrite('rfc4180', { ...data, disposition: 'ANSWERED', startedAt: '2026-10-05T09:15:10-03:00' });
  expect(rows.flat().filter((cell) => /[A-Za-z]/.test(cell))).toEqual([]);
  const [, row] = rewrite('rfc4180', data, { ...STYLE, delimiter: ';', decimal: ',', isDayFirst: true });
  expect([row?.[0], row?.[9]]).toEqual([expect.stringMatching(/^\d\d\/\d\d\/2026 /), '0,0480']);
});

it('keeps words that are not known, and refuses what is not a report', () => {
  expect(rewrite('rfc4180', { disposition: 'TRANSFER' })[1]?.[5]).toBe('TRANSFER');
  expect(rewriteReport([['a', 'b']], STYLE)).toBeNull();
  expect(rewriteReport([], STYLE)).toBeNull();
});

it('has no formula, whatever a panel or its client wrote', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('=cmd|"/C calc"!A0', '+1+1', '-1+1', '@SUM(1)', '\t=1', '\r=1', '＝1', "'=1", 'TOTAL', '۱=۲'),
  );
  fc.assert(
    fc.property(hostile, hostile, fc.constantFrom(...FORMATS), (name, word, format) => {
      const changes = { username: name, destinationDescription: word, disposition: word, source: name, id: word };
      const rows = rewrite(format, changes);
      expect(rows).toHaveLength(3);
      for (const cell of rows.flat()) expect(cell).not.toMatch(/^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|[\t\r\n]/);
    }),
  );
});
