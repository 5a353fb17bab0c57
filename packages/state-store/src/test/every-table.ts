import { connectWriter } from '../sqlite/connect.js';
import { listCopiedTables, type Value } from '../copy/copied-tables.js';
import { HISTORY } from '../copy/copied-tables.js';

/** Texts that a database might store as others. */
export const ODD_TEXTS: readonly string[] = [
  'plain',
  'Ünïcödé',
  '日本語 العربية',
  '👩‍👩‍👧 \u{10FFFF}',
  '\uFFFD\u200B\u202E',
  `'"\\ \\x41 \\u0000 %_$1 ?`,
  ' leading and trailing ',
  '\r\n\t\u0001\u001F\u007F',
  'é and e\u0301',
  '{"a":"\\u0000"}',
  'Z',
  'a',
  '\uE000',
];

/**
 * Fills every table of a state file with rows, all columns of each: the texts of row n are all the same, so that each reference has its
 * row. Changes the file behind the back of the package, which would refuse such values.
 */
export async function fillEveryTable(location: string, texts: readonly string[] = ODD_TEXTS): Promise<void> {
  const { handle, close } = await connectWriter(location, 1000);
  try {
    handle.exec('begin');
    for (const { name, columns } of (await listCopiedTables()).filter((table) => table.name !== HISTORY)) {
      const types = handle.prepare<[string], string>('select lower(type) from pragma_table_info(?)').pluck().all(name);
      const insert = handle.prepare<Value[]>(
        `insert into "${name}" (${columns.map((column) => `"${column.name}"`).join()}) values (${columns.map(() => '?').join()})`,
      );
      for (const [at, text] of texts.entries()) {
        const number = name === 'leases' ? 7 * at + 1 : at === 0 ? 1 : 3 * at + 2 ** 40 * (at % 2);
        insert.run(
          ...columns.map(({ name: column, isText }, place) => {
            if (isText) return name === 'leases' && column !== 'name' ? null : text;
            if (types[place] === 'blob') return Buffer.from([0, 255, at, 10, 0]);
            if (types[place] === 'integer' && column !== 'seq') return name === 'leases' ? null : at % 2;
            return column === 'seq' ? at + 1 : number;
          }),
        );
      }
    }
    handle.exec('commit');
  } finally {
    await close();
  }
}

/** Returns every row of every table of a state file. */
export async function readEveryTable(location: string): Promise<Record<string, unknown[]>> {
  const { handle, close } = await connectWriter(location, 1000);
  try {
    const tables = await listCopiedTables();
    return Object.fromEntries(
      tables.map(({ name, columns, key }) => {
        const order = key.map((place) => `"${columns[place]?.name ?? ''}"`).join();
        return [name, handle.prepare(`select * from "${name}" order by ${order}`).all()];
      }),
    );
  } finally {
    await close();
  }
}
