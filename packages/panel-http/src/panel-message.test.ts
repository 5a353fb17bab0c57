import { describe, expect, it } from '@jest/globals';
import { findMessage, findFields, oneLine } from './failure.js';

describe('findMessage', () => {
  it.each([
    [{ error: 'a', message: 'b' }, 'a'],
    [{ error: '', message: 'b' }, 'b'],
    [{ message: null, detail: 'c' }, 'c'],
    [{ details: { field: 'x' } }, '{"field":"x"}'],
    [{ error: { message: 'inner', code: 7 } }, 'inner'],
    [{ reason: 'd' }, 'd'],
    [{ msg: 'e' }, 'e'],
    [{ error: 12 }, '12'],
    [{ error: [] }, null],
    [{ other: 'x' }, null],
    [['x'], null],
    ['text', null],
    [null, null],
  ])('%j: %s', (json, message) => {
    expect(findMessage(json)).toBe(message);
  });
});

describe('findFields', () => {
  it('lists every complaint of every field', () => {
    expect(findFields({ errors: { startDate: ['missing', 'no date'], id: 'invalid' } })).toEqual([
      { path: 'startDate', message: 'missing' },
      { path: 'startDate', message: 'no date' },
      { path: 'id', message: 'invalid' },
    ]);
  });

  it.each([[null], [{}], [{ errors: [] }], [{ errors: { x: [7] } }], ['x']])('finds none in %j', (json) => {
    expect(findFields(json)).toBeUndefined();
  });
});

describe('oneLine', () => {
  it('makes one line of a fit length', () => {
    expect(oneLine(' a\r\n\tb\u0000c \u001b[31m ')).toBe('a b c [31m');
    expect(oneLine('x'.repeat(400))).toBe(`${'x'.repeat(300)}...`);
  });
});
