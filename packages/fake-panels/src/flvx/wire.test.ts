import { describe, expect, it } from '@jest/globals';
import { asDecimal, asInteger, asText } from './coerce.js';
import { failure, success } from './envelope.js';
import { readJsonBody, readMap } from './json-body.js';
import { readStrict } from './strict-body.js';

const body = (text: string): Buffer => Buffer.from(text);

describe('an answer', () => {
  it('has its keys in order, no data when there is none, and escapes as the panel does', () => {
    expect(success(1_795_156_811_072).body).toBe('{"code":0,"msg":"操作成功","ts":1795156811072}\n');
    expect(success(1, []).body).toBe('{"code":0,"msg":"操作成功","ts":1,"data":[]}\n');
    expect(success(1, 0).body).toBe('{"code":0,"msg":"操作成功","ts":1,"data":0}\n');
    expect(failure(1, -1, '<a> & b\u2028').body).toBe('{"code":-1,"msg":"\\u003ca\\u003e \\u0026 b\\u2028","ts":1}\n');
  });
});

describe('a body', () => {
  it('is read up to the end of its first value', () => {
    for (const [text, value] of [
      ['{"a":"}"} tail', { a: '}' }],
      ['[1,[2]]]', [1, [2]]],
      ['"a\\"b" c', 'a"b'],
      ['12 13', 12],
    ] as const) {
      expect(readJsonBody(body(text))).toEqual({ kind: 'value', value });
    }
    expect(readJsonBody(body(' \n'))).toEqual({ kind: 'empty' });
    for (const text of ['{"a":1', '{"a":}', 'x', '"a']) expect(readJsonBody(body(text))).toEqual({ kind: 'bad' });
  });

  it('is an object or null on the lenient endpoints', () => {
    expect(readMap(body('null'))).toEqual({});
    for (const text of ['', '[]', '1', '{']) expect(readMap(body(text))).toBeNull();
  });

  it('has only known fields of the right type on the strict endpoints, whatever their capitals', () => {
    const shape = {
      name: 'text',
      count: 'integer',
      ids: 'integers',
      speed: 'integer?',
      items: { id: 'integer' },
    } as const;
    expect(readStrict(body('{"NAME":"x","items":[{"Id":2},null]}'), shape)).toEqual({
      name: 'x',
      count: 0,
      ids: [],
      speed: null,
      items: [{ id: 2 }, { id: 0 }],
    });
    expect(readStrict(body(''), shape)).toBe('empty');
    for (const text of ['{"more":1}', '{"name":1}', '{"count":1.5}', '{"ids":[1,"2"]}', '{"items":[{"x":1}]}', '[]']) {
      expect([text, readStrict(body(text), shape)]).toEqual([text, 'bad']);
    }
  });
});

describe('a value', () => {
  it('becomes a text', () => {
    expect([' a ', 4711, 1.5, true, ['x'], { b: 1, a: '<' }, null, undefined].map(asText)).toEqual([
      'a',
      '4711',
      '1.5',
      'true',
      '["x"]',
      '{"a":"<","b":1}',
      '',
      '',
    ]);
  });

  it('becomes a number, or the default', () => {
    expect(['9223372036854775807', '-0', 1e15].map((value) => asInteger(value, 5))).toEqual([2 ** 63, 0, 1e15]);
    expect(['9223372036854775808', 1e19, '1e3', '0x1', {}].map((value) => asInteger(value, 5))).toEqual([
      5, 5, 5, 5, 5,
    ]);
    expect(['1.5', 2, 'x', ''].map((value) => asDecimal(value, 1))).toEqual([1.5, 2, 1, 1]);
  });
});
