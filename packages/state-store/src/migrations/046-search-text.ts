import { toSearchText } from '@sluice/quota-core';
import { type Kysely, sql } from 'kysely';
import type { Migration } from './migration.js';

/** Rows per statement: fewer values than any database permits. */
const PAGE = 500;

/** What services are searched by, in one form for all spellings. */
export const searchText: Migration = {
  version: 46,
  name: '046-search-text',
  async up(db) {
    await db.schema
      .alterTable('services')
      .addColumn('search_text', 'text', (c) => c.notNull().defaultTo(''))
      .execute();
    await fill(db);
  },
};

type Row = Record<'id' | 'product', string> & Record<'client' | 'name' | 'client_name' | 'client_email', string | null>;

async function fill(db: Kysely<unknown>): Promise<void> {
  for (let after = ''; ;) {
    const { rows } =
      await sql<Row>`select "id", "product", "client", "name", "client_name", "client_email" from "services"
      where "id" > ${after} order by "id" limit ${sql.lit(PAGE)}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    const found = rows.map(({ id, product, client, name, client_name: ofClient, client_email: address }) => {
      const text = toSearchText([id, product, client, name, ofClient, address]);
      return sql`(cast(${id} as text), cast(${text} as text))`;
    });
    await sql`with found ("id", "text") as (values ${sql.join(found)})
      update "services" set "search_text" = found."text" from found where found."id" = "services"."id"`.execute(db);
    after = last.id;
  }
}
