import type { StoreTables } from '../store.js';
import type { Access } from './access.js';
import { inChunksOrAll } from './record-queries.js';
import { deleteRecords, listRecords, putRecords, type Where } from './record-queries.js';
import type { RecordTable } from './record-table.js';
import { pushedUsage, resources, writeBacks } from './run-record-tables.js';

/** Tables with one row per service: its resources, and what the billing system has of it. */
export function serviceTables(access: Access): Pick<StoreTables, 'resources' | 'pushedUsage' | 'writeBacks'> {
  return {
    resources: oneOfEach(access, resources),
    pushedUsage: oneOfEach(access, pushedUsage),
    writeBacks: {
      ...oneOfEach(access, writeBacks),
      remove: async ({ service, at }) => {
        await access.write((session) => deleteRecords(session, writeBacks, { service, at }));
      },
    },
  };
}

function oneOfEach<Rec, Row extends { service: string }>(access: Access, table: RecordTable<string, Rec, Row>) {
  return {
    list: ({ services }: { services?: string[] } = {}): Promise<Rec[]> =>
      access.read((session) =>
        inChunksOrAll(services, (service) => {
          const where = { service } as Where<Row>;
          return listRecords(session, table, { where, order: ['service'] });
        }),
      ),
    put: (records: Rec[]): Promise<void> => access.write((session) => putRecords(session, table, ['service'], records)),
  };
}
