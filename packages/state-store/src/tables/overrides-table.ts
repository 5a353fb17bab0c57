import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { inChunksOrAll } from './chunks.js';
import { insertRecords, listRecords } from './record-queries.js';
import { overrides } from './record-tables.js';

/** The operator's overrides for single services. */
export function overridesTable(access: Access): StoreTables['overrides'] {
  return {
    open: (ids) =>
      access.read((session) =>
        inChunksOrAll(ids, (service) =>
          listRecords(session, overrides, { where: { service, until: null }, order: ['service'] }),
        ),
      ),
    all: (service) =>
      access.read((session) =>
        listRecords(session, overrides, { where: { service }, order: ['service', 'since', 'seq'] }),
      ),
    set: (record) =>
      access.write(async (session) => {
        await endOpen(session, record.service, record.since);
        await insertRecords(session, overrides, [record]);
      }),
    end: (service, at) => access.write((session) => endOpen(session, service, at)),
  };
}

async function endOpen({ db }: Session, service: string, until: string): Promise<boolean> {
  const result = await db
    .updateTable('service_overrides')
    .set({ until })
    .where('service', '=', service)
    .where('until', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}
