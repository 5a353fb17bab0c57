import { findSubjectAgent } from '@sluice/quota-core';
import type { StoreTables } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks, inChunksOrAll } from './chunks.js';
import { mustExist, missingRow } from './must-exist.js';
import { addRecord, listRecords } from './record-queries.js';
import { evidence } from './record-tables.js';
import { ofSubjects } from './subjects.js';

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
