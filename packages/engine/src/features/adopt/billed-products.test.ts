import { describe, expect, it } from '@jest/globals';
import type { RefColumn } from '@sluice/panel-kind';
import type { BilledService } from '@sluice/quota-core';
import fc from 'fast-check';
import { nameProducts, toSlug } from './product-names.js';
import { type BilledTarget, toMovedBilled } from './billed-products.js';

const REFS: RefColumn[] = [
  { name: 'flvx_user_id', fits: /^[1-9]\d*$/, words: 'a number', unique: true },
  { name: 'flvx_username', fits: /^\S+$/, words: 'a name' },
];

const TARGET: BilledTarget = {
  panel: 'relay',
  refs: REFS,
  columns: ['traffic_mode', 'email'],
  claims: new Map(),
  names: new Set(),
};

const billed = (externalId: string, given: Partial<BilledService> = {}): BilledService => ({
  ...{ id: `whmcs-${externalId}`, externalId, productId: '12', productName: 'Relay 1 TB', client: '77' },
  ...{ clientName: 'A', clientEmail: 'a@x.example', status: 'active', billingCycle: 'Monthly' },
  ...{ nextDueDate: '2026-12-15', username: null, domain: null, addresses: [], fields: { flvx_user_id: externalId } },
  ...given,
});

describe('services of a billing system', () => {
  it('become services with their columns, and their products entries without a quota', () => {
    const fields = { flvx_user_id: ' 5 ', flvx_username: 'anna', traffic_mode: 'OUT', notes: 'x' };
    expect(toMovedBilled([billed('17', { fields })], TARGET)).toEqual({
      services: [
        {
          ...{ billingId: '17', product: 'relay-1-tb' },
          columns: {
            ...{ status: 'active', client: '77', billing_cycle: 'Monthly', next_due_date: '2026-12-15' },
            ...{ email: 'a@x.example', traffic_mode: 'OUT', flvx_user_id: '5', flvx_username: 'anna' },
          },
        },
      ],
      products: [
        {
          name: 'relay-1-tb',
          settings: { whmcs: { productIds: ['12'] } },
          notes: [
            'The product 12 (Relay 1 TB) of the billing system, with one service.',
            expect.stringContaining('state quota'),
          ],
        },
      ],
      undecided: [],
    });
  });

  it('have the product of the config that claims them, or another panel', () => {
    const claims = new Map([
      ['12', { product: 'big', panel: 'relay' }],
      ['13', { product: 'server', panel: 'dcim' }],
    ]);
    const all = [billed('1'), billed('2', { productId: '13' }), billed('3', { productId: '14', productName: 'Big' })];
    const { services, products, undecided } = toMovedBilled(all, { ...TARGET, claims, names: new Set(['big']) });
    expect(services.map(({ billingId, product }) => [billingId, product])).toEqual([
      ['1', 'big'],
      ['3', 'big-14'],
    ]);
    expect([products.map(({ name }) => name), undecided]).toEqual([['big-14'], []]);
  });

  it('of other panels, without a field, ended or odd are left out or undecided', () => {
    const all = [
      billed('1'),
      billed('2', { status: 'terminated' }),
      billed('3', { status: null }),
      billed('4', { fields: {} }),
      billed('5', { fields: {}, status: 'pending' }),
      billed('6', { fields: { flvx_user_id: 'abc' } }),
      billed('7', { fields: { flvx_user_id: '70' } }),
      billed('8', { fields: { flvx_user_id: '70' } }),
      billed('9', { productId: '20', productName: 'Web\u001b[31m', fields: { ddd: '11' } }),
      billed('10', { productId: '20', productName: 'Web', fields: {} }),
      billed('11', { productId: null, fields: {} }),
    ];
    const { services, products, undecided } = toMovedBilled(all, TARGET);
    expect(services.map(({ billingId }) => billingId)).toEqual(['1', '5']);
    expect(products).toHaveLength(1);
    expect(undecided.map(({ object, column, value, state }) => [object, column, value, state])).toEqual([
      ['service 3', '', '', 'left-out'],
      ['service 6', 'flvx_user_id', 'abc', 'undecided'],
      ['service 7', 'flvx_user_id', '70', 'undecided'],
      ['service 8', 'flvx_user_id', '70', 'undecided'],
      ['service 4', 'flvx_user_id', '', 'undecided'],
      ['services without a product', '', '', 'left-out'],
      ['product 20 (Web [31m)', '', '', 'left-out'],
    ]);
    const required = [{ name: 'easydcim_service_id', fits: /^\d+$/, words: 'a number', unique: true, required: true }];
    const dcim = { ...TARGET, refs: required, claims: new Map([['12', { product: 'a', panel: 'relay' }]]) };
    expect(toMovedBilled([billed('5', { fields: {}, status: 'pending' })], dcim).services).toEqual([]);
  });

  it('that are 20,000 are read in one go', () => {
    const all = Array.from({ length: 20_000 }, (_, index) =>
      billed(String(index + 1), { productId: String(index % 50) }),
    );
    const start = performance.now();
    expect(toMovedBilled(all, TARGET).services).toHaveLength(20_000);
    const same = all.map((one) => ({ ...one, fields: { flvx_user_id: '5' } }));
    expect(toMovedBilled(same, TARGET).services).toEqual([]);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('names of products', () => {
  it.each([
    ['Dedicated 100 TB', 'dedicated-100-tb'],
    ['  Größe: "Łódź" & Æther!! ', 'grosse-lodz-aether'],
    ['1.5TB/Month', '1.5tb-month'],
    ['سرور اختصاصی', null],
    ['服务器 100', null],
    ['', null],
    ['...', null],
    ['__proto__', 'proto'],
    ['../../etc', 'etc'],
  ])('%s is %s', (title, slug) => {
    expect(toSlug(title)).toBe(slug);
  });

  it('are unique, and the same in any order', () => {
    const title = fc.constantFrom('Server', 'server', 'Server 2', 'server-2', '服务器', 'product-3', '');
    fc.assert(
      fc.property(fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), title), (titles) => {
        const names = nameProducts(new Map(Object.entries(titles)), new Set(['server-3']));
        const reversed = nameProducts(new Map(Object.entries(titles).reverse()), new Set(['server-3']));
        expect(reversed).toEqual(names);
        expect(new Set([...names.values(), 'server-3']).size).toBe(names.size + 1);
        for (const name of names.values()) expect(name).toMatch(/^[a-z][a-z0-9-]*$/);
      }),
    );
  });
});
