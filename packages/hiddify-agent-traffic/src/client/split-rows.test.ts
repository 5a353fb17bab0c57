import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenList, splitRows } from './split-rows.js';

function rowsOf(text: string | Buffer): unknown[] {
  const rows: unknown[] = [];
  splitRows(Buffer.from(text), (row, index) => {
    expect(index).toBe(rows.length);
    rows.push(row);
  });
  return rows;
}

describe('splitRows', () => {
  it('reads every array as JSON.parse does, compact or indented', () => {
    const awkward = fc.oneof(
      fc.constantFrom('"', '\\', '\\"', '}', ']', ',', '{"a":[1]}', 'é', '日本', '\u2028'),
      fc.string(),
    );
    const json = fc.array(fc.oneof(fc.dictionary(awkward, fc.oneof(awkward, fc.jsonValue())), fc.jsonValue()));
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(rowsOf(text)).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('reads escaped text, a byte order mark and blanks around the list', () => {
    expect(rowsOf('\uFEFF \n[ {"a":"\\u00e9\\"}\\\\"} ,\t{} ]\r\n')).toEqual([{ a: 'é"}\\' }, {}]);
    expect(rowsOf('[]')).toEqual([]);
  });

  it('refuses every list that was cut off', () => {
    const whole = JSON.stringify([{ a: 'x"}]', b: [1, { c: null }] }, { a: 'y\\' }]);
    for (let length = 0; length < whole.length; length += 1) {
      expect(() => rowsOf(whole.slice(0, length))).toThrow(BrokenList);
    }
  });

  it.each([
    '{"a":1}',
    '[{"a":1}]x',
    '[{"a":1}{"b":2}]',
    '[{"a":1},]',
    '[,]',
    '<html>[]</html>',
    '[{"a":}]',
    'null',
    '[{"a":1}}]',
  ])('refuses %s', (text) => {
    expect(() => rowsOf(text)).toThrow(BrokenList);
  });
});
