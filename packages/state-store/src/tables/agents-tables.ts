import { toAgentSubject } from '@sluice/quota-core';
import { sql } from 'kysely';
import type { AgentTables } from '../agent-tables.js';
import type { Access, Session } from './access.js';
import { agentPeriods, agentReservations, agents, agentSnapshots, agentUsers } from './agent-record-tables.js';
import { isIn, type MemberPath, textMember, withMember } from './dialect.js';
import { inChunksOrAll } from './record-queries.js';
import { findRecord, listRecords, putRecords } from './record-queries.js';
import { text } from './insert-rows.js';

/** Repeats the condition of the partial index literally: with bound values SQLite would not use the index. */
const LIVE = text(`"state" <> 'closed'`);

/** Columns that name an agent by its uuid. */
const AGENT_COLUMNS = [
  ['agents', 'uuid'],
  ['agents', 'parent'],
  ['agent_users', 'owner'],
  ['agent_reservations', 'agent'],
  ['agent_periods', 'agent'],
] as const;

/** Tables of the agents of panels. */
const OF_PANEL = ['agents', 'agent_users', 'agent_periods', 'agent_reservations', 'agent_snapshots'] as const;

/** Agents, the usage of their users, and reservations. */
export function agentsTables(access: Access): AgentTables {
  return {
    agents: agentsTable(access),
    agentUsers: agentUsersTable(access),
    agentPeriods: agentPeriodsTable(access),
    agentReservations: agentReservationsTable(access),
    agentSnapshots: agentSnapshotsTable(access),
  };
}

function agentsTable(access: Access): AgentTables['agents'] {
  return {
    list: (panel) =>
      access.read((session) => listRecords(session, agents, { where: { panel }, order: ['panel', 'uuid'] })),
    put: (records) => access.write((session) => putRecords(session, agents, ['panel', 'uuid'], records)),
    renamePanel: (from, to) =>
      access.write(async ({ db }) => {
        for (const table of OF_PANEL) {
          await db.deleteFrom(table).where('panel', '=', to).execute();
          await db.updateTable(table).set({ panel: to }).where('panel', '=', from).execute();
        }
      }),
    rename: (panel, agent) => access.write((session) => renameAgent(session, panel, agent)),
  };
}

async function renameAgent({ db }: Session, panel: string, { from, to }: { from: string; to: string }): Promise<void> {
  // After a restored backup both may have a period: the one that is kept is that of the present uuid.
  await sql`delete from "agent_periods" where "panel" = ${panel} and "agent" = ${from} and "started_at" in (
    select "started_at" from "agent_periods" where "panel" = ${panel} and "agent" = ${to})`.execute(db);
  for (const [table, column] of AGENT_COLUMNS)
    await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${to}
      where "panel" = ${panel} and ${sql.ref(column)} = ${from}`.execute(db);
  await sql`update "agent_reservations" set "chain" = replace("chain", ${JSON.stringify(from)}, ${JSON.stringify(to)})
    where "panel" = ${panel}`.execute(db);
  const [before, after] = [toAgentSubject(panel, from), toAgentSubject(panel, to)];
  await renameMember(db, panel, ['evidence', 'prior', ['owner']], [from, to]);
  // How an open change ended is stored for the agent by its present uuid.
  for (const member of PAYLOAD_MEMBERS) await renameMember(db, panel, ['actions', 'payload', member], [from, to]);
  for (const subject of await listSubjects(db, before)) {
    const renamed = `${after}${subject.slice(before.length)}`;
    await renameMember(db, panel, ['actions', 'payload', ['subject']], [subject, renamed]);
    await mergeHolds(db, subject, renamed);
    for (const table of ['holds', 'evidence'])
      await sql`update ${sql.table(table)} set "service" = ${renamed} where "service" = ${subject}`.execute(db);
  }
}

/** Returns the subject of an agent, and those of its single users that have holds. */
async function listSubjects(db: Session['db'], agent: string): Promise<string[]> {
  // A range, so that the index on the subject is used; "0" follows "/".
  const [first, end] = [`${agent}/`, `${agent}0`];
  const { rows } = await sql<{ service: string }>`select distinct "service" from "holds"
    where "service" >= ${first} and "service" < ${end}`.execute(db);
  return [agent, ...rows.map(({ service }) => service)];
}

/** Ends open holds of a subject of which another one has an open hold of the same reason, as after a restored backup: that one stands for both. */
async function mergeHolds(db: Session['db'], from: string, to: string): Promise<void> {
  const other = sql`(select o."id" from "holds" o where o."service" = ${to} and o."until" is null and o."reason" = h."reason")`;
  const both = sql`select h."id" as "id", ${other} as "other" from "holds" h where h."service" = ${from} and h."until" is null`;
  const { rows } = await sql<{ id: string; other: string | null }>`${both}`.execute(db);
  for (const { id, other: kept } of rows) {
    if (kept === null) continue;
    await sql`update "evidence" set "hold" = ${kept} where "hold" = ${id} and "until" is null`.execute(db);
    await sql`update "holds" set "until" = (select "since" from "holds" where "id" = ${kept}) where "id" = ${id}`.execute(
      db,
    );
  }
}

/** Rows that still count: evidence of users that are gone may count again. */
const COUNTING = {
  evidence: sql<boolean>`("until" is null or "outcome" = 'gone')`,
  actions: sql<boolean>`"state" in ('planned', 'in-doubt')`,
};

/** Members of the payload of an action that name an agent by its uuid. */
const PAYLOAD_MEMBERS: readonly MemberPath[] = [
  ['payload', 'agent'],
  ['payload', 'owner'],
  ['begins', 'prior', 'owner'],
];

/** Replaces a value in the JSON of rows that still count. */
async function renameMember(
  db: Session['db'],
  panel: string,
  [table, column, member]: readonly [keyof typeof COUNTING, string, MemberPath],
  [from, to]: readonly [string, string],
): Promise<void> {
  await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${withMember(column, member, to)}
    where "panel" = ${panel} and ${COUNTING[table]} and ${textMember(sql.ref(column), member)} = ${from}`.execute(db);
}

function agentUsersTable(access: Access): AgentTables['agentUsers'] {
  return {
    list: ({ panel, keys }) =>
      access.read((session) =>
        inChunksOrAll(keys, (key) => listRecords(session, agentUsers, { where: { panel, key } })),
      ),
    put: (records) => access.write((session) => putRecords(session, agentUsers, ['panel', 'key'], records)),
    remove: (panel, keys) =>
      access.write(async ({ db }) => {
        await db.deleteFrom('agent_users').where('panel', '=', panel).where(isIn('key', keys)).execute();
      }),
  };
}

function agentPeriodsTable(access: Access): AgentTables['agentPeriods'] {
  return {
    list: (panel, agent) =>
      access.read((session) =>
        listRecords(session, agentPeriods, { where: { panel, agent }, order: ['started_at desc'] }),
      ),
    put: (records) =>
      access.write((session) => putRecords(session, agentPeriods, ['panel', 'agent', 'started_at'], records)),
  };
}

function agentReservationsTable(access: Access): AgentTables['agentReservations'] {
  return {
    live: (panel) =>
      access.read((session) =>
        listRecords(session, agentReservations, { where: { panel }, and: [LIVE], order: ['created_at', 'uuid'] }),
      ),
    get: (panel, uuid) => access.read((session) => findRecord(session, agentReservations, { panel, uuid })),
    put: (records) => access.write((session) => putRecords(session, agentReservations, ['panel', 'uuid'], records)),
  };
}

function agentSnapshotsTable(access: Access): AgentTables['agentSnapshots'] {
  return {
    get: (panel) => access.read((session) => findRecord(session, agentSnapshots, { panel })),
    put: (record) => access.write((session) => putRecords(session, agentSnapshots, ['panel'], [record])),
  };
}
