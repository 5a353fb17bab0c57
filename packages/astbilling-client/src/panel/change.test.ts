import { expect, it } from '@jest/globals';
import type { Did } from '@sluice/quota-core/telephony';
import { hasValues } from './change.js';

const did = { monthlyPrice: '30.00', channels: 2, destination: null, extra: { note: 'abc', pin: '7', limit: 50 } };
const has = (values: object): boolean => hasValues(did as unknown as Did, values);

it.each([
  [{ monthlyPrice: '30' }, true],
  [{ monthlyPrice: '30.0000' }, true],
  [{ monthlyPrice: '30.01' }, false],
  [{ monthlyPrice: null }, false],
  [{ channels: 2 }, true],
  [{ channels: 3 }, false],
  [{ destination: null }, true],
  [{ destination: { type: 'number', value: '+551140001234' } }, false],
  [{ extra: { note: 'abc' } }, true],
  [{ extra: { note: 'def' } }, false],
  [{ extra: { pin: '007' } }, false],
  [{ extra: { limit: '50.0000' } }, true],
  [{ extra: { other: null } }, true],
  [{ extra: { other: 'abc' } }, false],
])('a record with %j: %s', (values, expected) => {
  expect(has(values)).toBe(expected);
});
