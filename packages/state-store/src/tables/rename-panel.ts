import { toAgentSubject } from '@sluice/quota-core';
import { type RawBuilder, sql } from 'kysely';
import type { PanelRename } from '../records.js';
import type { Access, Session } from './access.js';
import { textMember, withMember } from './dialect.js';
import { renameCalls } from './rename-calls.js';

/** Tables with rows of panels. */
export const PANEL_TABLES = [
  'actions',
  'agent_periods',
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
  'next_readings',
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
  'compliant_services',
  'cycles',
  'decision_history',
  'decisions',
  'evidence',
  'graph_cache',
  'holds',
  'next_readings',
  'notices',
  'ownership',
  'purchases',
  'pushed_usage',
  'runs',
  'service_overrides',
  'service_resources',
  'undecided',
  'usage_samples',
  'write_backs',
] as const;

/** Members of JSON that name a panel. */
const MEMBERS = [
  ['conditions', 'details', ['panel']],
  ['cycles', 'counter', ['panel']],
  ['cycles', 'counter', ['source', 'panel']],
  ['decisions', 'inputs', ['reading', 'panel']],
] as const;

/** Tables with what commands and runs decided and changed: a panel that has a row in one of them is known by its name. */
const OWN_TABLES = [
  'actions',
  'call_bills',
  'evidence',
  'ownership',
  'services',
  'usage_samples',
] as const satisfies readonly (typeof PANEL_TABLES)[number][];

/** Tables with what was read last of panels, by panel: what the old name has is what counts. */
const READ_TABLES = [
  'agent_periods',
  'agent_reservations',
  'agent_snapshots',
  'agent_users',
  'agents',
  'fingerprints',
  'next_readings',
] as const;

/** Renames a panel in everything that is stored of it; false where something is stored of the new name already. */
export function renamePanel(access: Access, rename: PanelRename): Promise<boolean> {
  return access.write(async (session) => {
    if (await isKnown(session, rename.to)) return false;
    for (const table of READ_TABLES)
      await sql`delete from ${sql.table(table)} where "panel" = ${rename.to}`.execute(session.db);
    await dropSwitches(session, rename);
    await renameCalls(session, rename);
    for (const table of PANEL_TABLES) await renameRows(session, table, rename);
    await renameActions(session, rename);
    for (const table of SUBJECT_TABLES) await renameAgents(session, table, rename);
    for (const [table, column, member] of MEMBERS) {
      const value = textMember(sql.ref(column), member);
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${withMember(column, member, rename.to)}
        where ${sql.ref(column)} is not null and ${value} = ${rename.from}`.execute(session.db);
    }
    for (const key of rename.endedByName)
      await renameKeys(session, rename, { key, isOld: sql<boolean>`"key" = ${key + rename.from}` });
    for (const key of rename.beforeName) {
      const begins = `${key}${rename.from}:`;
      await renameKeys(session, rename, { key, isOld: sql<boolean>`substr("key", 1, ${begins.length}) = ${begins}` });
    }
    return true;
  });
}

/**
 * Leaves the switches of the panel itself. Where those of the new name may be its own, the newest of both names stay, since a restored store
 * may have them from the store that it replaced; what was enforced under the new name was another panel, since a restored store has
 * only what was observed.
 */
async function dropSwitches({ db }: Session, { from, to, dropsSwitches }: PanelRename): Promise<void> {
  const others = dropsSwitches ? ['on', 'observe'] : ['on'];
  await sql`delete from "switches" where "panel" = ${to} and "enforce" in (${sql.join(others)})`.execute(db);
  await sql`delete from "switches" where "panel" in (${from}, ${to}) and exists (select 1 from "switches" as "newer"
    where "newer"."panel" in (${from}, ${to}) and "newer"."panel" <> "switches"."panel"
    and "newer"."product" in ('', "switches"."product") and ("newer"."since" > "switches"."since"
    or ("newer"."since" = "switches"."since" and "newer"."panel" = ${to})))`.execute(db);
}

async function isKnown({ db }: Session, panel: string): Promise<boolean> {
  for (const table of OWN_TABLES) {
    const { rows } = await sql`select 1 from ${sql.table(table)} where "panel" = ${panel} limit 1`.execute(db);
    if (rows.length > 0) return true;
  }
  const { rows } =
    await sql`select 1 from "agents" where "panel" = ${panel} and "limit_bytes" is not null limit 1`.execute(db);
  return rows.length > 0;
}

async function renameRows(
  { db }: Session,
  table: (typeof PANEL_TABLES)[number],
  { from, to }: PanelRename,
): Promise<void> {
  await sql`update ${sql.table(table)} set "panel" = ${to} where "panel" = ${from}`.execute(db);
}

/** The key of an action that is not finished begins with the name of its panel. */
async function renameActions({ db }: Session, { from, to }: PanelRename): Promise<void> {
  await sql`update "actions" set "key" = ${`${to}:`} || substr("key", ${from.length + 2})
    where "panel" = ${to} and substr("key", 1, ${from.length + 1}) = ${`${from}:`}`.execute(db);
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

/** Renames the panel in the keys of conditions, after the text that they begin with; one of the new name is newer. */
async function renameKeys(
  { db }: Session,
  { from, to }: PanelRename,
  { key, isOld }: { key: string; isOld: RawBuilder<boolean> },
): Promise<void> {
  const renamed = sql`${`${key}${to}`} || substr("conditions"."key", ${key.length + from.length + 1})`;
  await sql`update "conditions" set "key" = ${renamed}
    where ${isOld} and not exists (select 1 from "conditions" as "newer" where "newer"."key" = ${renamed})`.execute(db);
  await sql`delete from "conditions" where ${isOld}`.execute(db);
}
