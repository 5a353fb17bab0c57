import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { outcomeOrNull } from './columns.js';
import { mustExist } from './must-exist.js';
import { behind, toPage } from './page.js';
import { runs } from './record-tables.js';

const OUTCOME = outcomeOrNull('exit_code');

/** All runs. */
export function runsTable(access: Access): StoreTables['runs'] {
  return {
    start: (record) =>
      access.write(async ({ db }) => {
        await db.insertInto('runs').values(runs.encode(record)).execute();
      }),
    finish: (id, change) =>
      access.write(async ({ db }) => {
        const result = await db
          .updateTable('runs')
          .set(runs.encodePart(id, change))
          .where('id', '=', id)
          .executeTakeFirst();
        mustExist('runs', id, result.numUpdatedRows);
      }),
    actors: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(ids, (chunk) =>
          db.selectFrom('runs').select(['id', 'actor']).where('id', 'in', listed(chunk)).execute(),
        );
        return new Map(rows.flatMap(({ id, actor }) => (actor === null ? [] : [[id, actor] as const])));
      }),
    get: (id) =>
      access.read(async ({ db }) => {
        const row = await db.selectFrom('runs').select(runs.columns).where('id', '=', id).executeTakeFirst();
        return row === undefined ? null : runs.decode(row);
      }),
    list: ({ command, service, whole, outcomes, since, until, limit } = {}) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('runs').select(runs.columns);
        if (command !== undefined) query = query.where('command', '=', command);
        if (whole === true) query = query.where('service', 'is', null).where('scope', 'is', null);
        if (service !== undefined) query = query.where('service', '=', service);
        if (outcomes !== undefined) query = query.where('exit_code', 'in', outcomes.map(OUTCOME.encode));
        if (since !== undefined) query = query.where('started_at', '>=', since);
        if (until !== undefined) query = query.where('started_at', '<=', until);
        if (limit !== undefined) query = query.limit(limit);
        const rows = await query.orderBy('started_at', 'desc').orderBy('seq', 'desc').execute();
        return rows.map((row) => runs.decode(row));
      }),
    page: ({ service, since, after, limit }) =>
      access.read(async ({ db }) => {
        let query = db.selectFrom('runs').select(runs.columns).select('seq');
        if (service !== undefined) query = query.where('service', '=', service);
        if (since !== undefined) query = query.where('started_at', '>=', since);
        if (after) query = query.where(behind('started_at', after));
        const rows = await query.orderBy('started_at').orderBy('seq').limit(limit).execute();
        return toPage(
          rows,
          limit,
          (row) => row.started_at,
          (row) => runs.decode(row),
        );
      }),
  };
}
