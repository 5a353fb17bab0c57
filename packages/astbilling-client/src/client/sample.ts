import type { ResourceName } from '../profile/schema.js';
import { readName } from '../wire/pointer.js';
import type { Connection } from './connection.js';
import { readPage } from './pages.js';
import { isOrphan, ResourceClient } from './resource.js';
import {
  toCall,
  toCarrier,
  toCountry,
  toCustomer,
  toDid,
  toPlan,
  toRate,
  toRoute,
  toSubscriber,
  toTrunk,
} from './to-records.js';
import type { AstbillingCallOptions, ResourceSample } from './types.js';

const CONVERTERS: Partial<Record<ResourceName, (record: Record<string, unknown>) => unknown>> = {
  subscribers: toSubscriber,
  dids: toDid,
  customers: toCustomer,
  plans: toPlan,
  carriers: toCarrier,
  trunks: toTrunk,
  routes: toRoute,
  rates: toRate,
  countries: toCountry,
  cdrs: toCall,
};

/** Reads one page of a resource and converts every row as the other calls do. */
export async function sampleResource(
  connection: Connection,
  resource: ResourceName,
  options: AstbillingCallOptions & { range?: { from: string; to: string } } = {},
): Promise<ResourceSample> {
  const { range, ...callOptions } = options;
  const call = { resource, name: 'list' as const, range };
  const { rows, total } = await readPage(connection, call, { number: 0, received: 0, cursor: null }, callOptions);
  const client = new ResourceClient(connection, resource, CONVERTERS[resource] ?? ((record): unknown => record));
  const ids = rows.map((row, index) =>
    connection.decode(
      call,
      () => {
        const record = client.decode(row);
        if (!isOrphan(resource, record)) client.toRow(record);
        return typeof record['id'] === 'string' ? record['id'] : null;
      },
      index,
    ),
  );
  return { rows: rows.length, total, firstId: ids[0] ?? null, absentFields: listAbsent(connection, resource, rows) };
}

function listAbsent(connection: Connection, resource: ResourceName, rows: unknown[]): string[] {
  if (rows.length === 0) return [];
  const { fields = {} } = connection.profile.resources[resource] ?? {};
  return Object.entries(fields).flatMap(([field, name]) => {
    if (name === null || /passw/.test(field)) return [];
    const names = typeof name === 'string' ? [name] : name;
    return rows.some((row) => names.some((one) => readName(row, one) !== undefined)) ? [] : [field];
  });
}
