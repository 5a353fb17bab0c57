import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { type CallRecord, CallSum, type CellType, createCallReport, formatCell, type ReportFormat } from './index.js';
import { call, calls, fixture, OCTOBER } from './test/fixtures.js';

interface Cell {
  type: CellType;
  value: string | null;
  excel_ptbr: string;
  rfc4180?: string;
}

interface Dialect {
  bom: boolean;
  delimiter: string;
  eol: string;
  header: string;
}

const cases = fixture('csv-cases') as {
  dialects: Record<ReportFormat, Dialect>;
  cells: Cell[];
  row: { cdr_id: string; excel_ptbr: string };
};
const timeZone = 'America/Sao_Paulo';
const FORMATS = ['excel-ptbr', 'rfc4180'] as const;
const reports = {
  'excel-ptbr': createCallReport({ format: 'excel-ptbr', timeZone }),
  rfc4180: createCallReport({ format: 'rfc4180', timeZone }),
};

/** The fields of a report, read by another CSV reader. */
function readBack(text: string, format: ReportFormat): string[][] {
  return parse(text, {
    bom: true,
    delimiter: cases.dialects[format].delimiter,
    record_delimiter: '\r\n',
    relax_column_count: false,
  });
}

describe('cells', () => {
  const columns: Record<CellType, keyof CallRecord> = {
    text: 'destinationDescription',
    phone: 'destination',
    datetime: 'startedAt',
    money4: 'charge',
    money6: 'pricePerMinute',
    integer: 'talkSeconds',
  };

  it.each(cases.cells)('$type $value', ({ type, value, ...expected }) => {
    for (const format of FORMATS) {
      const bytes = format === 'excel-ptbr' ? expected.excel_ptbr : expected.rfc4180;
      if (bytes === undefined) continue;
      const { delimiter } = cases.dialects[format];
      const row = reports[format].row(call({ [columns[type]]: value }));
      expect(`${delimiter}${row.trimEnd()}${delimiter}`).toContain(`${delimiter}${bytes}${delimiter}`);
    }
  });

  const cell = (type: CellType, value: string, format: ReportFormat = 'excel-ptbr'): string =>
    formatCell(type, value, { format, timeZone });

  it('of a type are text when they have not its form', () => {
    expect(cell('money4', '1,5')).toBe('1,5');
    expect(cell('money4', '-1,5')).toBe("'-1,5");
    expect(cell('money4', '1e3')).toBe('1e3');
    expect(cell('integer', '-5')).toBe('-5');
    expect(cell('integer', '-5+1')).toBe("'-5+1");
    expect(cell('datetime', '=1')).toBe("'=1");
    expect(cell('datetime', '2026-02-30T00:00:00Z')).toBe('2026-02-30T00:00:00Z');
    expect(cell('phone', 'anonymous')).toBe('anonymous');
    expect(cell('phone', '+0123')).toBe("'+0123");
    expect(cell('phone', '@sip:x')).toBe("'@sip:x");
    expect(cell('text', 'a\u2028b\u2029c\u0085d')).toBe('a b c d');
    expect(cell('text', '\u200B\u202E=1')).toBe("'=1");
    expect(cell('text', 'a\u202Eb\u200Cc\uFEFF')).toBe('ab\u200Cc');
  });

  it('with a blank at an edge are quoted, because readers may trim them', () => {
    const row = (text: string): string => reports.rfc4180.row(call({ destinationDescription: text }));
    expect(row(' a')).toContain('," a",');
    expect(row('a\t')).toContain(',"a ",');
    expect(row('a b;c')).toContain(',a b;c,');
  });

  it('keep the digits of numbers', () => {
    expect(cell('phone', '08001234567')).toBe('0800 123 4567');
    expect(cell('phone', '08001234567', 'rfc4180')).toBe('08001234567');
    expect(cell('money4', '0.077333')).toBe('0,077333');
    expect(cell('money4', '5', 'rfc4180')).toBe('5.0000');
    expect(cell('money6', '0.29')).toBe('0,290000');
  });
});

describe('a report', () => {
  it.each(FORMATS)('of %s has the header of the format', (format) => {
    const { bom, header, eol } = cases.dialects[format];
    expect(reports[format].header()).toBe(`${bom ? '\uFEFF' : ''}${header}${eol}`);
  });

  it('has the row of the example', () => {
    const record = calls('cdrs.period.page1').find(({ id }) => id === cases.row.cdr_id)!;
    expect(reports['excel-ptbr'].row(record)).toBe(`${cases.row.excel_ptbr}\r\n`);
    expect(reports.rfc4180.row(record)).toBe(
      '2026-10-05T09:15:10-03:00,outbound,+551140001234,+551133334444,Brasil - DDD 11 fixo,ANSWERED,31,36,0.080000,0.0480,' +
        'joao1042,100002\r\n',
    );
  });

  it('translates what calls were and how they ended; other words stay', () => {
    const word = (changes: Partial<CallRecord>): string[] =>
      reports['excel-ptbr']
        .row(call(changes))
        .split(';')
        .filter((_, at) => at === 1 || at === 5);
    expect(word({ direction: 'inbound', disposition: 'NO ANSWER' })).toEqual(['entrada', 'nao atendida']);
    expect(word({ disposition: 'BUSY' })).toEqual(['saida', 'ocupado']);
    expect(word({ disposition: 'FAILED' })).toEqual(['saida', 'falha']);
    expect(word({ disposition: 'CONGESTION' })).toEqual(['saida', 'congestionamento']);
    expect(word({ disposition: '=TRANSFER' })).toEqual(['saida', "'=TRANSFER"]);
    // Only in their columns.
    expect(reports['excel-ptbr'].row(call({ username: 'BUSY' }))).toContain(';BUSY;');
  });

  it('ends with the sums', () => {
    const sum = new CallSum({ period: OCTOBER, currency: 'BRL', subscriberId: null });
    for (const one of [...calls('cdrs.period.page1'), ...calls('cdrs.period.page2')]) sum.add(one);
    expect(reports['excel-ptbr'].total(sum.totals())).toBe('TOTAL;;;;;;281;230;;1,0625;;\r\n');
    expect(reports.rfc4180.total({ talkSeconds: 1, billedSeconds: null, total: '0.0000' })).toBe(
      'TOTAL,,,,,,1,,,0.0000,,\r\n',
    );
  });

  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .tuple(
        fc.constantFrom('', '\u0007', '\u001b[2J', '\u0085', '\u2028', '\u0000'),
        fc.stringMatching(/^[\s\u00a0"';,\t\r\n]{0,3}[=+\-@＝＋－＠]?[\w"';,.|!()\t\r\n]{0,12}\s?$/),
      )
      .map(([first, rest]) => first + rest),
    fc.constantFrom('+5511987654321', '=cmd|"/C calc"!A0', '\u00a0@SUM(1)', '\r\n=1', '-1', '1;2', 'a,b'),
  );

  it.each(FORMATS)('of %s is read back by another reader as it was written, without a formula', (format) => {
    const { row, header } = reports[format];
    fc.assert(
      fc.property(fc.array(fc.tuple(hostile, hostile, hostile, hostile), { maxLength: 5 }), (texts) => {
        const records = texts.map(([id, source, destinationDescription, username]) =>
          call({
            id,
            source,
            destination: source,
            destinationDescription,
            username,
            disposition: destinationDescription,
          }),
        );
        const lines = readBack(header() + records.map(row).join(''), format);
        expect(lines[0]).toHaveLength(12);
        expect(lines).toHaveLength(records.length + 1);
        const options = { format, timeZone };
        for (const [index, record] of records.entries()) {
          const fields = lines[index + 1]!;
          expect(fields[2]).toBe(formatCell('phone', record.source, options));
          expect(fields[4]).toBe(formatCell('text', record.destinationDescription, options));
          expect(fields[11]).toBe(formatCell('text', record.id, options));
          for (const field of fields) {
            expect(field).not.toMatch(/\p{Cc}/u);
            if (!/^\+[1-9]\d{6,14}$/.test(field)) expect(field).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
          }
        }
      }),
    );
  });
});
