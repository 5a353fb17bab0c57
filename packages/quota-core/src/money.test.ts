import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { addMoney, checkMoney, compareMoney } from './index.js';
import { codeOf } from './test/code-of.js';

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
    expect(codeOf(() => checkMoney('12.505', 2))).toBe('invalid_money');
    expect(codeOf(() => checkMoney('1.5', 0))).toBe('invalid_money');
  });

  it.each(['', '1,50', '1e3', '+1', '1 EUR', ' 1', 'NaN', 'Infinity', '.5', '5.', '--1'])('refuses %j', (text) => {
    expect(codeOf(() => checkMoney(text, 2))).toBe('invalid_money');
  });

  it('refuses places without meaning', () => {
    expect(codeOf(() => checkMoney('1', -1))).toBe('invalid_number');
    expect(codeOf(() => checkMoney('1', 1.5))).toBe('invalid_number');
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
    expect(codeOf(() => addMoney('1', 'one'))).toBe('invalid_money');
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
