import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { expectPlain, HOSTILE } from '../hostile-text.js';
import { ADOPT, type MovingBench, readFolder, startMovingBench, succeed } from './moving-bench.js';

const SERVICES = 'whmcs_services';
const GUARD = 'mod_easydcim_bw_guard_';
/** Columns of the choices of customers, besides its id. */
const PREFERENCES = [
  ...['serviceid', 'userid', 'autobuy_enabled', 'autobuy_threshold_gb', 'autobuy_package_id'],
  ...['autobuy_max_per_cycle', 'updated_at'],
];

let at: MovingBench;
let whole: ReturnType<typeof readFolder>;
let goBack: () => void;

beforeAll(async () => {
  at = await startMovingBench();
  goBack = at.keep();
  await succeed(at, ADOPT, 3);
  whole = readFolder(at.bench.path('adopted'));
  goBack();
});

afterEach(() => {
  goBack();
});

afterAll(() => at.close());

const put = (name: string, bytes: string | Uint8Array): void => {
  writeFileSync(at.bench.path(`old/${name}`), bytes);
};

const remove = (name: string): void => {
  rmSync(at.bench.path(`old/${name}`));
};

/** Writes all tables in another format. */
function convert(extension: string, format: (rows: string[][]) => string | Uint8Array): void {
  for (const [file, text] of at.shop.exports) {
    const rows = parse(text);
    remove(file);
    put(`${path.parse(file).name}${extension}`, format(rows));
  }
}

const isNull = (cell: string): boolean => cell === 'NULL';

const toPhpMyAdmin = (rows: string[][]): string =>
  rows
    .map((row) => row.map((cell) => (isNull(cell) ? 'NULL' : `"${cell.replaceAll('"', '""')}"`)).join(','))
    .join('\r\n');

/** As `mysql --batch` does, which escapes no carriage return. */
const toBatch = (rows: string[][]): string =>
  rows
    .map(
      (row) =>
        `${row
          .map((cell) =>
            cell
              .replaceAll('\\', '\\\\')
              .replaceAll('\t', String.raw`\t`)
              .replaceAll('\n', String.raw`\n`),
          )
          .join('\t')}\n`,
    )
    .join('');

const toLines = (rows: string[][], separator: string): string =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(separator)).join('\n');

describe('the same is adopted from tables', () => {
  const FORMATS: [string, string, (rows: string[][]) => string | Uint8Array][] = [
    ['that phpMyAdmin exported', '.csv', toPhpMyAdmin],
    ['that mysql --batch printed', '.tsv', toBatch],
    ['that mysql --batch printed into files that end with .TSV', '.TSV', toBatch],
    [
      'with NULL as SELECT INTO OUTFILE writes it',
      '.csv',
      (rows) =>
        toLines(
          rows.map((row) => row.map((cell) => (isNull(cell) ? String.raw`\N` : cell))),
          ',',
        ),
    ],
    ['in UTF-16 that a spreadsheet saved', '.csv', (rows) => Buffer.from(`\uFEFF${toLines(rows, ';')}`, 'utf16le')],
    [
      'whose columns are in capitals and in another order',
      '.CSV',
      (rows) =>
        toLines(
          rows.map((row, index) => row.map((cell) => (index === 0 ? cell.toUpperCase() : cell)).reverse()),
          '\t',
        ),
    ],
  ];
  it.each(FORMATS)('%s', async (_, extension, format) => {
    convert(extension, format);
    await succeed(at, ADOPT, 3);
    expect(readFolder(at.bench.path('adopted'))).toEqual(whole);
  });

  it('beside queries, hidden files, folders and empty files', async () => {
    put('tblhosting.sql', 'SELECT 1;');
    put('.DS_Store', 'x');
    put('mod_easydcim_bw_guard_nothing.csv', '');
    put('mod_easydcim_bw_guard_nothing.tsv', '\n');
    mkdirSync(at.bench.path('old/whmcs_services_2025.csv'));
    await succeed(at, ADOPT, 3);
    expect(readFolder(at.bench.path('adopted'))).toEqual(whole);
  });
});

describe('a table without rows is not one that was not exported', () => {
  const table = `${GUARD}client_prefs`;
  const header = (separator: string): string => `${['id', ...PREFERENCES].join(separator)}\n`;
  const findTables = async (): Promise<string[]> => {
    await succeed(at, ADOPT, 3);
    return at.bench
      .read('adopted/undecided.csv')
      .split('\n')
      .filter((line) => line.includes(',table '));
  };

  it.each<[string, string, string]>([
    ['as mysql --batch writes it', '.tsv', ''],
    ['of a header alone', '.csv', header(',')],
    ['of a header with a tab', '.tsv', header('\t')],
    ['of an empty line', '.csv', '\n'],
  ])('%s', async (_, extension, content) => {
    remove(`${table}.csv`);
    put(`${table}${extension}`, content);
    expect(await findTables()).toEqual([]);
  });

  it('and one that was not exported is named', async () => {
    remove(`${table}.csv`);
    expect(await findTables()).toEqual([expect.stringContaining(`table ${table},`)]);
  });
});

/** Replaces a part of a table, which has to be there. */
function edit(table: string, part: string, text: string): void {
  const before = at.shop.exports.get(`${table}.csv`) ?? '';
  expect([table, before.includes(part)]).toEqual([table, true]);
  put(
    `${table}.csv`,
    before.replace(part, () => text),
  );
}

describe('odd content', () => {
  it('of a cell with tabs, quotation marks and backslashes comes through from mysql --batch', async () => {
    const table = `${GUARD}packages`;
    const batch = toBatch(parse(at.shop.exports.get(`${table}.csv`) ?? ''));
    remove(`${table}.csv`);
    put(
      `${table}.tsv`,
      batch.replace('Extra 50 GB', () => String.raw`Extra "50\\100"; \\N, =GB`),
    );
    await succeed(at, ADOPT, 3);
    expect(at.bench.read('adopted/packages.yaml')).toContain(String.raw`Extra "50\100"; \N, =GB`);
  });

  it('reaches neither the terminal nor undecided.csv as control characters or formulas', async () => {
    const formula = "=cmd|' /C calc'!A0";
    edit(`${GUARD}packages`, '"Old, ""free"""', `"${formula}${HOSTILE}"`);
    edit(`${GUARD}purchases`, '0000-00-00 00:00:00', `"${formula}${HOSTILE}"`);
    const outcome = await at.sluice(ADOPT);
    expectPlain(ADOPT, outcome.stdout + outcome.stderr);
    expect(outcome.exitCode).toBe(3);
    const undecided = at.bench.read('adopted/undecided.csv');
    expect(undecided).toContain(`'${formula}`);
    const cells = parse(undecided).flat();
    expect(cells.filter((cell) => /^[=+\-@\t\r]/.test(cell))).toEqual([]);
    for (const [name, text] of Object.entries(readFolder(at.bench.path('adopted')) ?? {})) expectPlain(name, text);
    const json = await at.sluice([...ADOPT.split(' ').slice(0, -1), 'again', '--json']);
    expectPlain('--json', json.stdout + json.stderr);
  });
});

/** Expects that adopting is refused, and names these; nothing is written. */
async function expectRefused(...named: RegExp[]): Promise<void> {
  const { exitCode, stdout, stderr } = await at.sluice(ADOPT);
  for (const each of named) expect(stdout + stderr).toMatch(each);
  expect(exitCode).toBe(2);
  expect(readFolder(at.bench.path('adopted'))).toBeNull();
}

describe('tables are refused, and named,', () => {
  const text = (): string => at.shop.exports.get(`${SERVICES}.csv`) ?? '';

  it('in an encoding that their names would be misread in', async () => {
    // 'شرکت' in Windows-1256.
    const persian = Buffer.from([0xd4, 0xd1, 0xdf, 0xca]);
    const [before = '', ...after] = text().split('شرکت');
    put(`${SERVICES}.csv`, Buffer.concat([Buffer.from(before), persian, Buffer.from(after.join('شرکت'))]));
    await expectRefused(new RegExp(`${SERVICES}\\.csv: .*UTF-8`));
  });

  it('of a name that nothing reads, of a format that is not read, and twice', async () => {
    put('tblclients.csv', 'id\n1\n');
    await expectRefused(/tblclients: nothing reads it; known: .*whmcs_services/);
    put('__proto__.csv', 'id\n1\n');
    put('constructor.csv', 'id\n1\n');
    await expectRefused(/__proto__: nothing reads it/, /constructor: nothing reads it/);
    goBack();
    remove(`${SERVICES}.csv`);
    put(`${SERVICES}.xlsx`, 'PK');
    put(`${SERVICES}.csv.gz`, 'x');
    await expectRefused(/whmcs_services\.xlsx: .*CSV/, /whmcs_services\.csv\.gz/);
    goBack();
    put(`${SERVICES}.tsv`, toBatch(parse(text())));
    await expectRefused(/whmcs_services twice/);
    put(`${SERVICES}.tsv`, '');
    await expectRefused(/whmcs_services twice/);
  });

  it('with rows of another length, an open quotation mark, or columns of one name', async () => {
    put(`${SERVICES}.csv`, text().replace('\n', '\n1,2\n'));
    await expectRefused(/whmcs_services\.csv: line 2: 2 cells, but the header has \d+/);
    put(`${SERVICES}.csv`, text().replace('\n', '\n"'));
    await expectRefused(/whmcs_services\.csv: line 2: /);
    const [header = '', ...lines] = text().split('\n');
    put(`${SERVICES}.csv`, [`${header},ID`, ...lines.map((line) => (line === '' ? '' : `${line},1`))].join('\n'));
    await expectRefused(/whmcs_services\.csv: line 1: column "id" is repeated/);
    remove(`${SERVICES}.csv`);
    const batch = toBatch(parse(text()));
    put(`${SERVICES}.tsv`, batch.replace('\n', '\n1\t2\n'));
    await expectRefused(/whmcs_services\.tsv: line 2: 2 cells/);
    put(`${SERVICES}.tsv`, batch.replace('\t', '\tid\t').replaceAll(/\n(?=.)/g, '\n1\t'));
    await expectRefused(/whmcs_services\.tsv: line 1: column "id" is repeated/);
  });

  it('without a column that is read', async () => {
    put(`${SERVICES}.csv`, text().replace(/^id,/, 'nr,'));
    await expectRefused(/whmcs_services: it has no column id/);
  });

  it('in a folder that is not one', async () => {
    for (const folder of ['none', 'sluice.yaml']) {
      const { exitCode, stderr } = await at.sluice(ADOPT.replace('--in old', `--in ${folder}`));
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining(folder)]);
    }
  });
});
