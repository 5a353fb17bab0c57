import { sql } from 'kysely';
import { mergeService } from '../merge-service.js';
import type { ServiceChange, ServiceRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { isIn } from './dialect.js';
import {
  inChunks,
  inChunksOrAll,
  missingRow,
  deleteRecords,
  findRecord,
  listRecords,
  insertRecords,
} from './record-queries.js';
import { autoBuyPreferences } from './ledger-record-tables.js';
import { noteChanged } from './next-readings-table.js';
import { recordOwnership } from './ownership-table.js';
import { evidence, holds } from './hold-record-tables.js';
import { removeAlarms } from './notice-tables.js';
import { alarms } from './run-record-tables.js';
import { services, overrides } from './service-record-tables.js';
import { statement } from './insert-rows.js';
import { noteUndecided } from './undecided.js';
import { writeServices } from './written-services.js';

/** Services. */
export function servicesTable(access: Access): StoreTables['services'] {
  return {
    get: (id) => access.read((session) => findRecord(session, services, { id })),
    list: ({ ids, panel, product, client, after, limit } = {}) =>
      access.read(async (session) => {
        const and = after === undefined ? [] : [statement`"id" > ${after}`];
        const found = await inChunksOrAll(ids, (id) =>
          listRecords(session, services, { where: { id, panel, product, client }, and, order: ['id'], limit }),
        );
        return limit === undefined ? found : found.slice(0, limit);
      }),
    count: (filter) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('services').select((eb) => eb.fn.countAll<number>().as('count'));
        for (const column of ['panel', 'product', 'client'] as const)
          if (filter[column] !== undefined) query = query.where(column, '=', filter[column]);
        return (await query.executeTakeFirst())?.count ?? 0;
      }),
    put: (records) => access.write((session) => putServices(session, records)),
    update: (changes) => access.write((session) => updateServices(session, changes)),
    call: (changes) => access.write((session) => callServices(session, changes)),
    remove: (id, at) => access.write((session) => removeService(session, id, at)),
    ids: () =>
      access.read(async ({ db }) => {
        const rows = await db.selectFrom('services').select('id').orderBy('id').execute();
        return rows.map((row) => row.id);
      }),
    names: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(ids, (chunk) =>
          db.selectFrom('services').select(['id', 'name']).where(isIn('id', chunk)).execute(),
        );
        return new Map(rows.flatMap(({ id, name }) => (name === null ? [] : [[id, name] as const])));
      }),
    panels: () =>
      access.read(async ({ db }) => {
        // From one panel to the next in the index: there are few, with many services each.
        const { rows } = await sql<{ panel: string }>`with recursive found as (
            select min("panel") as "panel" from "services" union all
            select (select min("panel") from "services" where "panel" > found."panel") from found where found."panel" is not null)
          select "panel" from found where "panel" is not null order by "panel"`.execute(db);
        return rows.map((row) => row.panel);
      }),
    language: (client) =>
      access.read(async (session) => {
        const and = [statement`"language" is not null`];
        const [first] = await listRecords(session, services, { where: { client }, and, order: ['id'], limit: 1 });
        return first?.language ?? null;
      }),
  };
}

async function putServices(session: Session, records: readonly ServiceRecord[]): Promise<void> {
  const last = new Map(records.map((record) => [record.id, record]));
  const stored = await inChunks([...last.keys()], (id) => listRecords(session, services, { where: { id } }));
  const before = new Map(stored.map((record) => [record.id, record]));
  await storeServices(session, records);
  await noteChanged(session, [...last.keys()]);
  await recordOwnership(
    session,
    [...last.values()].map((after) => {
      const had = before.get(after.id) ?? null;
      return { before: had, after, at: had === null ? after.createdAt : after.updatedAt };
    }),
  );
}

/** Stores services as changed since the last decisions about them. */
async function storeServices(session: Session, records: readonly ServiceRecord[]): Promise<void> {
  await writeServices(session, records);
  await noteUndecided(
    session,
    records.map(({ id }) => id),
  );
}

/** Merges changes into their records. Returns the changed records in the order of the changes. */
async function updateServices(session: Session, changes: readonly ServiceChange[]): Promise<ServiceRecord[]> {
  const ids = changes.map((change) => change.id);
  const records = await inChunks(ids, (id) => listRecords(session, services, { where: { id } }));
  const before = new Map(records.map((record) => [record.id, record]));
  const current = new Map(before);
  for (const change of changes) {
    const record = current.get(change.id);
    if (record === undefined) throw missingRow('services', change.id);
    current.set(change.id, mergeService(record, change));
  }
  // The write lock was acquired before the rows were read: no other process has changed a column since.
  // Of the panel that it leaves, and of the one that it comes to.
  await noteChanged(session, ids);
  await storeServices(session, [...current.values()]);
  await noteChanged(session, ids);
  await recordOwnership(
    session,
    [...current.values()].map((after) => ({ before: before.get(after.id) ?? null, after, at: after.updatedAt })),
  );
  return ids.flatMap((id) => current.get(id) ?? []);
}

async function callServices(session: Session, changes: Parameters<StoreTables['services']['call']>[0]): Promise<void> {
  const named = new Map(changes.map((change) => [change.id, change]));
  const records = await inChunks([...named.keys()], (id) => listRecords(session, services, { where: { id } }));
  await writeServices(
    session,
    records.map((record) =>
      mergeService(record, { ...named.get(record.id), id: record.id, updatedAt: record.updatedAt }),
    ),
  );
}

/** Tables whose rows end with their service. */
const OWN_TABLES = [
  'service_overrides',
  'cycles',
  'usage_samples',
  'decisions',
  'decision_history',
  'service_resources',
  'next_readings',
  'pushed_usage',
  'write_backs',
  'compliant_services',
  'undecided',
] as const;

async function removeService(session: Session, id: string, at: string): Promise<void> {
  await refuseHeld(session, id);
  const before = await findRecord(session, services, { id });
  if (before !== null) await recordOwnership(session, [{ before, after: null, at }]);
  const own = await listRecords(session, alarms, { where: { service: id } });
  await removeAlarms(
    session,
    own.map((alarm) => alarm.id),
  );
  await noteChanged(session, [id]);
  for (const table of OWN_TABLES) await session.db.deleteFrom(table).where('service', '=', id).execute();
  for (const scope of ['service', 'link'] as const) {
    await deleteRecords(session, autoBuyPreferences, { scope, subject: id });
  }
  await deleteRecords(session, services, { id });
}

/** Without the service, its restrictions would never be undone. */
async function refuseHeld(session: Session, id: string): Promise<void> {
  const open = { service: id, until: null };
  if ((await findRecord(session, holds, open)) === null && (await findRecord(session, evidence, open)) === null) return;
  throw new StoreError('store_conflict', `The service "${id}" is still held; release it before it is removed.`, {
    row: { table: 'services', id },
  });
}

/** The operator's overrides for single services. */
export function overridesTable(access: Access): StoreTables['overrides'] {
  return {
    open: (ids) =>
      access.read((session) =>
        inChunksOrAll(ids, (service) =>
          listRecords(session, overrides, { where: { service, until: null }, order: ['service'] }),
        ),
      ),
    all: (service) =>
      access.read((session) =>
        listRecords(session, overrides, { where: { service }, order: ['service', 'since', 'seq'] }),
      ),
    set: (record) =>
      access.write(async (session) => {
        await endOpen(session, record.service, record.since);
        await insertRecords(session, overrides, [record]);
      }),
    end: (service, at) => access.write((session) => endOpen(session, service, at)),
  };
}

async function endOpen(session: Session, service: string, until: string): Promise<boolean> {
  const { db } = session;
  await noteChanged(session, [service]);
  const result = await db
    .updateTable('service_overrides')
    .set({ until })
    .where('service', '=', service)
    .where('until', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
