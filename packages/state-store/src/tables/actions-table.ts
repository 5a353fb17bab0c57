import { sql } from 'kysely';
import type { ActionRecord } from '../records.js';
import type { Page, StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { inChunksOrAll, inOrder, listed } from './chunks.js';
import { insertRows } from './insert-rows.js';
import { mustExist } from './must-exist.js';
import { behind, toPage } from './page.js';
import { actions } from './record-tables.js';

/** Repeats the condition of the partial index literally: with bound values SQLite would not use the index. */
const UNSETTLED = sql<boolean>`"state" in ('planned', 'in-doubt')`;

type ActionsTable = StoreTables['actions'];
type ActionFilter = Parameters<ActionsTable['list']>[0];
type ActionPageRequest = Parameters<ActionsTable['page']>[0];

/** The journal. */
export function actionsTable(access: Access): ActionsTable {
  return {
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('actions').select(actions.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : actions.decode(row);
      }),
    plan: (records) =>
      access.write(async (session) => {
        await insertRows(
          session,
          actions,
          records.map((record) => actions.values(record)),
        );
      }),
    called: (id, at) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('actions')
          .set((eb) => ({ called_at: at, attempts: eb('attempts', '+', 1) }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('actions', id, result.numUpdatedRows);
      }),
    end: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('actions')
          .set(actions.encodePart(id, change))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('actions', id, result.numUpdatedRows);
      }),
    unsettled: ({ panel, services } = {}) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(services, (chunk) => {
          let query = db.selectFrom('actions').select(actions.columns).select('seq').where(UNSETTLED);
          if (chunk !== null) query = query.where('service', 'in', listed(chunk));
          if (panel !== undefined) query = query.where('panel', '=', panel);
          return query.execute();
        });
        return inOrder(rows, (row) => row.planned_at).map((row) => actions.decode(row));
      }),
    list: (filter) => access.read((session) => listActions(session, filter)),
    page: (request) => access.read((session) => pageOfActions(session, request)),
  };
}

async function listActions(
  { db }: Session,
  { service, run, since, until, limit, newestFirst = false }: ActionFilter,
): Promise<ActionRecord[]> {
  let query = db.selectFrom('actions').select(actions.columns);
  if (service !== undefined) query = query.where('service', '=', service);
  if (run !== undefined) query = query.where('run', '=', run);
  if (since !== undefined) query = query.where('planned_at', '>=', since);
  if (until !== undefined) query = query.where('planned_at', '<=', until);
  if (limit !== undefined) query = query.limit(limit);
  const direction = newestFirst ? 'desc' : 'asc';
  const rows = await query.orderBy('planned_at', direction).orderBy('seq', direction).execute();
  return rows.map((row) => actions.decode(row));
}

async function pageOfActions(
  { db }: Session,
  { service, since, after, limit }: ActionPageRequest,
): Promise<Page<ActionRecord>> {
  let query = db.selectFrom('actions').select(actions.columns).select('seq');
  if (service !== undefined) query = query.where('service', '=', service);
  if (since !== undefined) query = query.where('planned_at', '>=', since);
  if (after) query = query.where(behind('planned_at', after));
  const rows = await query.orderBy('planned_at').orderBy('seq').limit(limit).execute();
  return toPage(
    rows,
    limit,
    (row) => row.planned_at,
    (row) => actions.decode(row),
  );
}
