import { expect, it } from '@jest/globals';
import { toTaxNumber } from './tax-number.js';

it.each([
  ['529.982.247-25', '52998224725'],
  ['11.222.333/0001-81', '11222333000181'],
  ['12.abc.345/01de-35', '12ABC34501DE35'],
  ['12.ABC.345/01DE-34', null],
  ['12.ABC.345/01DE-3A', null],
  ['529.982.247-24', null],
  ['11.222.333/0001-80', null],
  ['111.111.111-11', null],
  ['GB 123 4567 89', null],
  ['', null],
])('reads the tax number %s', (text, expected) => {
  expect(toTaxNumber(text)).toBe(expected);
});
