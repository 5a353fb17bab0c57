import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ExportedServices, ServiceSource } from '@sluice/contract/ports';
import { type FakeWhmcs, startFakeWhmcs } from '@sluice/fake-panels';
import type { BilledService, OldRow } from '@sluice/quota-core';
import { whmcs } from '@sluice/whmcs-client/billing';
import fc from 'fast-check';
import { exportTables } from './exports.js';

let fake: FakeWhmcs;
let source: ServiceSource;
let exported: ExportedServices;
beforeAll(async () => {
  fake = await startFakeWhmcs({ keepCalls: false });
  const { url, identifier, secret } = fake;
  const dependencies = {
    clock: { now: Date.now, sleep: () => Promise.resolve() },
    random: () => 0.5,
    onCall: () => undefined,
    secret: (value: string) => value,
  };
  const settings = whmcs.schema.parse({ url, allowHttp: true, identifier, secret });
  // One after the other: jest can't load two modules of a package at once.
  const tables = await whmcs.exported?.();
  const opened = await whmcs.openSource?.(settings, dependencies);
  if (opened === undefined || tables === undefined) throw new Error('WHMCS has no services');
  [source, exported] = [opened, tables];
});
beforeEach(empty);
afterAll(async () => {
  source.close();
  await fake.close();
});

function empty(): void {
  const { clients, products, services, fields } = fake.world;
  for (const rows of [clients, products, services, fields]) rows.clear();
  fake.quirks.entities = false;
}

const readExport = (): BilledService[] => exported.read(exportTables(fake, exported.tables));

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    ' ',
    'João & Söhne',
    "D'Ávila",
    'a|b',
    '&amp;',
    '&lt;x&gt;',
    'x,"y"',
    'سرور',
    '服务器',
    '0',
    '1\r\n2',
    '\\N',
  ),
);
const service = fc.record({
  client: fc.integer({ min: 0, max: 2 }),
  product: fc.integer({ min: 0, max: 1 }),
  domain: text,
  username: text,
  status: fc.constantFrom('Active', 'active', 'Pending', 'Suspended', 'Terminated', 'Cancelled', 'Fraud', 'Completed'),
  billingCycle: fc.constantFrom('Monthly', 'Semi-Annually', 'One Time', 'Free Account', ''),
  nextDueDate: fc.constantFrom(null, '2026-12-15', '2024-02-29'),
  dedicatedIp: fc.constantFrom('', '192.0.2.1', ' 2001:DB8::1 ', 'none'),
  assignedIps: fc.constantFrom('', '192.0.2.1\r\n192.0.2.2', '198.51.100.0/29; 2001:db8::2, x'),
  values: fc.array(text, { minLength: 3, maxLength: 3 }),
  options: fc.dictionary(text, fc.oneof(fc.nat(50), text), { maxKeys: 3 }),
});
const shop = fc.record({
  entities: fc.boolean(),
  clients: fc.array(fc.record({ firstName: text, lastName: text, company: text, email: text }), {
    minLength: 3,
    maxLength: 3,
  }),
  products: fc.array(fc.record({ name: text, fields: fc.uniqueArray(text, { minLength: 3, maxLength: 3 }) }), {
    minLength: 2,
    maxLength: 2,
  }),
  services: fc.array(service, { maxLength: 6 }),
});

function fill({
  entities,
  clients,
  products,
  services,
}: typeof shop extends fc.Arbitrary<infer Shop> ? Shop : never): void {
  empty();
  fake.quirks.entities = entities;
  const clientIds = clients.map((client) => fake.addClient(client));
  const productIds = products.map((product) => fake.addProduct(product));
  for (const { client, product, values, ...row } of services) {
    const names = products[product]?.fields ?? [];
    const fields = Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));
    fake.addService({ ...row, client: clientIds[client] ?? 0, product: productIds[product] ?? 0, fields });
  }
}

it('an export has the same services as the API', async () => {
  await fc.assert(
    fc.asyncProperty(shop, async (one) => {
      fill(one);
      expect(readExport()).toEqual(await source.survey());
    }),
    { numRuns: 60 },
  );
});

it('exports no password, and no field of another product or client', () => {
  const client = fake.addClient();
  const [old, product] = [fake.addProduct({ fields: ['ddd'] }), fake.addProduct({ fields: ['ddd', 'root'] })];
  const id = fake.addService({ client, product: old, password: 'never-shown', fields: { ddd: '11' } });
  fake.service(id).productId = product;
  fake.setField(id, 'ddd', '21');
  expect(readExport()).toMatchObject([{ fields: { ddd: '21' } }]);
  for (const { query } of exported.tables) {
    expect(query).toMatch(/^SELECT [^;]*$/);
    expect(query).not.toMatch(/\.password/);
  }
  expect(JSON.stringify([...exportTables(fake, exported.tables)])).not.toContain('never-shown');
});

describe('of exported tables', () => {
  const row = (line: number, values: OldRow['values']): OldRow => ({ line, values });
  const service17 = {
    id: '17',
    client_id: '77',
    status: 'Active',
    billing_cycle: 'Monthly',
    next_due_date: '2026-12-15',
  };
  const tables = (rows: Record<string, OldRow[]>): Map<string, OldRow[]> => new Map(Object.entries(rows));

  it('the services are enough, and NULLs are nothing', () => {
    expect(
      exported.read(tables({ whmcs_services: [row(2, { ...service17, next_due_date: '0000-00-00', domain: null })] })),
    ).toEqual([
      {
        ...{ id: 'whmcs-17', externalId: '17', productId: null, productName: null, client: '77' },
        ...{ clientName: null, clientEmail: null, status: 'active', billingCycle: 'Monthly', nextDueDate: null },
        ...{ username: null, domain: null, addresses: [], fields: {} },
      },
    ]);
    expect(exported.read(new Map())).toEqual([]);
  });

  it('every bad row is named with its line', () => {
    const given = tables({
      whmcs_services: [
        row(2, service17),
        row(3, service17),
        row(4, { ...service17, id: '18', next_due_date: '15/12/2026' }),
        row(5, { ...service17, id: 'x', client_id: null, product_id: 'y' }),
        row(6, { ...service17, id: '19', status: null, next_due_date: '2026-02-30' }),
      ],
      whmcs_custom_fields: [
        row(2, { service_id: '17', name: 'ddd', value: '11' }),
        row(3, { service_id: '99', name: 'ddd', value: '1' }),
      ],
      whmcs_options: [row(2, { service_id: null, name: 'x', value: '1' })],
    });
    let thrown: unknown;
    try {
      exported.read(given);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'bad_import', kind: 'usage' });
    const { problems } = (thrown as { details: { problems: Record<string, unknown>[] } }).details;
    expect(problems.map(({ file, line, service, key }) => [file, line, service, key])).toEqual([
      ['whmcs_services.csv', 3, 'whmcs-17', 'id'],
      ['whmcs_services.csv', 4, 'whmcs-18', 'next_due_date'],
      ['whmcs_services.csv', 5, null, 'id'],
      ['whmcs_services.csv', 5, null, 'client_id'],
      ['whmcs_services.csv', 5, null, 'product_id'],
      ['whmcs_services.csv', 6, 'whmcs-19', 'status'],
      ['whmcs_services.csv', 6, 'whmcs-19', 'next_due_date'],
      ['whmcs_custom_fields.csv', 3, 'whmcs-99', 'service_id'],
      ['whmcs_options.csv', 2, null, 'service_id'],
    ]);
    expect(String(thrown)).toContain('whmcs_services.csv, line 4, next_due_date: its next due date "15/12/2026"');
  });

  it('fields without the services are refused', () => {
    expect(() => exported.read(tables({ whmcs_options: [] }))).toThrow('whmcs_services.csv is missing');
  });
});
