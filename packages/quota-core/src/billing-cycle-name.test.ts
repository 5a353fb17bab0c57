import { describe, expect, it } from '@jest/globals';
import { parseBillingCycleName } from './index.js';
import { catchCode } from './test/catch-code.js';

describe('parseBillingCycleName', () => {
  it.each([
    ['Monthly', 'monthly'],
    ['QUARTERLY', 'quarterly'],
    ['Semi-Annually', 'semiannually'],
    ['semi annually', 'semiannually'],
    ['semi_annually', 'semiannually'],
    ['Annually', 'annually'],
    ['yearly', 'annually'],
    [' Biennially ', 'biennially'],
    ['Tri-ennially', 'triennially'],
  ])('reads %j', (text, expected) => {
    expect(parseBillingCycleName(text)).toBe(expected);
  });

  it.each(['One Time', 'onetime', 'Free Account', 'free', 'montly', 'weekly', '', 'constructor', 'toString', '1'])(
    'refuses %j instead of taking it for a month',
    (text) => {
      expect(catchCode(() => parseBillingCycleName(text))).toBe('invalid_billing_cycle');
    },
  );
});
