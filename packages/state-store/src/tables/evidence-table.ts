import { findSubjectAgent } from '@sluice/quota-core';
import type { StoreTables } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll, listed } from './chunks.js';
import { mustExist, missingRow } from './must-exist.js';
import { evidence } from './record-tables.js';
import { isAgentOn, ofServices } from './subjects.js';

/** The changes made for each hold, which its release undoes. */
export function evidenceTable(access: Access): StoreTables['evidence'] {
  return {
    open: ({ services, panel, agentsOf } = {}) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(services, (chunk) => {
          let query = db.selectFrom('evidence').select(evidence.columns).where('until', 'is', null);
          if (agentsOf !== undefined) query = query.where(isAgentOn(agentsOf));
          else if (chunk === null) query = query.where(ofServices);
          else query = query.where('service', 'in', listed(chunk));
          if (panel !== undefined) query = query.where('panel', '=', panel);
          return query.orderBy('service').orderBy('since').orderBy('seq').execute();
        });
        return rows.map((row) => evidence.decode(row));
      }),
    ofHolds: (holds) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(holds, (chunk) =>
          db
            .selectFrom('evidence')
            .select(evidence.columns)
            .where('hold', 'in', listed(chunk))
            .orderBy('hold')
            .orderBy('since')
            .orderBy('seq')
            .execute(),
        );
        return rows.map((row) => evidence.decode(row));
      }),
    add: (record) =>
      access.write(async ({ db }) => {
        const result = await db
          .insertInto('evidence')
          .values(evidence.encode(record))
          .onConflict((conflict) =>
            conflict.columns(['panel', 'kind', 'target']).where('until', 'is', null).doNothing(),
          )
          .executeTakeFirst();
        return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
      }),
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
  const heir = await db.selectFrom('holds').select(['service', 'until']).where('id', '=', hold).executeTakeFirst();
  if (proof === undefined) throw missingRow('evidence', id);
  if (heir === undefined) throw missingRow('holds', hold);
  const isNear = heir.service === proof.service || (await findPanel(session, heir.service)) === proof.panel;
  if (proof.until !== null || !isNear) {
    throw new StoreError(
      'store_conflict',
      `The evidence "${id}" can't be moved to the hold "${hold}": the evidence must be open, and the hold must be on the same panel.`,
      { row: { table: 'evidence', id } },
    );
  }
  if (heir.until !== null) return false;
  await db.updateTable('evidence').set({ hold, service: heir.service }).where('id', '=', id).execute();
  return true;
}

async function findPanel({ db }: Session, service: string): Promise<string | null> {
  if (findSubjectAgent(service) !== null) return service.slice(service.indexOf(':') + 1, service.lastIndexOf(':'));
  const row = await db.selectFrom('services').select('panel').where('id', '=', service).executeTakeFirst();
  return row?.panel ?? null;
}
