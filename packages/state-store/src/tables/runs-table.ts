import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { isIn } from './dialect.js';
import {
  inChunks,
  findRecord,
  insertRecords,
  listByTime,
  pageByTime,
  updateRecord,
  inChunksOrAll,
  inOrder,
  mustExist,
  listCounted,
} from './record-queries.js';
import { noteChanged } from './next-readings-table.js';
import { outcomeOrNull } from './columns.js';
import { runs, refreshes } from './run-record-tables.js';
import { actions } from './hold-record-tables.js';
import { execute, text } from './insert-rows.js';

const OUTCOME = outcomeOrNull('exit_code');

/** All runs. */
export function runsTable(access: Access): StoreTables['runs'] {
  return {
    start: (record) => access.write((session) => insertRecords(session, runs, [record])),
    finish: (id, change) => access.write((session) => updateRecord(session, runs, id, change)),
    actors: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(ids, (chunk) =>
          db.selectFrom('runs').select(['id', 'actor']).where(isIn('id', chunk)).execute(),
        );
        return new Map(rows.flatMap(({ id, actor }) => (actor === null ? [] : [[id, actor] as const])));
      }),
    get: (id) => access.read((session) => findRecord(session, runs, { id })),
    list: ({ command, service, whole, outcomes, ...filter } = {}) =>
      access.read((session) => {
        const where = {
          command,
          scope: whole === true ? null : undefined,
          service: whole === true ? null : service,
          exit_code: outcomes?.map(OUTCOME.encode),
        };
        return listByTime(session, runs, 'started_at', { where, newestFirst: true, ...filter });
      }),
    page: ({ service, ...request }) =>
      access.read((session) => pageByTime(session, runs, 'started_at', { where: { service }, ...request })),
  };
}

/** Restrictions that were applied again. */
export function refreshesTable(access: Access): StoreTables['refreshes'] {
  return {
    start: (record) => access.write((session) => insertRecords(session, refreshes, [record])),
    finish: (id, panel, change) =>
      access.write(async (session) => {
        // Only the newest state is used.
        await session.db
          .updateTable('refreshes')
          .set({ state: null })
          .where('panel', '=', panel)
          .where('state', 'is not', null)
          .execute();
        await updateRecord(session, refreshes, id, change);
      }),
    state: (panel) =>
      access.read(async (session) => {
        const and = [text('"state" is not null')];
        const filter = { where: { panel }, and, newestFirst: true, limit: 1 };
        const [newest] = await listByTime(session, refreshes, 'started_at', filter);
        return newest?.state ?? null;
      }),
    list: (filter = {}) =>
      access.read((session) => listByTime(session, refreshes, 'started_at', { newestFirst: true, ...filter })),
    page: (request) => access.read((session) => pageByTime(session, refreshes, 'started_at', request)),
  };
}

/** Key of the row of the confirmed instant; all others are reservations. */
const CONFIRMED = 'confirmed';
/** What begins later was reserved before the clock was set back. */
const LATEST_MS = 60_000;

/** The newest instant confirmed by the clock, and until when what is named is reserved. */
export function clockTable(access: Access): StoreTables['clock'] {
  return {
    confirmed: () =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('clock').select('at').where('name', '=', CONFIRMED).executeTakeFirst();
        return row?.at ?? null;
      }),
    confirm: (at) =>
      access.write(async ({ db }) => {
        await db
          .insertInto('clock')
          .values({ name: CONFIRMED, at })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }).where('clock.at', '<', at))
          .execute();
      }),
    accept: (at) =>
      access.write(async ({ db }) => {
        await db
          .insertInto('clock')
          .values({ name: CONFIRMED, at })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
          .execute();
      }),
    now: (ofCaller) =>
      access.read(async (session) => {
        const { now, words } = session;
        if (now !== undefined) return now;
        if (words.now === '') return ofCaller;
        const { rows } = await execute<{ now: string }>(session, text(`select 1 as "one"${words.now}`));
        return rows[0]?.now ?? ofCaller;
      }),
    reserve: (of, { now, ms }) =>
      access.write(async ({ db, now: ofDatabase }) => {
        const name = `reserved ${of}`;
        const row = await db.selectFrom('clock').select('at').where('name', '=', name).executeTakeFirst();
        const begin = Date.parse(ofDatabase ?? now);
        const until = row === undefined ? begin : Date.parse(row.at);
        const wait = until > begin + LATEST_MS ? 0 : Math.max(0, until - begin);
        const at = new Date(begin + wait + ms).toISOString();
        await db
          .insertInto('clock')
          .values({ name, at })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ at }))
          .execute();
        return wait;
      }),
  };
}

/** Repeats the condition of the partial index literally: with bound values SQLite would not use the index. */
const UNRESOLVED = text(`"state" in ('planned', 'in-doubt')`);

/** The journal. */
export function actionsTable(access: Access): StoreTables['actions'] {
  return {
    get: (id) => access.read((session) => findRecord(session, actions, { id })),
    plan: (records) =>
      access.write(async (session) => {
        await noteChanged(
          session,
          records.flatMap(({ service }) => service ?? []),
        );
        await insertRecords(session, actions, records);
      }),
    called: (id, at, payload) =>
      access.write(async (session) => {
        const result = await session.db
          .updateTable('actions')
          .set((eb) => ({ called_at: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('actions', id, result.numUpdatedRows);
        if (payload !== undefined) await updateRecord(session, actions, id, { payload });
      }),
    end: (id, change) => access.write((session) => updateRecord(session, actions, id, change)),
    unresolved: ({ panel, services } = {}) =>
      access.read(async (session) => {
        const rows = await inChunksOrAll(services, (service) =>
          listCounted(session, actions, { where: { service, panel }, and: [UNRESOLVED] }),
        );
        return inOrder(rows, (row) => row.planned_at).map((row) => actions.decode(row));
      }),
    list: ({ service, run, type, ...filter }) =>
      access.read((session) =>
        listByTime(session, actions, 'planned_at', { where: { service, run, type }, ...filter }),
      ),
    page: ({ service, ...request }) =>
      access.read((session) => pageByTime(session, actions, 'planned_at', { where: { service }, ...request })),
  };
}
