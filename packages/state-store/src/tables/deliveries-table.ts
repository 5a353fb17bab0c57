import type { SelectQueryBuilder } from 'kysely';
import type { DeliveryRecord, NoticeRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import type { Database } from './database.js';
import { insertRows } from './insert-rows.js';
import { deliveries, notices } from './record-tables.js';

/** Notices to be sent to channels. */
export function deliveriesTable(access: Access): StoreTables['deliveries'] {
  return {
    add: (records) =>
      access.write(async (session) => {
        const rows = records.map((record) => deliveries.values(record));
        await insertRows(session, deliveries, rows, { do: 'nothing', key: ['notice', 'channel'] });
      }),
    due: ({ channel, now, limit }) =>
      access.read((session) => {
        const query = session.db
          .selectFrom('deliveries')
          .select(deliveries.columns)
          .where('state', '=', 'pending')
          .where('channel', '=', channel)
          .where('next_at', '<=', now)
          .orderBy('next_at')
          .orderBy('seq')
          .limit(limit);
        return withNotices(session, query);
      }),
    list: ({ state, limit } = {}) =>
      access.read((session) => {
        let query = session.db.selectFrom('deliveries').select(deliveries.columns);
        if (state !== undefined) query = query.where('state', '=', state);
        if (limit !== undefined) query = query.limit(limit);
        return withNotices(session, query.orderBy('seq', 'desc'));
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
  };
}

type Rows = SelectQueryBuilder<Database, 'deliveries', Parameters<typeof deliveries.decode>[0]>;

async function withNotices(
  { db }: Session,
  query: Rows,
): Promise<{ delivery: DeliveryRecord; notice: NoticeRecord }[]> {
  const found: { delivery: DeliveryRecord; notice: NoticeRecord }[] = [];
  for (const row of await query.execute()) {
    const delivery = deliveries.decode(row);
    const notice = await db
      .selectFrom('notices')
      .select(notices.columns)
      .where('id', '=', delivery.notice)
      .executeTakeFirst();
    if (notice !== undefined) found.push({ delivery, notice: notices.decode(notice) });
  }
  return found;
}
