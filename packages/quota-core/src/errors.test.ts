import { expect, it } from '@jest/globals';
import { quote } from './errors.js';

it.each([
  ['a\u001B[31mb\n\u2028c', '"a [31mb c"'],
  ['\u202Ereversed', '" reversed"'],
  ['می\u200Cشود', '"می\u200Cشود"'],
  ['x'.repeat(70), `"${'x'.repeat(60)}…"`],
  [`${'x'.repeat(59)}😀y`, `"${'x'.repeat(59)}…"`],
  [5, '5'],
  [null, 'null'],
  [[1], 'a value of type array'],
  [{}, 'a value of type object'],
])('quotes %j in one clean line', (value, text) => {
  expect(quote(value)).toBe(text);
});
