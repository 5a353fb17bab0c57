import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { BrokenList, RowSplitter } from './split-rows.js';

/** `size`: of the pieces that the text comes in. */
function listRows(text: string | Buffer, size = Infinity): unknown[] {
  const rows: unknown[] = [];
  const splitter = new RowSplitter((row, index) => {
    expect(index).toBe(rows.length);
    rows.push(row);
  });
  const body = Buffer.from(text);
  for (let at = 0; at < body.length; at += size) splitter.push(body.subarray(at, Math.min(body.length, at + size)));
  splitter.end();
  expect(splitter.bytes).toBe(body.length);
  return rows;
}

describe('RowSplitter', () => {
  it('reads every array as JSON.parse does, compact or indented, in pieces of any size', () => {
    const awkward = fc.oneof(
      fc.constantFrom('"', '\\', '\\"', '}', ']', ',', '{"a":[1]}', 'é', '日本', '\u2028'),
      fc.string(),
    );
    const json = fc.array(fc.oneof(fc.dictionary(awkward, fc.oneof(awkward, fc.jsonValue())), fc.jsonValue()));
    fc.assert(
      fc.property(json, fc.constantFrom(0, 2), fc.integer({ min: 1, max: 200 }), (value, indent, size) => {
        const text = JSON.stringify(value, null, indent);
        expect(listRows(text, size)).toEqual(JSON.parse(text));
      }),
      { numRuns: process.env['SLUICE_LONG'] === '1' ? 500 : 150 },
    );
  });

  it('reads escaped text, a byte order mark and blanks around the list', () => {
    expect(listRows('\uFEFF \n[ {"a":"\\u00e9\\"}\\\\"} ,\t{} ]\r\n')).toEqual([{ a: 'é"}\\' }, {}]);
    expect(listRows('[]')).toEqual([]);
  });

  it('does not keep for ever what never ends', () => {
    expect(() => listRows(`[{"a":"${'x'.repeat(3_000_000)}`, 65_536)).toThrow('longer than 1 MB');
  });

  it('says so when an HTML page came instead', () => {
    expect(() => listRows('\n<!doctype html><title>Sign in</title>')).toThrow('an HTML page instead of a list');
    expect(() => listRows('"text"')).toThrow('expected an array');
  });

  it('refuses every list that was cut off', () => {
    const whole = JSON.stringify([{ a: 'x"}]', b: [1, { c: null }] }, { a: 'y\\' }]);
    for (let length = 0; length < whole.length; length += 1) {
      for (const size of [1, 7, Infinity]) {
        expect(() => listRows(whole.slice(0, length), size)).toThrow(BrokenList);
      }
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
    expect(() => listRows(text)).toThrow(BrokenList);
  });
});
