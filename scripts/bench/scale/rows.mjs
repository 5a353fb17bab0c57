import { createRequire } from 'node:module';
import path from 'node:path';
import { root } from '../lib.mjs';

const Database = createRequire(path.join(root, 'packages', 'state-store', 'package.json'))('better-sqlite3');

/** Every row of a store: its text by table and row id. */
export function readRows(file) {
  const database = new Database(file, { readonly: true });
  try {
    const tables = database
      .prepare("select name from sqlite_master where type = 'table' and name not like 'sqlite_%'")
      .pluck()
      .all();
    const rows = new Map();
    for (const table of tables) {
      // A table without row ids is known by its rows alone: a changed row counts as one that went and one that came.
      const hasId = !/without\s+rowid/i.test(
        database.prepare('select sql from sqlite_master where name = ?').pluck().get(table),
      );
      const query = database.prepare(`select ${hasId ? 'rowid as "row id", ' : ''}* from "${table}"`);
      for (const row of query.iterate()) {
        const text = JSON.stringify(row, (_, value) => (Buffer.isBuffer(value) ? value.toString('base64') : value));
        rows.set(`${table} ${hasId ? row['row id'] : text}`, text);
      }
    }
    return rows;
  } finally {
    database.close();
  }
}

/** Rows that came, changed and went between two readings of a store. */
export function compareRows(before, after) {
  const figures = { added: 0, changed: 0, removed: 0 };
  for (const [key, text] of after) {
    if (!before.has(key)) figures.added += 1;
    else if (before.get(key) !== text) figures.changed += 1;
  }
  for (const key of before.keys()) if (!after.has(key)) figures.removed += 1;
  return figures;
}
