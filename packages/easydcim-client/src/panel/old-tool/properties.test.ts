import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseSize } from '@sluice/quota-core';
import type { Moved } from '@sluice/panel-kind';
import {
  billed,
  type Columns,
  defaults,
  entry,
  type Given,
  pack,
  preference,
  purchase,
  read,
  setting,
  state,
  TABLE,
  toInput,
} from '../../test/old-tables.js';
import { parseGb, toSizeText } from './cells.js';
import { easydcimBw } from './index.js';

const RUNS = process.env['SLUICE_LONG'] === '1' ? 2000 : 150;

const SERVICES = [1, 2, 3, 4, 5, 6] as const;
const odd = fc.constantFrom(
  ...[
    null,
    '0',
    '0.00',
    '-1',
    '-0.01',
    '1e3',
    '1.5',
    '12.50',
    '500.00',
    '99999999999.99',
    'NULL',
    '0000-00-00 00:00:00',
  ],
  ...[
    '2026-11-20 14:30:00',
    '2026-12-14 23:59:59',
    '__proto__',
    'constructor',
    '"a", b',
    'سرویس',
    '服务',
    '\u0000\n',
    '1',
    '2',
    '501',
  ],
);
const service = fc.constantFrom(...SERVICES, 9);

/** Rows as the tool writes them, some cells of which are replaced by others. */
const spoilt = (row: fc.Arbitrary<Columns>): fc.Arbitrary<Columns[]> =>
  fc.array(
    fc.tuple(row, fc.array(fc.tuple(fc.nat(30), odd), { maxLength: 2 })).map(([columns, cells]) => {
      const names = Object.keys(columns);
      return {
        ...columns,
        ...Object.fromEntries(cells.map(([place, text]) => [names[place % names.length] ?? '', text])),
      };
    }),
    { maxLength: 8 },
  );

const override = (id: number): Columns => ({
  ...{ serviceid: String(id), override_base_quota_gb: '12.50', override_mode: 'OUT', override_action: 'both' },
  updated_at: '2026-11-01 10:00:00',
});
const limited = fc.constantFrom('ok', 'limited');

const given: fc.Arbitrary<Given> = fc
  .record({
    state: spoilt(fc.tuple(service, limited).map(([id, last]) => state(id, { last_status: last }))),
    defaults: spoilt(fc.constantFrom(12, 13).map((id) => defaults(id))),
    overrides: spoilt(service.map(override)),
    packages: spoilt(fc.constant(null).map(() => pack())),
    purchases: spoilt(service.map((id) => purchase(id))),
    preferences: spoilt(service.map((id) => preference(id))),
    settings: fc.array(
      fc
        .tuple(
          fc.constantFrom('managed_pids', 'managed_gids', 'autobuy_enabled', 'autobuy_default_package_id', 'test_mode'),
          odd,
        )
        .map(([name, value]) => setting(name, value)),
      { maxLength: 3 },
    ),
    statuses: fc.array(fc.constantFrom('active', 'suspended', 'terminated', 'pending', null), {
      minLength: 6,
      maxLength: 6,
    }),
    fields: fc.array(fc.constantFrom('easydcim_service_id', 'traffic_mode', 'base_quota_override_gb'), {
      minLength: 6,
      maxLength: 6,
    }),
    values: fc.array(odd, { minLength: 6, maxLength: 6 }),
    shown: fc.subarray([...SERVICES]),
  })
  .map(({ statuses, fields, values, shown, ...tables }) => ({
    tables: Object.fromEntries(Object.entries(tables).map(([part, rows]) => [TABLE[part as keyof typeof TABLE], rows])),
    billed: SERVICES.map((id, index) => {
      const own = { easydcim_service_id: String(500 + id), [fields[index] ?? '']: values[index] ?? '' };
      return billed(id, { status: statuses[index] ?? null, productId: id % 2 === 0 ? '12' : '13', fields: own });
    }),
    entries: shown.map(entry),
  }));

const count = (given: Given, part: keyof typeof TABLE): number => given.tables?.[TABLE[part]]?.length ?? 0;
const about = ({ undecided = [] }: Moved, file: string) => undecided.filter((finding) => finding.file === file);

test('every row is moved or named', () => {
  fc.assert(
    fc.property(given, (input) => {
      const moved = read(input);
      const inFile = (file: string) => about(moved, file).filter(({ state: kind }) => kind !== 'proposed');
      expect(moved.purchases.length + inFile('purchases.csv').length).toBe(count(input, 'purchases'));
      const choices = inFile('preferences.csv').filter(({ column }) => column === '');
      expect(moved.preferences.length + choices.length).toBe(count(input, 'preferences'));
      const overrides = inFile('overrides.csv').filter(({ reason }) =>
        /names no service|older override|states nothing|not moved|no such service/.test(reason),
      );
      expect(moved.overrides.length + overrides.length).toBe(count(input, 'overrides'));
      const packages = inFile('packages.yaml').filter(({ object }) => object !== 'currency');
      expect(moved.packages.length + packages.length).toBe(count(input, 'packages'));
      const named = [
        ...moved.services.map(({ billingId }) => `service ${billingId ?? ''}`),
        ...about(moved, 'services.csv').map(({ object }) => object),
      ];
      for (const [index, { serviceid = null }] of (input.tables?.[TABLE.state] ?? []).entries()) {
        const id = /^0*([1-9]\d*)$/.exec(serviceid ?? '')?.[1];
        expect(named).toContain(id === undefined ? `row ${index + 1} of ${TABLE.state}` : `service ${id}`);
      }
      const products = moved.products.map(
        ({ settings }) => (settings['whmcs'] as { productIds: number[] }).productIds[0],
      );
      for (const [index, { pid = null }] of (input.tables?.[TABLE.defaults] ?? []).entries()) {
        const id = /^0*([1-9]\d*)$/.exec(pid ?? '')?.[1];
        const object = id === undefined ? `row ${index + 1} of ${TABLE.defaults}` : `product ${id}`;
        const isNamed = about(moved, 'products.yaml').some((finding) => finding.object === object);
        expect(isNamed || products.includes(Number(id))).toBe(true);
      }
    }),
    { numRuns: RUNS },
  );
});

test('each limited service is a hold to be adopted or is named', () => {
  fc.assert(
    fc.property(given, (input) => {
      const moved = read(input);
      const places = new Set(moved.limited.map(({ service: place }) => moved.services[place]?.billingId));
      const named = new Set(about(moved, 'holds.csv').map(({ object }) => object));
      const newest = new Map<string, Columns>();
      for (const row of input.tables?.[TABLE.state] ?? []) {
        const id = row['serviceid'] ?? '';
        newest.set(id, newest.has(id) ? {} : row);
      }
      for (const [id, row] of newest)
        if (/^[1-9]\d*$/.test(id) && row['last_status'] === 'limited')
          expect(places.has(id) || named.has(`service ${id}`)).toBe(true);
    }),
    { numRuns: RUNS },
  );
});

test('what is moved names a service, a product and packages that are there', () => {
  fc.assert(
    fc.property(given, (input) => {
      const { services, products, packages, overrides, purchases, preferences, limited: limits } = read(input);
      const names = new Set(products.map(({ name }) => name));
      const sold = new Set(['', ...packages.map(({ name }) => name)]);
      expect([names.size, sold.size]).toEqual([products.length, packages.length + 1]);
      for (const { product } of services) expect(product === null || names.has(product)).toBe(true);
      for (const { service: place } of [...overrides, ...purchases, ...limits, ...preferences])
        expect(services[place ?? -1]).toBeDefined();
      for (const { row } of preferences) expect(sold.has(row['package'] ?? '?')).toBe(true);
      for (const { settings } of products) {
        for (const name of (settings['packages'] ?? []) as string[]) expect(sold.has(name)).toBe(true);
        for (const size of Object.values((settings['quota'] ?? {}) as Record<string, string>)) {
          if (size !== 'unlimited') expect(parseSize(size)).toBeGreaterThan(0);
        }
      }
      for (const { row } of purchases) expect(Number(row['bytes'])).toBeGreaterThan(0);
    }),
    { numRuns: RUNS },
  );
});

test('the order of rows, services and entries makes no difference', () => {
  fc.assert(
    fc.property(given, fc.infiniteStream(fc.nat()), (given1, random) => {
      const input = toInput(given1);
      const mix = <Item>(items: readonly Item[]): Item[] =>
        items
          .map((item) => ({ item, key: Number(random.next().value) }))
          .sort((one, other) => one.key - other.key)
          .map(({ item }) => item);
      const tables = new Map(mix([...input.tables]).map(([name, rows]) => [name, mix(rows)]));
      const mixed = { ...input, tables, billed: mix(input.billed ?? []), entries: mix(input.entries) };
      expect(easydcimBw.read(mixed)).toEqual(easydcimBw.read(input));
    }),
    { numRuns: RUNS },
  );
});

test('gigabytes with two decimals are exact to the nearest byte, also as sizes of the config', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 800_000_000 }), (hundredths) => {
      const text = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`;
      const exact = (BigInt(hundredths) * 2n ** 30n * 2n + 100n) / 200n;
      const traffic = parseGb(text);
      expect(BigInt(traffic?.bytes ?? -1)).toBe(exact);
      expect(traffic === null ? -1 : parseSize(toSizeText(traffic))).toBe(Number(exact));
      expect(parseGb(traffic?.gb ?? null)).toEqual(traffic);
    }),
    { numRuns: RUNS },
  );
});

test('twenty thousand services are read in time that grows with their number', () => {
  const time = (size: number): number => {
    const ids = Array.from({ length: size }, (_, index) => index + 1);
    const input = toInput({
      billed: ids.map((id) => billed(id)),
      tables: {
        [TABLE.state]: ids.map((id) => state(id)),
        [TABLE.overrides]: ids.map(override),
        [TABLE.purchases]: ids.map((id) => purchase(id)),
        [TABLE.preferences]: ids.map((id) => preference(id)),
        [TABLE.packages]: [pack()],
        [TABLE.defaults]: [defaults(12)],
      },
    });
    const begun = process.cpuUsage();
    const { services = [], purchases = [] } = easydcimBw.read(input);
    expect([services.length, purchases.length]).toEqual([size, size]);
    return process.cpuUsage(begun).user;
  };
  time(1000);
  const small = Math.min(time(2000), time(2000), time(2000));
  expect(time(20_000)).toBeLessThan(small * 60);
});
