import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isNestedTooDeeply } from './read-answer.js';

const within = (levels: number, text: string): string => `${'['.repeat(levels)}${text}${']'.repeat(levels)}`;

describe('the depth of a JSON text', () => {
  const odd = fc.string({ unit: fc.constantFrom('"', '\\', '[', '{', ']', '}', 'a') });

  it('is that of its arrays and objects, whatever its texts contain', () => {
    fc.assert(
      fc.property(fc.dictionary(odd, fc.array(odd)), (value) => {
        const text = JSON.stringify([value]);
        expect(isNestedTooDeeply(within(497, text))).toBe(false);
        expect(isNestedTooDeeply(within(500, text))).toBe(true);
      }),
    );
  });

  it('does not grow within a text that is never closed', () => {
    expect(isNestedTooDeeply(`["${'['.repeat(1000)}`)).toBe(false);
    expect(isNestedTooDeeply(`["\\${'['.repeat(1000)}`)).toBe(false);
  });

  it('is found in time that grows with the length alone', () => {
    const text = JSON.stringify(['\\"'.repeat(500_000)]);
    expect(isNestedTooDeeply(text)).toBe(false);
  });
});
