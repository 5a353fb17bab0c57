/** A row of an exported table; null is NULL. */
export type CsvRow = Readonly<Record<string, string | null>>;

/** Returns a table as CSV with a header, as mysql clients export it: NULL as `NULL`, texts in quotes where they need them. */
export function toCsv(columns: readonly string[], rows: readonly CsvRow[]): string {
  const lines = rows.map((row) => columns.map((column) => toCell(row[column] ?? null)).join(','));
  return `${[columns.join(','), ...lines].join('\n')}\n`;
}

function toCell(value: string | null): string {
  if (value === null) return 'NULL';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
