import { expect, it } from '@jest/globals';
import { inCurrency } from './amounts.js';
import { whmcs } from './index.js';

it('writes amounts with the decimals of their currency', () => {
  expect(inCurrency('1200.00', 'JPY')).toBe('1200');
  expect(inCurrency('12.5', 'EUR')).toBe('12.50');
  expect(inCurrency('-0.10', 'EUR')).toBe('-0.10');
  expect(inCurrency('1200.50', 'JPY')).toBe('1200.5');
  expect(inCurrency('98765432101234567890.00', 'IRR')).toBe('98765432101234567890');
});

it('has a description of each config key', () => {
  const described = Object.keys(whmcs.descriptions)
    .filter((key) => key.startsWith('whmcs.'))
    .map((key) => key.replace('whmcs.', ''))
    .filter((key) => !key.includes('.'));
  const all = {
    url: 'u',
    publicUrl: 'https://u.example',
    allowHttp: true,
    identifier: 'i',
    secret: 's',
    accessKey: 'a',
    timeout: '5s',
    tax: { DE: '19%' },
    calls: {},
  };
  expect(Object.keys(whmcs.schema.parse(all) as object).sort()).toEqual(described.sort());
  expect(whmcs.schema.safeParse({ ...all, other: 1 }).success).toBe(false);
});
