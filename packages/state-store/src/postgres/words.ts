import type { BatchInsert, InsertTarget, Words } from '../tables/access.js';
import type { Stored } from '../tables/columns.js';
import { POSTGRES_WORDS } from '../tables/dialect.js';
import { columnTypes } from './schema.js';

/** The instant by the database's clock, as the store writes instants. */
export const DATABASE_NOW = `to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** How PostgreSQL states what tables ask for. */
export function postgresWords({ leasesByCaller }: { leasesByCaller: boolean }): Words {
  const inserts = new Map<string, string>();
  return {
    toText,
    insertAll: (target, rows, conflict) => insertAll(inserts, target, rows, conflict),
    now: leasesByCaller ? '' : `, ${DATABASE_NOW} as "now"`,
  };
}

function toText(parts: readonly string[]): string {
  let text = parts.join('?');
  for (const [sqlite, postgres] of POSTGRES_WORDS) text = text.replaceAll(sqlite, postgres);
  let number = 0;
  return text.replaceAll('?', () => `$${(number += 1)}`);
}

function insertAll(
  inserts: Map<string, string>,
  target: InsertTarget,
  rows: readonly (readonly Stored[])[],
  conflict: string,
): BatchInsert {
  const { table, columns } = target;
  const shape = `${table} ${columns.join()}${conflict}`;
  const sql = inserts.get(shape) ?? toInsert(table, columns, conflict);
  inserts.set(shape, sql);
  return { sql, parameters: columns.map((_, index) => rows.map((row) => row[index] ?? null)) };
}

/** In the order of the rows, since their numbers follow it. */
function toInsert(table: string, columns: readonly string[], conflict: string): string {
  const names = columns.map((column) => `"${column}"`).join(', ');
  const lists = columnTypes(table, columns).map((type, index) => `$${index + 1}::${type}[]`);
  return `insert into "${table}" (${names}) select ${names} from unnest(${lists.join(', ')})
    with ordinality as "row"(${names}, "row number") order by "row number"${conflict}`;
}
