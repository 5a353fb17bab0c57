import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunks, listed } from './chunks.js';
import { outcomeOrNull } from './columns.js';
import { findRecord, insertRecords, listByTime, pageByTime, updateRecord } from './record-queries.js';
import { runs } from './record-tables.js';

const OUTCOME = outcomeOrNull('exit_code');

/** All runs. */
export function runsTable(access: Access): StoreTables['runs'] {
  return {
    start: (record) => access.write((session) => insertRecords(session, runs, [record])),
    finish: (id, change) => access.write((session) => updateRecord(session, runs, id, change)),
    actors: (ids) =>
      access.read(async ({ db }) => {
        const rows = await inChunks(ids, (chunk) =>
          db.selectFrom('runs').select(['id', 'actor']).where('id', 'in', listed(chunk)).execute(),
        );
        return new Map(rows.flatMap(({ id, actor }) => (actor === null ? [] : [[id, actor] as const])));
      }),
    get: (id) => access.read((session) => findRecord(session, runs, { id })),
    list: ({ command, service, whole, outcomes, ...filter } = {}) =>
      access.read((session) => {
        const where = {
          command,
          scope: whole === true ? null : undefined,
          service: whole === true ? null : service,
          exit_code: outcomes?.map(OUTCOME.encode),
        };
        return listByTime(session, runs, 'started_at', { where, newestFirst: true, ...filter });
      }),
    page: ({ service, ...request }) =>
      access.read((session) => pageByTime(session, runs, 'started_at', { where: { service }, ...request })),
  };
}
