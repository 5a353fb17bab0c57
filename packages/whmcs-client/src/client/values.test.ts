import { describe, expect, it } from '@jest/globals';
import { decodeHTMLStrict } from 'entities/lib/decode.js';
import { fixture } from '../test/fixture.js';
import { toAmount, toForm } from './form.js';
import { toPhpArray } from './php-serialize.js';
import { unflatten } from './unflatten.js';
import { bool, date, id, int, money, reference, wrapped } from './values.js';

type Cases = Record<'money' | 'int' | 'date' | 'bool', [unknown, unknown, string?][]>;

describe('scalars', () => {
  const cases = fixture('scalars-cases') as unknown as Cases;
  // -1.00 means a cycle that is not offered only in prices, which are not read.
  const all = (['money', 'int', 'date', 'bool'] as const).flatMap((kind) =>
    cases[kind].filter((one) => one[2] === undefined).map(([input, wanted]) => ({ kind, input, wanted })),
  );

  it.each(all)('$kind $input', ({ kind, input, wanted }) => {
    const result = { money, int, date, bool }[kind].safeParse(input);
    expect(result.success ? result.data : 'error').toEqual(wanted);
  });

  it('reads ids as text, and 0 as no reference', () => {
    expect([id.parse(77), id.parse('311'), reference.parse('0'), reference.parse('')]).toEqual([
      '77',
      '311',
      null,
      null,
    ]);
    for (const wrong of ['', 0, '0', -1, 1.5, '7; drop', {}, null]) expect(id.safeParse(wrong).success).toBe(false);
  });

  it('never names a value in a message', () => {
    expect(JSON.stringify(money.safeParse('R$49,90').error?.issues.map(({ message }) => message))).not.toContain('49');
  });
});

describe('lists', () => {
  const list = wrapped('product', id);

  it.each([[''], [[]], [null], [undefined], [{}], [{ product: '' }], [{ product: [] }], [{ product: null }]])(
    'reads %j as empty',
    (value) => {
      expect(list.parse(value)).toEqual([]);
    },
  );

  it('reads lists, one element, and lists with gaps', () => {
    const rows = wrapped('product', wrapped('none', id));
    expect(list.parse({ product: ['1', 2] })).toEqual(['1', '2']);
    expect(list.parse({ product: { 0: '1', 2: '3' } })).toEqual(['1', '3']);
    expect(rows.parse({ product: [{ none: '' }] })).toEqual([[]]);
    for (const wrong of ['none', 7, { product: 'none' }, true]) expect(list.safeParse(wrong).success).toBe(false);
  });
});

describe('flattened keys', () => {
  it('are nested', () => {
    const flat = fixture('getclientsaddons.flattened');
    const { addons } = unflatten(flat) as { addons: { addon: Record<string, { id: string; serviceid: string }> } };
    expect(Object.values(addons.addon)).toMatchObject([{ id: '88', serviceid: '311' }]);
  });

  it('are refused with the names of prototypes and where they contradict each other', () => {
    expect(() => unflatten({ 'a[__proto__][x]': 1 })).toThrow('prototype');
    expect(() => unflatten({ 'constructor[prototype]': 1 })).toThrow('prototype');
    expect(() => unflatten({ a: 'text', 'a[b]': 1 })).toThrow('contradict');
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });
});

it.each((fixture('html-entity-cases') as { cases?: [string, string][] }).cases ?? [])(
  'decodes %s once',
  (raw, plain) => {
    expect(decodeHTMLStrict(raw)).toBe(plain);
  },
);

interface Serialised {
  entries: [number, string][];
  base64: string;
}

it.each((fixture('php-serialize-cases') as { cases?: Serialised[] }).cases ?? [])('serialises $entries', (one) => {
  expect(toPhpArray(one.entries.map(([key, value]) => [String(key), value]))).toBe(one.base64);
});

it('refuses custom fields without a numeric id', () => {
  expect(() => toPhpArray([['name";x', '1']])).toThrow(RangeError);
});

it('writes booleans as 1 and 0, lists with indexes, and amounts with two decimals', () => {
  expect(toForm({ a: false, b: true, c: undefined, d: ['x', 1, false] })).toEqual({
    a: '0',
    b: '1',
    'd[0]': 'x',
    'd[1]': '1',
    'd[2]': '0',
  });
  expect(['1200', '1.5', '-3.10', '0.500'].map(toAmount)).toEqual(['1200.00', '1.50', '-3.10', '0.50']);
  for (const wrong of ['1,50', '1.005', '', '1e3']) expect(() => toAmount(wrong)).toThrow(RangeError);
});
