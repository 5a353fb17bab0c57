import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as yieldToIo } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { openStore } from './open-store.js';
import { restoreStore } from './restore-store.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sluice-backups-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ROWS = process.env['SLUICE_LONG'] === '1' ? 20_000 : 8000;

/** Makes a store of about 8 MB, or of 20 MB. */
async function makeStore(location: string): Promise<void> {
  await (await openStore({ location })).close();
  const handle = new Sqlite(location);
  handle.exec(`create table filler (id integer primary key, text text);
    with recursive n(i) as (select 1 union all select i + 1 from n where i < ${ROWS})
    insert into filler select i, hex(randomblob(500)) from n;`);
  handle.close();
}

function readRows(file: string): unknown {
  const copy = new Sqlite(file, { readonly: true });
  const whole = copy.pragma('integrity_check(1)', { simple: true });
  const rows = copy.prepare('select count(*) from filler').pluck().get();
  copy.close();
  return [whole, rows];
}

/** Waits until a file with this in its name is being written. */
async function written(what: string): Promise<void> {
  while (!readdirSync(folder).some((name) => name.includes(what))) await yieldToIo();
}

const codeOf = (end: PromiseSettledResult<unknown>): string =>
  end.status === 'fulfilled' ? 'done' : ((end.reason as { code?: string }).code ?? String(end.reason));

it('two processes that back up to the same file leave a whole backup', async () => {
  const location = path.join(folder, 'sluice.db');
  await makeStore(location);
  const [one, two] = [await openStore({ location }), await openStore({ location })];
  for (const [index, when] of [null, '.part', '.part.gz'].entries()) {
    const to = path.join(folder, `daily-${index}.db.gz`);
    const first = one.maintenance.backup(to);
    if (when !== null) await written(when);
    const ends = await Promise.allSettled([first, two.maintenance.backup(to)]);
    expect(ends.map(codeOf).sort()).toEqual(['done', 'store_exists']);
    const plain = path.join(folder, 'plain.db');
    writeFileSync(plain, gunzipSync(readFileSync(to)));
    expect(readRows(plain)).toEqual(['ok', ROWS]);
  }
  await one.close();
  await two.close();
  expect(readdirSync(folder).filter((name) => name.includes('.part'))).toEqual([]);
}, 60_000);

it('two processes that restore the same store leave a whole one', async () => {
  const [location, from] = [path.join(folder, 'sluice.db'), path.join(folder, 'backup.db.gz')];
  await makeStore(location);
  const store = await openStore({ location });
  await store.maintenance.backup(from);
  await store.close();
  const first = restoreStore({ from, to: location });
  await written('.restoring');
  const second = restoreStore({ from, to: location, clock: { now: () => Date.now() + 60_000 } });
  const ends = await Promise.allSettled([first, second]);
  expect(ends.map(codeOf)).toContain('done');
  expect(readRows(location)).toEqual(['ok', ROWS]);
  expect(readdirSync(folder).filter((name) => name.includes('.restoring'))).toEqual([]);
}, 60_000);

it('what a process left that was killed is removed by the next backup, and what another one writes is not', async () => {
  const location = path.join(folder, 'sluice.db');
  const store = await openStore({ location });
  const toLeft = (id: string): string => path.join(folder, `daily-1.db.gz.sluice-${id.repeat(12)}.part`);
  const [old, live, other] = [toLeft('a'), toLeft('b'), path.join(folder, 'mine.part')];
  for (const file of [old, `${old}.gz`, `${old}-journal`, live, other]) writeFileSync(file, 'left');
  const past = new Date(Date.now() - 2 * 3_600_000);
  for (const file of [old, `${old}.gz`, `${old}-journal`, other]) utimesSync(file, past, past);
  await store.maintenance.backup(path.join(folder, 'daily-2.db.gz'));
  await store.close();
  const kept = [live, other].map((file) => path.basename(file));
  expect(
    readdirSync(folder)
      .filter((name) => /part/.test(name))
      .sort(),
  ).toEqual(kept.sort());
});
