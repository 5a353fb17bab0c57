import { mergeService } from '../merge-service.js';
import type { ServiceChange, ServiceRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { missingRow } from './must-exist.js';
import { services } from './record-tables.js';

/** Services. */
export function servicesTable(access: Access): StoreTables['services'] {
  return {
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('services').select(services.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : services.decode(row);
      }),
    list: (filter = {}) =>
      access.read(async ({ db }) => {
        const { panel, product, client, ids, after, limit } = filter;
        const rows = await inChunksOrAll(ids, (chunk) => {
          let query = db.selectFrom('services').select(services.columns).orderBy('id');
          if (chunk !== null) query = query.where('id', 'in', listed(chunk));
          if (panel !== undefined) query = query.where('panel', '=', panel);
          if (product !== undefined) query = query.where('product', '=', product);
          if (client !== undefined) query = query.where('client', '=', client);
          if (after !== undefined) query = query.where('id', '>', after);
          if (limit !== undefined) query = query.limit(limit);
          return query.execute();
        });
        return (limit === undefined ? rows : rows.slice(0, limit)).map((row) => services.decode(row));
      }),
    count: (panel) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('services')
          .select((eb) => eb.fn.countAll<number>().as('count'))
          .where('panel', '=', panel)
          .executeTakeFirst();
        return row?.count ?? 0;
      }),
    put: (records) =>
      access.write(async (session) => {
        const rows = lastOfEach(records, services.getId).map((record) => services.values(record));
        await insertRows(session, services, rows, { do: 'update', key: ['id'] });
      }),
    update: (changes) => access.write((session) => updateServices(session, changes)),
    remove: (id) => access.write((session) => removeService(session, id)),
    ids: () =>
      access.read(async ({ db }) => {
        const rows = await db.selectFrom('services').select('id').orderBy('id').execute();
        return rows.map((row) => row.id);
      }),
  };
}

/** Merges changes into their records. Returns the changed records in the order of the changes. */
async function updateServices(session: Session, changes: readonly ServiceChange[]): Promise<ServiceRecord[]> {
  const ids = changes.map((change) => change.id);
  const rows = await inChunks(ids, (chunk) =>
    session.db.selectFrom('services').select(services.columns).where('id', 'in', listed(chunk)).execute(),
  );
  const current = new Map(rows.map((row) => [row.id, services.decode(row)]));
  for (const change of changes) {
    const record = current.get(change.id);
    if (record === undefined) throw missingRow('services', change.id);
    current.set(change.id, mergeService(record, change));
  }
  // The write lock was acquired before the rows were read: no other process has changed a column since.
  const values = [...current.values()].map((record) => services.values(record));
  await insertRows(session, services, values, { do: 'update', key: ['id'] });
  return ids.flatMap((id) => current.get(id) ?? []);
}

async function removeService(session: Session, id: string): Promise<void> {
  await refuseHeld(session, id);
  const { db } = session;
  await db.deleteFrom('service_overrides').where('service', '=', id).execute();
  await db.deleteFrom('cycles').where('service', '=', id).execute();
  await db.deleteFrom('usage_samples').where('service', '=', id).execute();
  await db.deleteFrom('decisions').where('service', '=', id).execute();
  await db.deleteFrom('decision_history').where('service', '=', id).execute();
  await db.deleteFrom('service_resources').where('service', '=', id).execute();
  await db.deleteFrom('pushed_usage').where('service', '=', id).execute();
  await db.deleteFrom('write_backs').where('service', '=', id).execute();
  await db.deleteFrom('services').where('id', '=', id).execute();
}

/** Without the service, its restrictions would never be undone. */
async function refuseHeld({ db }: Session, id: string): Promise<void> {
  const hold = await db
    .selectFrom('holds')
    .select('id')
    .where('service', '=', id)
    .where('until', 'is', null)
    .executeTakeFirst();
  const proof = await db
    .selectFrom('evidence')
    .select('id')
    .where('service', '=', id)
    .where('until', 'is', null)
    .executeTakeFirst();
  if (hold === undefined && proof === undefined) return;
  throw new StoreError('store_conflict', `The service "${id}" is still held; release it before it is removed.`, {
    row: { table: 'services', id },
  });
}
