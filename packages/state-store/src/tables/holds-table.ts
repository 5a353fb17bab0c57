import { sql } from 'kysely';
import type { HoldRecord } from '../records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import {
  inChunksOrAll,
  inOrder,
  mustExist,
  addRecord,
  listCounted,
  listRecords,
  updateRecord,
  ofSubjects,
  inChunks,
  missingRow,
} from './record-queries.js';
import { noteChanged, noteChangedBy } from './next-readings-table.js';
import { statement, type Statement, text } from './insert-rows.js';
import { holds, evidence } from './hold-record-tables.js';
import { findSubjectPanel } from '@sluice/quota-core';
import { StoreError } from '../store-error.js';

/** Holds of services and agents. */
export function holdsTable(access: Access): StoreTables['holds'] {
  return {
    open: (filter) => access.read((session) => listLasting(session, filter, [toOpen])),
    lasting: (filter) => access.read((session) => listLasting(session, filter, [toOpen, toEnded])),
    all: ({ service, panel, reason, agentsOf } = {}) =>
      access.read((session) => {
        const and = [ofSubjects(agentsOf, service === undefined ? undefined : [service]), ...ofPanel(panel)];
        return listRecords(session, holds, { where: { reason }, and, order: ['service', 'since', 'seq'] });
      }),
    panelsOfAgents: () =>
      access.read(async ({ db }) => {
        const ofAgents = sql`"service" like 'agent:%' and "until" is null`;
        const { rows } = await sql<{ service: string }>`select "service" from "holds" where ${ofAgents}
          union select "service" from "evidence" where ${ofAgents}`.execute(db);
        return [...new Set(rows.flatMap(({ service }) => findSubjectPanel(service) ?? []))].sort();
      }),
    add: (record) =>
      access.write(async (session) => {
        await noteChanged(session, [record.service]);
        return addRecord(session, holds, record, { columns: ['service', 'reason'], open: true });
      }),
    end: (id, at) =>
      access.write(async (session) => {
        const { db } = session;
        await noteChangedBy(session, 'holds', id);
        // An ended hold keeps its first end.
        const result = await db
          .updateTable('holds')
          .set((eb) => ({ until: eb.fn.coalesce('until', eb.val(at)) }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('holds', id, result.numUpdatedRows);
      }),
    reopen: (id) =>
      access.write(async (session) => {
        const { db } = session;
        await noteChangedBy(session, 'holds', id);
        const hold = await db.selectFrom('holds').select(['service', 'reason']).where('id', '=', id).executeTakeFirst();
        mustExist('holds', id, hold === undefined ? 0n : 1n);
        const open = await db
          .selectFrom('holds')
          .select('id')
          .where('service', '=', hold?.service ?? '')
          .where('reason', '=', hold?.reason ?? '')
          .where('until', 'is', null)
          .executeTakeFirst();
        if (open !== undefined) return false;
        await db.updateTable('holds').set({ until: null }).where('id', '=', id).execute();
        return true;
      }),
    update: (id, change) =>
      access.write(async (session) => {
        await noteChangedBy(session, 'holds', id);
        await updateRecord(session, holds, id, change);
      }),
  };
}

type Filter = Parameters<StoreTables['holds']['lasting']>[0];

/** Returns a condition for holds of these subjects. */
type ToCondition = (subjects: Statement) => Statement;

const toOpen: ToCondition = () => text('"until" is null');
/** Not undone yet: evidence outlives its hold until its restriction is, and a call without a known outcome may have restricted. */
const toEnded: ToCondition = (subjects) =>
  statement`"until" is not null and "id" in (select "hold" from "evidence" where "until" is null and ${subjects}
    union select "hold" from "actions" where "state" in ('planned', 'in-doubt') and "hold" is not null and ${subjects})`;

function ofPanel(panel: string | undefined): Statement[] {
  return panel === undefined ? [] : [statement`"service" in (select "id" from "services" where "panel" = ${panel})`];
}

/** Reads the holds of each condition: together, the conditions would scan the whole history. */
async function listLasting(
  session: Session,
  { services, panel, reason, agentsOf }: Filter = {},
  conditions: readonly ToCondition[],
): Promise<HoldRecord[]> {
  const rows = await inChunksOrAll(services, async (chunk) => {
    const subjects = ofSubjects(agentsOf, chunk);
    const and = [subjects, ...ofPanel(panel)];
    const found = [];
    for (const toCondition of conditions)
      found.push(...(await listCounted(session, holds, { where: { reason }, and: [toCondition(subjects), ...and] })));
    return found;
  });
  // Sorted here: otherwise SQLite would scan the whole history by the other index to avoid sorting.
  return inOrder(rows, (row) => `${row.service} ${row.since}`).map((row) => holds.decode(row));
}

/** The changes made for each hold, which its release undoes. */
export function evidenceTable(access: Access): StoreTables['evidence'] {
  return {
    open: ({ services, panel, agentsOf } = {}) =>
      access.read((session) =>
        inChunksOrAll(services, (chunk) => {
          const and = [ofSubjects(agentsOf, chunk)];
          return listRecords(session, evidence, {
            where: { until: null, panel },
            and,
            order: ['service', 'since', 'seq'],
          });
        }),
      ),
    ofHolds: (holds) =>
      access.read((session) =>
        inChunks(holds, (hold) => listRecords(session, evidence, { where: { hold }, order: ['hold', 'since', 'seq'] })),
      ),
    add: (record) =>
      access.write((session) =>
        addRecord(session, evidence, record, { columns: ['panel', 'kind', 'target'], open: true }),
      ),
    end: (id, at, outcome) =>
      access.write(async ({ db }) => {
        // Ended evidence keeps its first end and outcome.
        const result = await db
          .updateTable('evidence')
          .set((eb) => ({
            until: eb.fn.coalesce('until', eb.val(at)),
            outcome: eb.fn.coalesce('outcome', eb.val(outcome)),
          }))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('evidence', id, result.numUpdatedRows);
      }),
    update: (id, change) => access.write((session) => updateRecord(session, evidence, id, change)),
    move: (id, hold) => access.write((session) => moveToHold(session, id, hold)),
  };
}

async function moveToHold(session: Session, id: string, hold: string): Promise<boolean> {
  const { db } = session;
  const proof = await db
    .selectFrom('evidence')
    .select(['service', 'panel', 'until'])
    .where('id', '=', id)
    .executeTakeFirst();
  const newHold = await db.selectFrom('holds').select(['service', 'until']).where('id', '=', hold).executeTakeFirst();
  if (proof === undefined) throw missingRow('evidence', id);
  if (newHold === undefined) throw missingRow('holds', hold);
  const isNear = newHold.service === proof.service || (await findPanel(session, newHold.service)) === proof.panel;
  if (proof.until !== null || !isNear) {
    throw new StoreError(
      'store_conflict',
      `The evidence "${id}" can't be moved to the hold "${hold}": the evidence must be open, and the hold must be on the same panel.`,
      { row: { table: 'evidence', id } },
    );
  }
  if (newHold.until !== null) return false;
  await db.updateTable('evidence').set({ hold, service: newHold.service }).where('id', '=', id).execute();
  return true;
}

async function findPanel({ db }: Session, service: string): Promise<string | null> {
  const ofAgent = findSubjectPanel(service);
  if (ofAgent !== null) return ofAgent;
  const row = await db.selectFrom('services').select('panel').where('id', '=', service).executeTakeFirst();
  return row?.panel ?? null;
}
