import type { FakeWhmcs } from '@sluice/fake-panels';
import type { OldRow, OldTable } from '@sluice/quota-core';
import { createRequire } from 'node:module';

interface Statement {
  run: (...values: unknown[]) => unknown;
  all: () => Record<string, string | number | null>[];
}

interface Handle {
  exec: (sql: string) => void;
  prepare: (sql: string) => Statement;
  close: () => void;
}

/** Runs the queries of tables on the database of a fake, and returns the rows as a reader of the exported files would. */
export function exportTables(fake: FakeWhmcs, tables: readonly OldTable[]): Map<string, OldRow[]> {
  const require = createRequire(createRequire(import.meta.url).resolve('@sluice/state-store'));
  const Sqlite = require('better-sqlite3') as new (name: string) => Handle;
  const handle = new Sqlite(':memory:');
  try {
    for (const [name, rows] of Object.entries(fake.tables())) fill(handle, name, rows);
    return new Map(tables.map(({ name, query }) => [name, toRows(handle.prepare(query ?? '').all())]));
  } finally {
    handle.close();
  }
}

/** Columns that queries name have to exist without rows, too. */
const COLUMNS: Record<string, string[]> = {
  tblclients: ['id', 'firstname', 'lastname', 'companyname', 'email'],
  tblproducts: ['id', 'name'],
  tblhosting: [
    ...['id', 'userid', 'packageid', 'domain', 'username', 'password', 'domainstatus', 'billingcycle', 'nextduedate'],
    ...['dedicatedip', 'assignedips'],
  ],
  tblcustomfields: ['id', 'type', 'relid', 'fieldname', 'fieldtype'],
  tblcustomfieldsvalues: ['fieldid', 'relid', 'value'],
  tblproductconfiglinks: ['gid', 'pid'],
  tblproductconfigoptions: ['id', 'gid', 'optionname', 'optiontype'],
  tblproductconfigoptionssub: ['id', 'configid', 'optionname'],
  tblhostingconfigoptions: ['id', 'relid', 'configid', 'optionid', 'qty'],
};

function fill(handle: Handle, name: string, rows: readonly Readonly<Record<string, string | number>>[]): void {
  const columns = COLUMNS[name] ?? [];
  handle.exec(`CREATE TABLE ${name} (${columns.join(', ')})`);
  const insert = handle.prepare(`INSERT INTO ${name} VALUES (${columns.map(() => '?').join(', ')})`);
  for (const row of rows) insert.run(...columns.map((column) => row[column]));
}

function toRows(rows: readonly Record<string, string | number | null>[]): OldRow[] {
  return rows.map((row, index) => ({ line: index + 2, values: toValues(row) }));
}

function toValues(row: Record<string, string | number | null>): OldRow['values'] {
  const texts = Object.entries(row).map(([key, value]) => [key, value === null ? '' : String(value).trim()] as const);
  return Object.fromEntries(texts.map(([key, text]) => [key, text === '' ? null : text]));
}
