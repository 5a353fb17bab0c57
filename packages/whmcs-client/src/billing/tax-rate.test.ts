import { describe, expect, it } from '@jest/globals';
import * as z from 'zod/mini';
import { whmcsSchema } from './settings.js';
import { findTaxRate } from './tax-rate.js';

const base = { url: 'https://billing.example.com', identifier: 'id', secret: 'secret' };
const parse = (tax: object) => z.safeParse(whmcsSchema, { ...base, tax });
const TAX = parse({ DE: '19%', US: '0%', 'US-Texas': '6.25%', 'US-CA': '7.25%', '*': '20%' }).data?.tax;

describe('the tax of a client', () => {
  it.each([
    ['DE', ['Berlin', 'BE'], '19'],
    ['US', ['Texas', 'TX'], '6.25'],
    ['US', ['california', 'CA'], '7.25'],
    ['US', ['Oregon'], '0'],
    ['FR', [], '20'],
    ['', [], null],
  ])('is that of %s, %j', (country, states, rate) => {
    expect(findTaxRate(TAX, { country, states, taxExempt: false })).toBe(rate);
  });

  it('is none of one who is exempt, and not known where the config states none', () => {
    expect(findTaxRate(TAX, { country: 'DE', states: [], taxExempt: true })).toBe('0');
    expect(findTaxRate(undefined, { country: 'DE', states: [], taxExempt: true })).toBeNull();
    const { tax } = parse({ DE: '19%' }).data ?? {};
    expect(findTaxRate(tax, { country: 'FR', states: [], taxExempt: false })).toBeNull();
  });

  it.each([{ Germany: '19%' }, { de: '19%' }, { DE: 19 }, { DE: '19' }, { DE: '101%' }, { 'US-': '5%' }])(
    'refuses %j in the config',
    (tax) => {
      expect(parse(tax).success).toBe(false);
    },
  );
});
