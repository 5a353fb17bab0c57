import type Sqlite from 'better-sqlite3';
import { connectWriter } from '../sqlite/connect.js';
import { fileVersion } from '../sqlite/file-version.js';
import { retryWhileBusy } from '../sqlite/immediate-sqlite-dialect.js';
import { toStoreError } from '../sqlite/to-store-error.js';
import type { LeaseRow } from '../tables/database.js';
import { toLeaseRecord } from '../leases.js';
import type { CopiedTable, Row, Value } from './copied-tables.js';
import { FENCES_AHEAD } from '../prepare-backup.js';
import { fileMark, MARK_VERSION, type StoreMark, toMarkRow } from './move-mark.js';
import { keyNames, names, PAGE_BYTES, PAGE_ROWS, quoted, fromTable, type Side, toSize } from './side.js';

/** Opens a state file for a copy; its tables have been made. */
export async function openFileSide(path: string, wait: number): Promise<Side> {
  const connection = await connectWriter(path, wait);
  return new FileSide(path, connection.handle, wait);
}

class FileSide implements Side {
  readonly holdsNul = true;
  readonly shown: string;
  readonly #handle: Sqlite.Database;
  readonly #wait: number;

  constructor(path: string, handle: Sqlite.Database, wait: number) {
    this.shown = path;
    this.#handle = handle;
    this.#wait = wait;
  }

  async transaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      await retryWhileBusy(this.#wait, () => this.#handle.exec('begin immediate'));
      const result = await work();
      this.#handle.exec('commit');
      return result;
    } catch (error) {
      if (this.#handle.inTransaction) this.#handle.exec('rollback');
      throw toStoreError(error, this.shown);
    }
  }

  refuseWithoutRight(): Promise<void> {
    return Promise.resolve();
  }

  version(): Promise<number> {
    return this.#read(() => fileVersion(this.#handle, this.shown));
  }

  mark(): Promise<StoreMark | null> {
    return this.#read(() => fileMark(this.#handle));
  }

  setMark(mark: StoreMark | null): Promise<void> {
    return this.#read(() => {
      this.#handle.prepare(`delete from schema_migrations where version >= ${MARK_VERSION}`).run();
      if (mark === null) return;
      const { name, applied_at: at } = toMarkRow(mark);
      this.#handle
        .prepare(`insert into schema_migrations (version, name, applied_at) values (${MARK_VERSION}, ?, ?)`)
        .run(name, at);
    });
  }

  leases(): Promise<ReturnType<typeof toLeaseRecord>[]> {
    return this.#read(() =>
      this.#handle
        .prepare<[], LeaseRow>('select * from leases where host is not null order by name')
        .all()
        .map(toLeaseRecord),
    );
  }

  raiseFences(): Promise<void> {
    return this.#read(() => void this.#handle.prepare('update leases set fence = fence + ?').run(FENCES_AHEAD));
  }

  count(table: CopiedTable): Promise<number> {
    return this.#read(
      () =>
        this.#handle
          .prepare<[], number>(`select count(*) from ${fromTable(table)}`)
          .pluck()
          .get() ?? 0,
    );
  }

  read(table: CopiedTable, after: Row | null): Promise<Row[]> {
    return this.#read(() => {
      const rows: Row[] = [];
      let bytes = 0;
      for (const row of this.#select(table, after).iterate(...(after ?? [])) as Iterable<Value[]>) {
        rows.push(row);
        bytes += toSize(row);
        if (rows.length >= PAGE_ROWS || bytes >= PAGE_BYTES) break;
      }
      return rows;
    });
  }

  #select(table: CopiedTable, after: Row | null): Sqlite.Statement<Value[]> {
    const key = keyNames(table).join(', ');
    const behind = after === null ? 'true' : `(${key}) > (${after.map(() => '?').join(', ')})`;
    return this.#handle
      .prepare<Value[]>(`select ${names(table)} from ${fromTable(table)} and ${behind} order by ${key}`)
      .raw();
  }

  last(table: CopiedTable): Promise<Row | null> {
    const keys = keyNames(table);
    const order = keys.map((key) => `${key} desc`).join(', ');
    const text = `select ${keys.join(', ')} from ${fromTable(table)} order by ${order} limit 1`;
    return this.#read(() => (this.#handle.prepare(text).raw().get() as Value[] | undefined) ?? null);
  }

  findText(
    table: CopiedTable,
    columns: readonly string[],
    isWanted: (text: string) => boolean,
  ): Promise<{ row: Row; column: string } | null> {
    return this.#read(() => {
      for (const name of columns) {
        const at = table.columns.findIndex((column) => column.name === name);
        const rows = this.#handle
          .prepare(
            `select ${names(table)} from ${fromTable(table)}
            and (instr(${quoted(name)}, char(0)) > 0 or instr(${quoted(name)}, '\\u0000') > 0)`,
          )
          .raw()
          .iterate() as Iterable<Value[]>;
        for (const row of rows) if (isWanted(String(row[at]))) return { row, column: name };
      }
      return null;
    });
  }

  insert(table: CopiedTable, rows: readonly Row[]): Promise<void> {
    return this.#read(() => {
      const places = table.columns.map(() => '?').join(', ');
      const insert = this.#handle.prepare(`insert into ${quoted(table.name)} (${names(table)}) values (${places})`);
      for (const row of rows) insert.run(...row);
    });
  }

  clear(table: CopiedTable): Promise<void> {
    return this.#read(() => void this.#handle.prepare(`delete from ${fromTable(table)}`).run());
  }

  continueNumbers(): Promise<void> {
    // SQLite numbers a row behind the last one.
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#handle.close();
    return Promise.resolve();
  }

  #read<T>(work: () => T): Promise<T> {
    return Promise.resolve()
      .then(work)
      .catch((error: unknown) => {
        throw toStoreError(error, this.shown);
      });
  }
}
