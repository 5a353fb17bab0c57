import { describe, expect, it } from '@jest/globals';
import { findDateOrder, readStatedPeriods } from './stated-periods.js';

const read = (text: string, order: Parameters<typeof readStatedPeriods>[1] = null): string[] =>
  readStatedPeriods(text, order).map(({ from, to }) => `${from}..${to}`);

const OCTOBER = ['2026-10-01..2026-11-01'];

describe('the period that a line of an invoice states', () => {
  it.each([
    'Consumo de chamadas 2026-10-01 a 2026-10-31',
    'Calls 2026-10-01 00:00:00 - 2026-11-01 00:00:00',
    'Calls 2026-10-01T00:00:00 to 2026-10-31T23:59:59',
    'Consumo 01/10/2026 a 31/10/2026 (joao1042), vencimento 10/11/2026',
    'CDR 10/01/2026 - 10/31/2026',
    'Anrufe 01.10.2026 bis 31.10.2026',
    'Consumo 01-10-2026 até 31-10-2026',
    'Ligações de 1 de outubro de 2026 a 31 de outubro de 2026',
    'Ligações de 1º de outubro a 31 de outubro de 2026',
    'Ligações de 1 a 31 de outubro de 2026',
    'Calls October 1, 2026 - October 31, 2026',
    'Calls from 1st October 2026 to 31st October 2026',
    'Calls, 1–31 October 2026',
    'Gespräche 1. Oktober 2026 – 31. Oktober 2026',
    'Consumo 01/10 a 31/10/2026',
    'Consumo outubro/2026',
    'CONSUMO OUTUBRO DE 2026 - +55 11 4000-1234',
    'Consumo out. 2026',
    'Anrufe Okt 2026',
    'Calls of October 2026, invoice of 05.11.2026',
    'Chamadas 10/2026',
    'Chamadas 2026-10',
  ])('is October in %j', (text) => {
    expect(read(text)).toEqual(OCTOBER);
  });

  it.each([
    ['Consumo 16/12 a 15/01/2027', ['2026-12-16..2027-01-16']],
    ['Consumo setembro/2026 a outubro/2026', ['2026-09-01..2026-11-01']],
    ['Calls 2026-10-05 to 2026-10-05', ['2026-10-05..2026-10-06']],
    ['Calls 15 September 2026 to 15 October 2026', ['2026-09-15..2026-10-15', '2026-09-15..2026-10-16']],
  ])('has its own days in %j', (text, periods) => {
    expect(read(text)).toEqual(periods);
  });

  it.each([
    'Consumo',
    'Consumo de outubro',
    'Calls until 31/10/2026',
    'Consumo 31/02/2026 a 31/02/2026',
    'Consumo 01/10/26 a 31/10/26',
    'Calls 2026-10-31 to 2026-10-01',
    'Chamadas 11 4000-2026, 4000-2027',
    'Linha 20261001',
    'may set out the calls',
  ])('is not stated in %j', (text) => {
    expect(read(text)).toEqual([]);
  });

  it('has several readings where its dates have', () => {
    expect(read('Consumo 01/09/2026 - 01/10/2026')).toEqual([
      '2026-09-01..2026-10-01',
      '2026-09-01..2026-10-02',
      '2026-01-09..2026-01-11',
    ]);
    expect(read('Consumo 01/09/2026 - 01/10/2026', 'month-first')).toEqual(['2026-01-09..2026-01-11']);
    expect(read('Consumo setembro/2026, outubro/2026')).toHaveLength(2);
    expect(read('Calls 2026-08-01 to 2026-08-31, 2026-10-01 to 2026-10-31')).toHaveLength(2);
    expect(read('Consumo 05/05/2026 a 06/06/2026')).toEqual(['2026-05-05..2026-06-07']);
  });
});

it('the order of dates is known where one text proves it and none contradicts', () => {
  const [both, day, month] = ['1/2/2026 a 3/4/2026', 'x 01/10/2026 a 31/10/2026', 'x 10/01/2026 to 10/31/2026'];
  expect(findDateOrder([both])).toBe(null);
  expect(findDateOrder([both, day])).toBe('day-first');
  expect(findDateOrder([both, month])).toBe('month-first');
  expect(findDateOrder([day, month])).toBe(null);
});
