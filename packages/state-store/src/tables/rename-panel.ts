import { toAgentSubject } from '@sluice/quota-core';
import { sql } from 'kysely';
import type { PanelRename } from '../records.js';
import type { Access, Session } from './access.js';

/** Tables with rows of panels. */
export const PANEL_TABLES = [
  'actions',
  'agent_reservations',
  'agent_snapshots',
  'agent_users',
  'agents',
  'alarms',
  'api_call_blocks',
  'api_calls',
  'call_bills',
  'confirmations',
  'evidence',
  'fingerprints',
  'notices',
  'ownership',
  'refreshes',
  'service_resources',
  'services',
  'switches',
  'usage_samples',
] as const;

/** Tables with rows of subjects: those of agents have their panel in their key. */
export const SUBJECT_TABLES = [
  'actions',
  'alarms',
  'api_calls',
  'call_bills',
  'cycles',
  'decision_history',
  'decisions',
  'evidence',
  'graph_cache',
  'holds',
  'notices',
  'ownership',
  'purchases',
  'pushed_usage',
  'runs',
  'service_overrides',
  'service_resources',
  'usage_samples',
  'write_backs',
] as const;

/** Members of JSON that name a panel. */
const MEMBERS = [
  ['conditions', 'details', '$.panel'],
  ['cycles', 'counter', '$.panel'],
  ['decisions', 'inputs', '$.reading.panel'],
] as const;

/** Renames a panel in everything that is stored of it. */
export function renamePanel(access: Access, rename: PanelRename): Promise<void> {
  return access.write(async (session) => {
    for (const table of PANEL_TABLES) await renameRows(session, table, rename);
    for (const table of SUBJECT_TABLES) await renameAgents(session, table, rename);
    for (const [table, column, member] of MEMBERS) {
      const value = sql`json_extract(${sql.ref(column)}, ${member})`;
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = json_set(${sql.ref(column)}, ${member}, ${rename.to})
        where ${sql.ref(column)} is not null and ${value} = ${rename.from}`.execute(session.db);
    }
    for (const key of rename.keys) await renameKeys(session, key, rename);
  });
}

async function renameRows(
  { db }: Session,
  table: (typeof PANEL_TABLES)[number],
  { from, to }: PanelRename,
): Promise<void> {
  await sql`update ${sql.table(table)} set "panel" = ${to} where "panel" = ${from}`.execute(db);
}

async function renameAgents(
  { db }: Session,
  table: (typeof SUBJECT_TABLES)[number],
  { from, to }: PanelRename,
): Promise<void> {
  const [before, after] = [toAgentSubject(from, ''), toAgentSubject(to, '')];
  await sql`update ${sql.table(table)} set "service" = ${after} || substr("service", ${before.length + 1})
    where substr("service", 1, ${before.length}) = ${before}`.execute(db);
}

/** Conditions whose keys begin with this text and the name of the panel. */
async function renameKeys({ db }: Session, key: string, { from, to }: PanelRename): Promise<void> {
  const begins = `${key}${from}`;
  await sql`update "conditions" set "key" = ${`${key}${to}`} || substr("key", ${begins.length + 1})
    where "key" = ${begins} or substr("key", 1, ${begins.length + 1}) = ${`${begins}:`}`.execute(db);
}
