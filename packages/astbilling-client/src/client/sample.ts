import type { ResourceName } from '../profile/schema.js';
import type { CanonicalRecord } from '../wire/codec.js';
import { readName } from '../wire/pointer.js';
import type { Connection } from './connection.js';
import { readPage } from './page.js';
import { isOrphan, ResourceClient } from './resource.js';
import { CONVERTERS } from './to-records.js';
import type { AstbillingCallOptions, ResourceSample } from './types.js';

/** Reads one page of a resource and converts every row as the other calls do. */
export async function sampleResource(
  connection: Connection,
  resource: ResourceName,
  options: AstbillingCallOptions & { range?: { from: string; to: string } } = {},
): Promise<ResourceSample> {
  const { range, ...callOptions } = options;
  const call = { resource, name: 'list' as const, range };
  const { rows, total } = await readPage(connection, call, { number: 0, received: 0, cursor: null }, callOptions);
  const converters: Partial<Record<ResourceName, (record: CanonicalRecord) => unknown>> = CONVERTERS;
  const client = new ResourceClient(connection, resource, converters[resource] ?? ((record): unknown => record));
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
