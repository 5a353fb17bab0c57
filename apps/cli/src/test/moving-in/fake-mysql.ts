import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCsvRecords } from '../../terminal/rows/read-csv.js';

/** Answers a query, which stands in a file of the working folder, with the table that is named like the file, as `mysql --batch` does. */
const MYSQL = `#!/bin/sh
sql=$(cat)
name=
for file in *.sql; do
  if [ "$(cat "$file")" = "$sql" ]; then name=$(basename "$file" .sql); fi
done
if [ -f "$(dirname "$0")/$name.tsv" ]; then exec cat "$(dirname "$0")/$name.tsv"; fi
echo "ERROR 1146 (42S02) at line 2: Table 'whmcs.$name' doesn't exist" >&2
exit 1
`;

/** Writes a program `mysql` into a folder that has these tables, CSV by the name of its file; returns the folder. */
export async function writeMysql(folder: string, tables: ReadonlyMap<string, string>): Promise<string> {
  mkdirSync(folder, { recursive: true });
  for (const [name, csv] of tables) {
    const rows = (await readCsvRecords(csv)).map(({ values }) => values);
    const [first] = rows;
    // The program prints nothing of a table without rows, not even its columns.
    const lines = first === undefined ? [] : [Object.keys(first), ...rows.map((row) => Object.values(row).map(toCell))];
    const text = lines.map((cells) => `${cells.join('\t')}\n`).join('');
    writeFileSync(path.join(folder, name.replace(/\.csv$/, '.tsv')), text);
  }
  writeFileSync(path.join(folder, 'mysql'), MYSQL);
  chmodSync(path.join(folder, 'mysql'), 0o755);
  return folder;
}

function toCell(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}
