import { sql } from 'kysely';
import type { AgentTables } from '../agent-tables.js';
import type { Access, Session } from './access.js';
import { agentReservations, agents, agentSnapshots, agentUsers } from './agent-record-tables.js';
import { inChunks, listed } from './chunks.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import type { RecordTable } from './record-table.js';

/** Repeats the condition of the partial index literally: with bound values SQLite would not use the index. */
const LIVE = sql<boolean>`"state" <> 'closed'`;

/** Agents, the usage of their users, and reservations. */
export function agentsTables(access: Access): AgentTables {
  return {
    agents: agentsTable(access),
    agentUsers: agentUsersTable(access),
    agentReservations: agentReservationsTable(access),
    agentSnapshots: agentSnapshotsTable(access),
  };
}

function agentsTable(access: Access): AgentTables['agents'] {
  return {
    list: (panel) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('agents').select(agents.columns);
        if (panel !== undefined) query = query.where('panel', '=', panel);
        const rows = await query.orderBy('panel').orderBy('uuid').execute();
        return rows.map((row) => agents.decode(row));
      }),
    put: (records) => access.write((session) => replace(session, agents, records, ['panel', 'uuid'])),
  };
}

function agentUsersTable(access: Access): AgentTables['agentUsers'] {
  return {
    list: ({ panel, keys }) =>
      access.read(async ({ db }) => {
        const query = db.selectFrom('agent_users').select(agentUsers.columns).where('panel', '=', panel);
        const rows =
          keys === undefined
            ? await query.execute()
            : await inChunks(keys, (chunk) => query.where('key', 'in', listed(chunk)).execute());
        return rows.map((row) => agentUsers.decode(row));
      }),
    put: (records) => access.write((session) => replace(session, agentUsers, records, ['panel', 'key'])),
    remove: (panel, keys) =>
      access.write(async ({ db }) => {
        await inChunks(keys, async (chunk) => {
          await db.deleteFrom('agent_users').where('panel', '=', panel).where('key', 'in', listed(chunk)).execute();
          return [];
        });
      }),
  };
}

function agentReservationsTable(access: Access): AgentTables['agentReservations'] {
  return {
    live: (panel) =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('agent_reservations')
          .select(agentReservations.columns)
          .where('panel', '=', panel)
          .where(LIVE)
          .orderBy('created_at')
          .orderBy('uuid')
          .execute();
        return rows.map((row) => agentReservations.decode(row));
      }),
    get: (panel, uuid) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('agent_reservations')
          .select(agentReservations.columns)
          .where('panel', '=', panel)
          .where('uuid', '=', uuid)
          .executeTakeFirst();
        return row === undefined ? null : agentReservations.decode(row);
      }),
    put: (records) => access.write((session) => replace(session, agentReservations, records, ['panel', 'uuid'])),
  };
}

function agentSnapshotsTable(access: Access): AgentTables['agentSnapshots'] {
  return {
    get: (panel) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('agent_snapshots')
          .select(agentSnapshots.columns)
          .where('panel', '=', panel)
          .executeTakeFirst();
        return row === undefined ? null : agentSnapshots.decode(row);
      }),
    put: (record) => access.write((session) => replace(session, agentSnapshots, [record], ['panel'])),
  };
}

/** One statement may not change a row twice: the last record of each row counts. */
async function replace<Rec extends object, Row>(
  session: Session,
  table: RecordTable<string, Rec, Row>,
  records: readonly Rec[],
  key: readonly string[],
): Promise<void> {
  const getPanel = (record: Rec): string => (record as { panel: string }).panel;
  const rows = lastOfEach(records, (record) => `${getPanel(record)} ${table.getId(record)}`).map((record) =>
    table.values(record),
  );
  await insertRows(session, table, rows, { do: 'update', key });
}
