import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildOldShop, manualClock, type OldShop } from '@sluice/fake-panels';
import { type CommandProcess, startCommand } from '../command-process.js';
import { Bench, closeFakes, type Outcome } from '../harness.js';
import { REAL_PROCESS } from '../real-process.js';

const KILL = fileURLToPath(new URL('../kill/', import.meta.url));

/** The shop of an old tool, with the command beside it by the computer's clock. */
export interface MovingBench {
  bench: Bench;
  shop: OldShop;
  env: Record<string, string>;
  /** Runs the command in this process. */
  sluice: (words: string | string[]) => Promise<Outcome>;
  /** Starts the built command. */
  start: (words: string, env?: Record<string, string>) => CommandProcess;
  /** Keeps the files as they are now; the function that it returns puts all of them back, and removes others. */
  keep: () => () => void;
  close: () => Promise<void>;
}

/** Starts one with a config that names the panel alone; the tables of the tool are in `old`. */
export async function startMovingBench(more = ''): Promise<MovingBench> {
  const bench = new Bench(manualClock(Date.now()));
  const shop = await buildOldShop({ now: () => Date.now() });
  const env = { DCIM_TOKEN: shop.token };
  Object.assign(bench.env, env);
  bench.write(
    'sluice.yaml',
    `# The config of a shop.
timeZone: ${shop.timeZone}
currency: EUR
enforce: observe
panels:
  dcim: { kind: easydcim, url: "${shop.panel.url}", allowHttp: true, token: "\${env:DCIM_TOKEN}", retries: 0 }
${more}`,
  );
  mkdirSync(bench.path('old'));
  for (const [name, text] of shop.exports) writeFileSync(path.join(bench.path('old'), name), text);
  return {
    ...{ bench, shop, env },
    sluice: (words) => bench.sluice(words, REAL_PROCESS),
    start: (words, more = {}) => startCommand(words.split(' '), { cwd: bench.folder, env: { ...env, ...more } }),
    keep: () => keepFolder(bench.folder),
    async close() {
      await closeFakes(shop.panel, shop.whmcs);
      bench.close();
    },
  };
}

export const ADOPT = 'adopt dcim --from easydcim-bw --in old --out adopted';

/** Runs a command that has to end with one of these exit codes. */
export async function succeed(at: MovingBench, words: string, ...codes: number[]): Promise<Outcome> {
  const outcome = await at.sluice(words);
  if (![0, ...codes].includes(outcome.exitCode))
    throw new Error(`${words}: ${outcome.exitCode} ${outcome.stdout} ${outcome.stderr}`);
  return outcome;
}

function keepFolder(folder: string): () => void {
  const kept = `${folder}-kept`;
  rmSync(kept, { recursive: true, force: true });
  cpSync(folder, kept, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return () => {
    for (const name of readdirSync(folder)) rmSync(path.join(folder, name), { recursive: true, force: true });
    cpSync(kept, folder, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  };
}

/** Returns the environment in which a command is killed before its n-th commit. */
export function killAtCommit(n: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=${KILL}kill-at-commit.mjs`, KILL_AT_COMMIT: String(n) };
}

/** Returns the environment in which a command is killed before or after the n-th thing that it does to files with that prefix. */
export function killAtFile(prefix: string, when: 'before' | 'after', n: number): Record<string, string> {
  return { NODE_OPTIONS: `--import=${KILL}kill-at-file.mjs`, KILL_AT_FILE: `${prefix}|${when}|${n}` };
}

/** Tables that say how and when something was done. */
const ABOUT_RUNS = /^(api_|runs$|leases$|schema_|sqlite_|conditions$)/;

/** Columns that differ each time: random ids, and when something was stored. */
const DIFFERENT = /^(seq|run|since|hold|updated_at|created_at|stored_at|opened_at|client_since)$/;

interface Reader {
  prepare: (sql: string) => { all: () => Record<string, unknown>[] };
  close: () => void;
}

/** Returns what a store has in all tables, without random ids, times at which it was stored, and runs; nothing where there is no store. */
export function dumpStore(file: string): Record<string, string[]> {
  if (!existsSync(file)) return {};
  const require = createRequire(createRequire(import.meta.url).resolve('@sluice/state-store'));
  const Sqlite = require('better-sqlite3') as new (name: string) => Reader;
  const handle = new Sqlite(file);
  const tables = handle.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const cycles = handle.prepare('SELECT id, starts_at FROM cycles').all();
  const starts = new Map(cycles.map((row) => [row['id'], row['starts_at']]));
  const dump: Record<string, string[]> = {};
  for (const { name } of tables) {
    const table = String(name);
    if (ABOUT_RUNS.test(table)) continue;
    const rows = handle.prepare(`SELECT * FROM "${table}"`).all();
    if (rows.length > 0) dump[table] = rows.map((row) => toText(table, withStart(row, starts))).sort();
  }
  handle.close();
  return dump;
}

/** Returns a row that names a cycle by its start. */
function withStart(row: Record<string, unknown>, starts: ReadonlyMap<unknown, unknown>): Record<string, unknown> {
  return starts.has(row['cycle']) ? { ...row, cycle: starts.get(row['cycle']) } : row;
}

function toText(table: string, row: Record<string, unknown>): string {
  const isKept = (column: string): boolean => !DIFFERENT.test(column) && (column !== 'id' || table === 'services');
  return JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => isKept(column))));
}

/** Returns the texts of a folder's files by their names; null where there is no such folder. */
export function readFolder(folder: string): Record<string, string> | null {
  if (!existsSync(folder)) return null;
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}
