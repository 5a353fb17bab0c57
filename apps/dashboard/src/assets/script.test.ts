import { runInNewContext } from 'node:vm';
import { expect, it } from '@jest/globals';
import { toComparable, toFinder } from '@sluice/quota-core';
import fc from 'fast-check';
import { SCRIPT } from './script.js';

it('filters lists in the browser by the rule of all searches', () => {
  const rule = SCRIPT.slice(SCRIPT.indexOf('const rule'), SCRIPT.indexOf('for (const form'));
  const inBrowser = runInNewContext(`${rule} toComparable`) as (text: string) => string;
  const toBrowserFinder = runInNewContext(`${rule} toFinder`) as typeof toFinder;
  const words = fc.constantFrom('São Paulo', 'علي رضايي', '۰۹۱۲', 'Łódź', 'خانه\u200cام', '\u202Eabc', 'کـــتاب');
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), (text) => {
      expect(inBrowser(text)).toBe(toComparable(text));
    }),
  );
  const numbers = fc.string({ unit: fc.constantFrom(...Array.from('+0012348 ()-a')), maxLength: 12 });
  fc.assert(
    fc.property(numbers, numbers, (search, text) => {
      expect(toBrowserFinder(search)([text])).toBe(toFinder(search)([text]));
    }),
  );
});
