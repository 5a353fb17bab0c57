import { toSearchText } from '@sluice/quota-core';
import type { ServiceRecord } from '../records.js';
import type { Session } from './access.js';
import { insertRows, lastOfEach } from './insert-rows.js';
import { services } from './service-record-tables.js';

const TARGET = { table: services.table, columns: [...services.columns, 'search_text'] };

/** Adds or replaces services by their ids, each with the text that it is searched by. */
export async function writeServices(session: Session, records: readonly ServiceRecord[]): Promise<void> {
  const rows = lastOfEach(records, ({ id }) => id).map((record) => {
    const values = services.values(record);
    const { id, product, client, name, clientName, clientEmail } = record;
    values.push(toSearchText([id, product, client, name, clientName, clientEmail]));
    return values;
  });
  await insertRows(session, TARGET, rows, { do: 'update', key: ['id'] });
}
