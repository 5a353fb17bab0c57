import type { StoreTables } from '../store.js';
import { StoreError } from '../store-error.js';
import type { Access } from './access.js';
import { inChunks, inChunksOrAll, listed } from './chunks.js';
import { mustExist } from './must-exist.js';
import { evidence } from './record-tables.js';

/** What was done for each hold, and is to be undone with it. */
export function evidenceTable(access: Access): StoreTables['evidence'] {
  return {
    open: ({ services, panel } = {}) =>
      access.read(async ({ db }) => {
        const rows = await inChunksOrAll(services, (chunk) => {
          let query = db.selectFrom('evidence').select(evidence.columns).where('until', 'is', null);
          if (chunk !== null) query = query.where('service', 'in', listed(chunk));
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
        // What ended keeps its first end and outcome.
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
    move: (id, hold) =>
      access.write(async ({ db }) => {
        const proof = await db
          .selectFrom('evidence')
          .select(['service', 'until'])
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('evidence', id, proof === undefined ? 0n : 1n);
        const heir = await db.selectFrom('holds').select('service').where('id', '=', hold).executeTakeFirst();
        mustExist('holds', hold, heir === undefined ? 0n : 1n);
        if (proof?.until !== null || heir?.service !== proof.service) {
          throw new StoreError(
            'store_conflict',
            `The evidence "${id}" can only move, while it is open, to a hold of its own service, which "${hold}" is not.`,
            { row: { table: 'evidence', id } },
          );
        }
        await db.updateTable('evidence').set({ hold }).where('id', '=', id).execute();
      }),
  };
}
