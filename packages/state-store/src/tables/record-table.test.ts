import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { duration, flag, int, intOrNull, json, numberList, text, textList, textMap, textOrEmpty } from './columns.js';
import { recordTable } from './record-table.js';

interface Thing {
  id: string;
  count: number;
  maybe: number | null;
  yes: boolean;
  data: unknown;
  names: string[];
  numbers: number[];
  map: Record<string, string>;
  place: string | null;
  took: number;
}

const things = recordTable<Thing>()(
  'things',
  {
    id: text('id'),
    count: int('a_count'),
    maybe: intOrNull('maybe'),
    yes: flag('yes'),
    data: json('data'),
    names: textList('names'),
    numbers: numberList('numbers'),
    map: textMap('map'),
    place: textOrEmpty('place'),
    took: duration('took'),
  },
  'id',
);

const whole = fc.maxSafeInteger();
const thing: fc.Arbitrary<Thing> = fc.record({
  id: fc.string({ minLength: 1 }),
  count: whole,
  maybe: fc.option(whole),
  yes: fc.boolean(),
  data: fc.jsonValue().filter((value) => !JSON.stringify(value).includes('-0')),
  names: fc.array(fc.string()),
  numbers: fc.array(fc.nat()),
  map: fc.dictionary(
    fc.string().filter((name) => name !== '__proto__'),
    fc.string(),
  ),
  place: fc.option(fc.string({ minLength: 1 })),
  took: fc.nat(),
});

const plain: Thing = {
  id: 't-1',
  count: 1,
  maybe: null,
  yes: true,
  data: null,
  names: [],
  numbers: [],
  map: {},
  place: null,
  took: 1.4,
};

describe('a record table', () => {
  it('gives every record back as it was', () => {
    fc.assert(
      fc.property(thing, (record) => {
        expect(JSON.stringify(things.decode(things.encode(record)))).toBe(JSON.stringify(record));
        expect(things.values(record)).toEqual(Object.values(things.encode(record)));
      }),
    );
  });

  it('stores what every database can hold', () => {
    expect(things.encode(plain)).toEqual({
      id: 't-1',
      a_count: 1,
      maybe: null,
      yes: 1,
      data: null,
      names: '[]',
      numbers: '[]',
      map: '{}',
      place: '',
      took: 1,
    });
    expect(things.columns).toEqual(Object.keys(things.encode(plain)));
  });

  it('decodes rows without the columns that all of them have', () => {
    const { id, names, ...row } = things.encode({ ...plain, names: ['a'] });
    expect(things.decode(row, { id, names })).toEqual({ ...plain, names: ['a'], took: 1 });
    expect(() => things.decode({ ...row, data: '{' }, { id, names })).toThrow(
      expect.objectContaining({ code: 'store_damaged', row: { table: 'things', id: 't-1' } }),
    );
  });

  it('encodes a part, and only what is in it', () => {
    expect(things.encodePart('t-1', { yes: false, maybe: null })).toEqual({ yes: 0, maybe: null });
    expect(things.encodePart('t-1', {})).toEqual({});
    expect(() => things.encodePart('t-1', { count: 0.1 })).toThrow(/things "t-1".*a_count/);
  });

  it('refuses figures that are not whole, and members that are missing', () => {
    for (const count of [0.5, Number.NaN, Infinity, -Infinity, 2 ** 53]) {
      expect(() => things.encode({ ...plain, count })).toThrow(expect.objectContaining({ code: 'store_invalid' }));
      expect(() => things.values({ ...plain, maybe: count })).toThrow(/things "t-1".*maybe/);
    }
    const { id: _, ...incomplete } = plain;
    expect(() => things.encode(incomplete as Thing)).toThrow(expect.objectContaining({ code: 'store_invalid' }));
  });

  it.each([
    ['data', '{'],
    ['names', '{}'],
    ['names', '[1]'],
    ['numbers', '["1"]'],
    ['numbers', 'null'],
    ['map', '[]'],
    ['map', 'null'],
    ['map', '{"a":null}'],
  ])('names the row when %s is %s', (column, stored) => {
    const row = { ...things.encode(plain), [column]: stored };
    expect(() => things.decode(row)).toThrow(
      expect.objectContaining({ code: 'store_damaged', row: { table: 'things', id: 't-1' } }),
    );
  });
});
