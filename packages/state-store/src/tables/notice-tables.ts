import { sql } from 'kysely';
import type { DeliveryRecord, NoticeRecord } from '../notice-records.js';
import type { NoticeTables } from '../notice-tables.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { isIn } from './dialect.js';
import { inChunks, inChunksOrAll } from './record-queries.js';
import { insertRows } from './insert-rows.js';
import { compare, deleteRecords, findRecord, listByTime, listRecords, putRecords } from './record-queries.js';
import { noteChanged } from './next-readings-table.js';
import { alarms, clientAddresses, clientNotices, conditions, deliveries, notices } from './run-record-tables.js';

/** Tables of notices, of their deliveries, and of what lasts over several runs. */
export function noticeTables(access: Access): NoticeTables {
  return {
    notices: noticesTable(access),
    deliveries: deliveriesTable(access),
    ...readerTables(access),
    alarms: {
      get: (id) => access.read((session) => findRecord(session, alarms, { id })),
      list: ({ services, panel } = {}) =>
        access.read(async (session) => {
          const found = await inChunksOrAll(services, (service) =>
            listRecords(session, alarms, { where: { service, panel } }),
          );
          return found.sort((a, b) => (a.since < b.since ? -1 : a.since > b.since ? 1 : a.key < b.key ? -1 : 1));
        }),
      put: (records) =>
        access.write(async (session) => {
          await noteChanged(
            session,
            records.map(({ service }) => service),
          );
          await putRecords(session, alarms, ['id'], records);
        }),
      remove: (ids) =>
        access.write(async (session) => {
          await inChunks(ids, async (some) => {
            await removeAlarms(session, some);
            return [];
          });
        }),
    },
    conditions: {
      get: (key) => access.read((session) => findRecord(session, conditions, { key })),
      list: (prefix) =>
        access.read((session) => {
          const and = [compare('key', '>=', prefix), compare('key', '<=', `${prefix}\u{10ffff}`)];
          return listRecords(session, conditions, { and, order: ['key'] });
        }),
      put: (record) => access.write((session) => putRecords(session, conditions, ['key'], [record])),
      end: (key) => access.write((session) => deleteRecords(session, conditions, { key })),
    },
  };
}

/** What readers have chosen about their notices. */
function readerTables(access: Access): Pick<NoticeTables, 'clientNotices' | 'clientAddresses'> {
  return {
    clientNotices: {
      list: (readers) =>
        access.read(async (session) => {
          const found = await inChunks(readers, (reader) => listRecords(session, clientNotices, { where: { reader } }));
          return found.sort((a, b) => compareTexts(a.reader, b.reader) || compareTexts(a.event, b.event));
        }),
      put: (records) => access.write((session) => putRecords(session, clientNotices, ['reader', 'event'], records)),
      remove: async (reader) => {
        await access.write((session) => deleteRecords(session, clientNotices, { reader }));
      },
    },
    clientAddresses: {
      list: (readers) =>
        access.read(async (session) => {
          const found = await inChunks(readers, (reader) =>
            listRecords(session, clientAddresses, { where: { reader } }),
          );
          return found.sort((a, b) => compareTexts(a.reader, b.reader));
        }),
      findAsked: (hash) => access.read((session) => findRecord(session, clientAddresses, { asked_hash: hash })),
      put: (record) => access.write((session) => putRecords(session, clientAddresses, ['reader'], [record])),
      remove: (reader) => access.write((session) => deleteRecords(session, clientAddresses, { reader })),
    },
  };
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Removes alarms. The notices of one that no other alarm with its code succeeds get keys of their own, so that the next alarm is
 * reported again.
 */
export async function removeAlarms({ db }: Session, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const removed = await db.deleteFrom('alarms').where(isIn('id', ids)).returning(['service', 'code']).execute();
  for (const { service, code } of removed) {
    await sql`update "notices" set "key" = "key" || ':' || "id" where "service" = ${service} and "code" = ${code}
      and substr("key", length("key") - length("id")) <> ':' || "id"
      and not exists (select 1 from "alarms" where "service" = ${service} and "code" = ${code})`.execute(db);
  }
}

/** Notices for the operator or the client. */
function noticesTable(access: Access): StoreTables['notices'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const ids = await insertRows(
          session,
          { table: notices.table, columns: notices.columns, returning: 'id' },
          records.map((record) => notices.values(record)),
          { do: 'nothing', key: ['key'] },
        );
        const added = new Set(ids);
        return records.filter((record) => added.has(record.id));
      }),
    list: ({ run, service, ...filter } = {}) =>
      access.read((session) => listByTime(session, notices, 'at', { where: { run, service }, ...filter })),
    has: (key) => access.read(async (session) => (await findRecord(session, notices, { key })) !== null),
    known: (keys) =>
      access.read(({ db }) =>
        inChunks(keys, async (some) => {
          const rows = await db.selectFrom('notices').select('key').where(isIn('key', some)).execute();
          return rows.map(({ key }) => key);
        }),
      ),
  };
}

/** Notices to be sent to channels. */
function deliveriesTable(access: Access): StoreTables['deliveries'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const rows = records.map((record) => deliveries.values(record));
        await insertRows(session, deliveries, rows, { do: 'nothing', key: ['notice', 'channel'] });
      }),
    due: ({ channel, now, latest, limit }) =>
      access.read(async (session) => {
        const where = { state: 'pending', channel };
        const due = await listByTime(session, deliveries, 'next_at', { where, until: now, limit });
        const left = latest === undefined ? 0 : limit - due.length;
        const ahead =
          left > 0 ? await listByTime(session, deliveries, 'next_at', { where, since: latest, limit: left }) : [];
        return withNotices(session, [...due, ...ahead]);
      }),
    list: ({ state, limit } = {}) =>
      access.read(async (session) => {
        const selection = { where: { state }, order: ['seq desc'], limit } as const;
        return withNotices(session, await listRecords(session, deliveries, selection));
      }),
    counts: () =>
      access.read(({ db }) =>
        db
          .selectFrom('deliveries')
          .select((eb) => ['channel', 'state', eb.fn.countAll<number>().as('count')])
          .where('state', 'in', ['pending', 'given-up'])
          .groupBy(['state', 'channel'])
          .$narrowType<{ state: 'pending' | 'given-up' }>()
          .execute(),
      ),
    update: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('deliveries')
          .set({ ...deliveries.encodePart(id, change), id })
          .where('id', '=', id)
          .where('state', '=', 'pending')
          .executeTakeFirst();
        return result.numUpdatedRows > 0n;
      }),
    drop: (id) => access.write((session) => deleteRecords(session, deliveries, { id, state: 'pending' })),
  };
}

async function withNotices(
  session: Session,
  records: readonly DeliveryRecord[],
): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]> {
  const ids = records.map(({ notice }) => notice);
  const found = await inChunks(ids, (id) => listRecords(session, notices, { where: { id } }));
  const byId = new Map(found.map((notice) => [notice.id, notice]));
  return records.flatMap((delivery) => {
    const notice = byId.get(delivery.notice);
    return notice === undefined ? [] : [{ delivery, notice }];
  });
}
