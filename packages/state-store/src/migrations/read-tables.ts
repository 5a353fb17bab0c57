/** A column of a table as the statements of the schema define it. */
export interface ColumnDefinition {
  name: string;
  type: string;
}

/** A table as the statements of the schema define it. */
export interface TableDefinition {
  name: string;
  columns: readonly ColumnDefinition[];
  primaryKey: readonly string[];
}

/** Reads the tables of statements such as those of schema.ts. */
export function readTables(statements: readonly string[]): Map<string, TableDefinition> {
  const tables = statements.flatMap((statement) => {
    const [, name = '', body] = /^create table "(\w+)" \((.*)\)(?: without rowid)?$/is.exec(statement) ?? [];
    return body === undefined ? [] : [readTable(name, splitParts(body))];
  });
  return new Map(tables.map((table) => [table.name, table]));
}

function readTable(name: string, parts: readonly string[]): TableDefinition {
  const columns: ColumnDefinition[] = [];
  let primaryKey: string[] = [];
  for (const part of parts) {
    const [, key] = /^constraint "\w+" primary key \((.*)\)$/i.exec(part) ?? [];
    if (key !== undefined) primaryKey = key.split(',').map((column) => column.trim().replaceAll('"', ''));
    const [, column, type] = /^"(\w+)" (\w+)/.exec(part) ?? [];
    if (column === undefined || type === undefined) continue;
    columns.push({ name: column, type });
    if (/ primary key\b/i.test(part)) primaryKey = [column];
  }
  return { name, columns, primaryKey };
}

/** Splits the body of a definition at the commas that are not in parentheses. */
function splitParts(body: string): string[] {
  const parts: string[] = [];
  let [depth, start] = [0, 0];
  for (let at = 0; at < body.length; at += 1) {
    const sign = body[at];
    if (sign === '(') depth += 1;
    else if (sign === ')') depth -= 1;
    else if (sign === ',' && depth === 0) {
      parts.push(body.slice(start, at).trim());
      start = at + 1;
    }
  }
  parts.push(body.slice(start).trim());
  return parts;
}
