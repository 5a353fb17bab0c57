import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableJson } from './printable.js';

const anyText = fc.string({
  unit: fc.oneof(fc.constantFrom('\u001b', '\u009b', '\u202e', '\u2028', '\u200d', '\n', '\ud800', 'a'), fc.string()),
});

describe('printable', () => {
  it('replaces each run of characters without a printed form by a blank', () => {
    expect(printable('a\u001b[31mb\r\n\tc\u0007\u0000d')).toBe('a [31mb c d');
    expect(printable('a\u009b2Jb\u202eb\u2066c\u200bd\u200de\ufefff\u00adg')).toBe('a 2Jb b c d e f g');
    expect(printable('a\u2028b\u2029c\u{e0041}d\ud800e\udc00f')).toBe('a b c d e f');
  });

  it('leaves everything else as it is, blanks too', () => {
    const text = "Łukasz  Ångström, 東京 👍🏽 'x' [31m é \u00a0|";
    expect(printable(text)).toBe(text);
  });

  it('gives one line without control characters for any text, and changes nothing the second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });
});

describe('printableJson', () => {
  it('escapes what JSON leaves as it is', () => {
    expect(printableJson(['\u009b2J', '\u202e', '\u2028', '\u{e0041}', 'é'])).toBe(
      String.raw`["\u009b2J","\u202e","\u2028","\udb40\udc41","é"]`,
    );
    expect(printableJson({ a: 1 }, 2)).toBe('{\n  "a": 1\n}');
  });

  it('is the same document for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const json = printableJson({ [text]: [text] });
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
        expect(json).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });
});
