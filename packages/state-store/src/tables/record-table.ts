import { StoreError } from '../store-error.js';
import { type ColumnsOf, type RowOf, same, type Stored } from './columns.js';

/** A table whose rows are records: the names of its columns, and the way in and out. */
export interface RecordTable<Table extends string, Rec, Row> {
  readonly table: Table;
  readonly columns: readonly (keyof Row & string)[];
  /** What names a record in an error message. */
  readonly idOf: (record: Rec) => string;
  encode(record: Rec): Row;
  /** The columns of the members that are there; `id` names the row in messages. */
  encodePart(id: string, change: Partial<Rec>): Partial<Row>;
  /** The same as `encode`, as values in the order of `columns`. */
  values(record: Rec): Stored[];
  /** Fails with `store_damaged` that names the row. */
  decode(row: Row): Rec;
}

/** What the loops below see of a column: the types of each were checked where the table was declared. */
interface LooseColumn {
  readonly name: string;
  readonly encode: (value: unknown) => Stored | undefined;
  readonly decode: (stored: Stored) => unknown;
}

/**
 * Declares a table by the columns of its record. `key` is the member that names a row in messages.
 *
 * Called in two steps, since the record is stated and the columns are inferred.
 */
export function recordTable<Rec extends object>() {
  return <Table extends string, Columns extends ColumnsOf<Rec>>(
    table: Table,
    columns: Columns,
    key: keyof Rec & keyof Columns & string,
  ): RecordTable<Table, Rec, RowOf<Columns>> => new ColumnTable(table, columns, key);
}

/** Encodes and decodes records column by column. */
class ColumnTable<Table extends string, Rec extends object, Columns extends ColumnsOf<Rec>> implements RecordTable<
  Table,
  Rec,
  RowOf<Columns>
> {
  readonly table: Table;
  readonly columns: readonly (keyof RowOf<Columns> & string)[];
  readonly idOf: (record: Rec) => string;
  readonly #list: readonly (readonly [member: string, column: LooseColumn])[];
  readonly #key: keyof Rec & keyof Columns & string;
  readonly #keyColumn: string;

  constructor(table: Table, columns: Columns, key: keyof Rec & keyof Columns & string) {
    this.table = table;
    this.#list = Object.entries(columns as unknown as Record<string, LooseColumn>);
    this.#key = key;
    this.#keyColumn = columns[key].name;
    this.columns = this.#list.map(([, column]) => column.name) as unknown as (keyof RowOf<Columns> & string)[];
    this.idOf = (record) => String(record[key]);
  }

  encode(record: Rec): RowOf<Columns> {
    const row: Record<string, Stored> = {};
    this.#encodeEach(record, (name, stored) => {
      row[name] = stored;
    });
    return row as RowOf<Columns>;
  }

  encodePart(id: string, change: Partial<Rec>): Partial<RowOf<Columns>> {
    const row: Record<string, Stored> = {};
    const from = change as Record<string, unknown>;
    try {
      for (const [member, column] of this.#list) {
        const stored = from[member] === undefined ? undefined : column.encode(from[member]);
        if (stored !== undefined) row[column.name] = stored;
      }
    } catch (error) {
      throw this.#named(error, id);
    }
    return row as Partial<RowOf<Columns>>;
  }

  values(record: Rec): Stored[] {
    const values: Stored[] = [];
    this.#encodeEach(record, (_, stored) => {
      values.push(stored);
    });
    return values;
  }

  decode(row: RowOf<Columns>): Rec {
    const stored = row as Record<string, Stored>;
    const record: Record<string, unknown> = {};
    let reading: LooseColumn | undefined;
    try {
      for (const [member, column] of this.#list) {
        reading = column;
        const value = stored[column.name] ?? null;
        // Most columns hold the value as it is, and rows come by the ten thousand.
        record[member] = column.decode === same ? value : column.decode(value);
      }
    } catch (error) {
      if (reading === undefined) throw error;
      throw this.#damaged(String(stored[this.#keyColumn]), reading, error);
    }
    return record as Rec;
  }

  #encodeEach(record: Rec, put: (name: string, stored: Stored) => void): void {
    const from = record as Record<string, unknown>;
    try {
      for (const [member, column] of this.#list) {
        const stored = column.encode(from[member]);
        if (stored === undefined) {
          throw new StoreError('store_invalid', `${column.name} is missing. Nothing was written.`);
        }
        put(column.name, stored);
      }
    } catch (error) {
      throw this.#named(error, from[this.#key]);
    }
  }

  /** The error with the name of its row. */
  #named(error: unknown, id: unknown): unknown {
    if (!(error instanceof StoreError)) return error;
    const row = { table: this.table, id: String(id) };
    return new StoreError(error.code, `${this.table} "${row.id}": ${error.message}`, { cause: error, row });
  }

  #damaged(id: string, column: LooseColumn, cause: unknown): StoreError {
    return new StoreError(
      'store_damaged',
      `The row "${id}" of the table ${this.table} is damaged: ${column.name} can't be understood.`,
      { cause, row: { table: this.table, id } },
    );
  }
}
