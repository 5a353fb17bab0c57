import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addMoney,
  addTax,
  checkMoney,
  compareMoney,
  currencyDecimals,
  formatMoney,
  multiplyMoney,
  negateMoney,
  roundMoney,
  subtractMoney,
} from './index.js';
import { catchCode } from './test/catch-code.js';

const cents = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
const fromCents = (amount: number): string => {
  const digits = String(Math.abs(amount)).padStart(3, '0');
  return `${amount < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
};

describe('checkMoney', () => {
  it('writes the amount with the places of its currency', () => {
    expect(checkMoney('12.5', 2)).toBe('12.50');
    expect(checkMoney('12', 0)).toBe('12');
    expect(checkMoney('-0.00', 2)).toBe('0.00');
    expect(checkMoney('12.500', 2)).toBe('12.50');
  });

  it('refuses more places than the currency has', () => {
    expect(catchCode(() => checkMoney('12.505', 2))).toBe('invalid_money');
    expect(catchCode(() => checkMoney('1.5', 0))).toBe('invalid_money');
  });

  it.each(['', '1,50', '1e3', '+1', '1 EUR', ' 1', 'NaN', 'Infinity', '.5', '5.', '--1'])('refuses %j', (text) => {
    expect(catchCode(() => checkMoney(text, 2))).toBe('invalid_money');
  });

  it('refuses places without meaning', () => {
    expect(catchCode(() => checkMoney('1', -1))).toBe('invalid_number');
    expect(catchCode(() => checkMoney('1', 1.5))).toBe('invalid_number');
  });
});

describe('formatMoney', () => {
  it('writes at least the decimals of the currency, and no fewer than the amount has', () => {
    expect(['0', '5', '5.0', '-1.5', '0.2320'].map((amount) => formatMoney(amount, 'EUR'))).toEqual([
      '0.00 EUR',
      '5.00 EUR',
      '5.00 EUR',
      '-1.50 EUR',
      '0.2320 EUR',
    ]);
    expect([formatMoney('5', 'JPY'), formatMoney('5', 'KWD'), formatMoney('5', null)]).toEqual([
      '5 JPY',
      '5.000 KWD',
      '5',
    ]);
    expect([formatMoney('', ''), formatMoney('5', ''), formatMoney('', 'EUR')]).toEqual(['', '5', 'EUR']);
  });

  it('changes no amount', () => {
    fc.assert(
      fc.property(cents, fc.constantFrom('EUR', 'JPY', 'KWD'), (amount, currency) => {
        const [written = ''] = formatMoney(fromCents(amount), currency).split(' ');
        expect(compareMoney(written, fromCents(amount))).toBe(0);
      }),
    );
  });
});

describe('addMoney', () => {
  it('adds exactly where binary fractions would not', () => {
    expect(addMoney('0.1', '0.2')).toBe('0.3');
    expect(addMoney('1.10', '2.2')).toBe('3.30');
    expect(addMoney('5.00', '-5.00')).toBe('0.00');
    expect(addMoney('123456789012345678901234.01', '0.01')).toBe('123456789012345678901234.02');
  });

  it('agrees with whole cents', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(addMoney(fromCents(a), fromCents(b))).toBe(fromCents(a + b));
      }),
    );
  });

  it('refuses what is no amount', () => {
    expect(catchCode(() => addMoney('1', 'one'))).toBe('invalid_money');
    expect(catchCode(() => addMoney('1', 2 as never))).toBe('invalid_money');
  });
});

describe('compareMoney', () => {
  it('orders as whole cents do', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        expect(compareMoney(fromCents(a), fromCents(b))).toBe(Math.sign(a - b));
      }),
    );
  });

  it('does not care how many places are written', () => {
    expect(compareMoney('1.5', '1.50')).toBe(0);
    expect(compareMoney('10', '9.99')).toBe(1);
  });
});

describe('subtractMoney, negateMoney and multiplyMoney', () => {
  it('agree with whole cents', () => {
    fc.assert(
      fc.property(cents, cents, fc.integer({ min: 0, max: 1000 }), (a, b, count) => {
        expect(subtractMoney(fromCents(a), fromCents(b))).toBe(fromCents(a - b));
        expect(negateMoney(fromCents(a))).toBe(fromCents(-a));
        expect(multiplyMoney(fromCents(a), count)).toBe(fromCents(a * count));
      }),
    );
  });

  it('keep large amounts exact, and zero without a sign', () => {
    expect(multiplyMoney('123456789012345.67', 1000)).toBe('123456789012345670.00');
    expect(subtractMoney('9007199254740993', '1')).toBe('9007199254740992');
    expect([negateMoney('0.00'), negateMoney('-0'), multiplyMoney('-5.00', 0)]).toEqual(['0.00', '0', '0.00']);
  });

  it('refuse what is neither an amount nor a count', () => {
    expect(catchCode(() => subtractMoney('1', '1e3'))).toBe('invalid_money');
    expect(catchCode(() => negateMoney('+1'))).toBe('invalid_money');
    for (const count of [-1, 1.5, NaN, 2 ** 53]) {
      expect(catchCode(() => multiplyMoney('1', count))).toBe('invalid_number');
    }
  });
});

describe('currencyDecimals', () => {
  it('is what the currency has', () => {
    const codes = ['EUR', 'USD', 'JPY', 'IRR', 'KWD', 'XYZ'];
    expect(codes.map((code) => currencyDecimals(code))).toEqual([2, 2, 0, 0, 3, 2]);
  });

  it.each(['', 'eur', 'EURO', 'EU', 'E R', 'ÉUR', '1EU', 'EUR\n'])('refuses %j', (code) => {
    expect(catchCode(() => currencyDecimals(code))).toBe('invalid_money');
  });

  it('refuses what is no text', () => {
    expect(catchCode(() => currencyDecimals(['EUR'] as never))).toBe('invalid_money');
  });
});

describe('roundMoney', () => {
  it.each([
    ['7.5163', 'EUR', '7.52'],
    ['0.4500', 'EUR', '0.45'],
    ['-0.005', 'EUR', '-0.01'],
    ['5', 'EUR', '5.00'],
    ['1234.5', 'JPY', '1235'],
    ['0.0000', 'EUR', '0.00'],
    ['0.0040', 'EUR', '0.0040'], // it is not nothing
    ['much', 'EUR', 'much'],
    ['1.2345', 'credits', '1.2345'],
  ])('writes %s %s as %s', (amount, currency, rounded) => {
    expect(roundMoney(amount, currency)).toBe(rounded);
  });
});

describe('addTax', () => {
  it.each([
    ['10.00', '20', 'EUR', '12.00'],
    ['9.99', '19', 'EUR', '11.89'],
    ['0.05', '19.5', 'EUR', '0.06'],
    ['9.99', '7.25', 'EUR', '10.71'],
    ['5', '0', 'EUR', '5.00'],
    ['105', '10', 'JPY', '116'], // half a yen is one
    ['1.000', '5', 'KWD', '1.050'],
  ])('adds to %s a tax of %s %% in %s', (amount, percent, currency, total) => {
    expect(addTax(amount, percent, currency)).toBe(total);
  });

  it('refuses what is not a number', () => {
    expect(catchCode(() => addTax('10.00', '19%', 'EUR'))).toBe('invalid_money');
  });
});
