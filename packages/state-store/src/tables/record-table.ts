import { StoreError } from '../store-error.js';
import { type ColumnsRow, emptyRecord, type RecordColumns, same, type Stored } from './columns.js';

/** A table whose rows are records: the names of its columns, and how rows are encoded and decoded. */
export interface RecordTable<Table extends string, Rec, Row> {
  readonly table: Table;
  readonly columns: readonly (keyof Row & string)[];
  /** The same and the number of the row. */
  readonly counted: readonly string[];
  encode(record: Rec): Row;
  /** The columns of the present members; `id` names the row in messages. */
  encodePart(id: string, change: Partial<Rec>): Partial<Row>;
  /** The same as `encode`, as values in the order of `columns`. */
  values(record: Rec): Stored[];
  /** Columns that `row` lacks are those of `shared`. Throws `store_damaged` with the name of the row. */
  decode(row: Partial<Row>, shared?: Partial<Row>): Rec;
}

/** A column without its types, which were checked at the declaration of the table. */
interface LooseColumn {
  readonly member: string;
  readonly name: string;
  readonly encode: (value: unknown) => Stored | undefined;
  readonly decode: (stored: Stored) => unknown;
}

/**
 * Declares a table by the columns of its record. `key` is the member that names a row in messages.
 *
 * Called in two steps, since the record type is given and the column types are inferred.
 */
export function recordTable<Rec extends object>() {
  return <Table extends string, Columns extends RecordColumns<Rec>>(
    table: Table,
    columns: Columns,
    key: keyof Rec & keyof Columns & string,
  ): RecordTable<Table, Rec, ColumnsRow<Columns>> => new ColumnTable(table, columns, key);
}

/** Encodes and decodes records column by column. */
class ColumnTable<Table extends string, Rec extends object, Columns extends RecordColumns<Rec>> implements RecordTable<
  Table,
  Rec,
  ColumnsRow<Columns>
> {
  readonly table: Table;
  readonly columns: readonly (keyof ColumnsRow<Columns> & string)[];
  readonly counted: readonly string[];
  readonly #list: readonly LooseColumn[];
  readonly #key: keyof Rec & keyof Columns & string;
  readonly #keyColumn: string;
  readonly #empty: Readonly<Record<string, null>>;

  constructor(table: Table, columns: Columns, key: keyof Rec & keyof Columns & string) {
    this.table = table;
    const entries = Object.entries(columns as unknown as Record<string, Omit<LooseColumn, 'member'>>);
    this.#list = entries.map(([member, { name, encode, decode }]) => ({ member, name, encode, decode }));
    this.#key = key;
    this.#keyColumn = columns[key].name;
    this.#empty = emptyRecord(this.#list.map(({ member }) => member));
    this.columns = this.#list.map(({ name }) => name) as unknown as (keyof ColumnsRow<Columns> & string)[];
    this.counted = [...this.columns, 'seq'];
  }

  encode(record: Rec): ColumnsRow<Columns> {
    const row: Record<string, Stored> = {};
    this.#encodeEach(record, (name, stored) => {
      row[name] = stored;
    });
    return row as ColumnsRow<Columns>;
  }

  encodePart(id: string, change: Partial<Rec>): Partial<ColumnsRow<Columns>> {
    const row: Record<string, Stored> = {};
    const from = change as Record<string, unknown>;
    try {
      for (const { member, name, encode } of this.#list) {
        const stored = from[member] === undefined ? undefined : encode(from[member]);
        if (stored !== undefined) row[name] = stored;
      }
    } catch (error) {
      throw this.#named(error, id);
    }
    return row as Partial<ColumnsRow<Columns>>;
  }

  values(record: Rec): Stored[] {
    const values: Stored[] = [];
    this.#encodeEach(record, (_, stored) => {
      values.push(stored);
    });
    return values;
  }

  decode(row: Partial<ColumnsRow<Columns>>, shared?: Partial<ColumnsRow<Columns>>): Rec {
    const stored = row as Record<string, Stored>;
    const others = shared as Record<string, Stored> | undefined;
    const record: Record<string, unknown> = { ...this.#empty };
    let reading: LooseColumn | undefined;
    try {
      for (const column of this.#list) {
        reading = column;
        const { decode } = column;
        const value = stored[column.name] ?? others?.[column.name] ?? null;
        // Most columns hold the value unchanged, and results have tens of thousands of rows.
        record[column.member] = decode === same ? value : decode(value);
      }
    } catch (error) {
      if (reading === undefined) throw error;
      throw this.#damaged(String(stored[this.#keyColumn] ?? others?.[this.#keyColumn]), reading, error);
    }
    return record as Rec;
  }

  #encodeEach(record: Rec, put: (name: string, stored: Stored) => void): void {
    const from = record as Record<string, unknown>;
    try {
      for (const { member, name, encode } of this.#list) {
        const stored = encode(from[member]);
        if (stored === undefined) throw new StoreError('store_invalid', `${name} is missing. Nothing was written.`);
        put(name, stored);
      }
    } catch (error) {
      throw this.#named(error, from[this.#key]);
    }
  }

  /** Adds the name of the row to an error. */
  #named(error: unknown, id: unknown): unknown {
    if (!(error instanceof StoreError)) return error;
    const row = { table: this.table, id: String(id) };
    return new StoreError(error.code, `${this.table} "${row.id}": ${error.message}`, { cause: error, row });
  }

  #damaged(id: string, column: LooseColumn, cause: unknown): StoreError {
    return new StoreError(
      'store_damaged',
      `The row "${id}" of the table ${this.table} is damaged: ${column.name} can't be parsed.`,
      { cause, row: { table: this.table, id } },
    );
  }
}
