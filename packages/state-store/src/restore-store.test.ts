import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { backupStore } from './backup-store.js';
import { LATEST_SCHEMA_VERSION } from './migrations/version.js';
import { openStore } from './open-store.js';
import { restoreStore } from './restore-store.js';
import type { StateStore } from './store.js';
import { compileStore, start } from './test/child-processes.js';
import { minute, service } from './test/records.js';
import { unpack } from './test/unpack.js';
import { clock, expectRefused, useStore } from './test/use-store.js';

const at = useStore();

const backup = (): string => join(at.folder, 'backup.db.gz');
const replacedName = (): string => `${at.location}.replaced-20260301T000000.000Z`;

async function idsIn(location: string): Promise<string[]> {
  const store = await openStore({ location, clock, readOnly: true });
  const ids = await store.services.ids();
  await store.close();
  return ids;
}

/** A backup with svc-1 in it, of a store that has svc-2 as well by now and is closed. */
async function prepare(): Promise<void> {
  await at.store.services.put([service('svc-1')]);
  await at.store.maintenance.backup(backup());
  await at.store.services.put([service('svc-2')]);
  await at.store.close();
}

describe('a backup with other tables than Sluice creates', () => {
  it.each([
    ['drop table holds', 'does not have the table "holds"', 'store_damaged'],
    ['alter table holds drop column note', 'the column "note" of the table "holds"', 'store_damaged'],
    ['create trigger spy after insert on services begin delete from holds; end', 'holds "spy"', 'store_unsupported'],
    ['create view services_of as select * from services', 'holds "services_of"', 'store_unsupported'],
    ['create virtual table words using fts5(text)', 'holds "words"', 'store_unsupported'],
  ])('is refused, and the store stays: %s', async (text, words, code) => {
    await prepare();
    const hostile = join(at.folder, 'hostile.db');
    writeFileSync(hostile, readFileSync(unpack(backup())));
    const handle = new Sqlite(hostile);
    handle.exec(text);
    handle.close();
    const restoring = restoreStore({ from: hostile, to: at.location, clock });
    await expect(restoring).rejects.toMatchObject({ code });
    await expect(restoring).rejects.toThrow(words);
    expect(await idsIn(at.location)).toEqual(['svc-1', 'svc-2']);
  });

  it('is refused where it is not a file', async () => {
    await prepare();
    const folder = join(at.folder, 'folder');
    mkdirSync(folder);
    const restoring = restoreStore({ from: folder, to: at.location, clock });
    await expect(restoring).rejects.toMatchObject({ code: 'store_unsupported' });
  });
});

describe('a backup', () => {
  it('is a private file of its own, and whole', async () => {
    await at.store.services.put([service('svc-1')]);
    await at.store.maintenance.backup(backup());
    expect((statSync(backup()).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(at.folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db.gz']);
    expect(await idsIn(unpack(backup()))).toEqual(['svc-1']);
  });

  it('is compressed', async () => {
    await at.store.services.put(Array.from({ length: 500 }, (_, index) => service(`svc-${index}`)));
    await at.store.maintenance.backup(backup());
    expect(statSync(backup()).size * 5).toBeLessThan(statSync(unpack(backup())).size);
  });

  it('never goes over a file that is there', async () => {
    writeFileSync(backup(), 'mine');
    await expect(at.store.maintenance.backup(backup())).rejects.toMatchObject({ code: 'store_exists' });
    await expect(backupStore({ from: at.location, to: backup() })).rejects.toMatchObject({ code: 'store_exists' });
    expect(readFileSync(backup(), 'utf8')).toBe('mine');
    await expect(at.store.maintenance.backup(at.location)).rejects.toMatchObject({ code: 'store_exists' });
    expect(readdirSync(at.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('does not need a store of the newest version', async () => {
    const older = join(at.folder, 'older.db');
    const raw = new Sqlite(older);
    raw.exec('create table schema_migrations (version integer, name text, applied_at text)');
    raw.close();
    await backupStore({ from: older, to: backup() });
    expect(existsSync(backup())).toBe(true);
  });

  it('says which folder or store is missing', async () => {
    await expectRefused(at.store.maintenance.backup(join(at.folder, 'none', 'b.db')), 'store_missing');
    await expectRefused(backupStore({ from: join(at.folder, 'none.db'), to: backup() }), 'store_missing');
  });
});

describe('restoreStore', () => {
  it('puts the backup in place and keeps what was there', async () => {
    await prepare();
    expect(await restoreStore({ from: backup(), to: at.location, clock })).toEqual({
      version: LATEST_SCHEMA_VERSION,
      replaced: replacedName(),
    });
    expect((statSync(at.location).mode & 0o777).toString(8)).toBe('600');
    expect(await idsIn(at.location)).toEqual(['svc-1']);
    expect(await idsIn(replacedName())).toEqual(['svc-1', 'svc-2']);
    expect(await idsIn(unpack(backup()))).toEqual(['svc-1']);
    const store = await at.open();
    expect((await store.maintenance.check()).filter((check) => check.status !== 'ok')).toEqual([]);
  });

  it('takes a backup that is not compressed, too', async () => {
    await prepare();
    const plain = unpack(backup());
    expect(await restoreStore({ from: plain, to: at.location, clock })).toMatchObject({ replaced: replacedName() });
    expect(await idsIn(at.location)).toEqual(['svc-1']);
    expect(await idsIn(plain)).toEqual(['svc-1']);
    expect(readdirSync(at.folder).filter((name) => name.includes('restoring'))).toEqual([]);
  });

  it('works where no store was', async () => {
    await prepare();
    const fresh = join(at.folder, 'fresh.db');
    expect(await restoreStore({ from: backup(), to: fresh })).toEqual({
      version: LATEST_SCHEMA_VERSION,
      replaced: null,
    });
    expect(await idsIn(fresh)).toEqual(['svc-1']);
  });

  it('completes the restored store before it is in place, and leaves the old one where that fails', async () => {
    await prepare();
    const inherit = async (replaced: StateStore | null, restored: StateStore): Promise<void> => {
      await restored.services.put([service(`of-${(await replaced?.services.ids())?.join('-') ?? 'none'}`)]);
    };
    const failing = restoreStore({
      from: backup(),
      to: at.location,
      clock,
      async inherit(...stores) {
        await inherit(...stores);
        throw new Error('no');
      },
    });
    await expect(failing).rejects.toThrow('no');
    expect(await idsIn(at.location)).toEqual(['svc-1', 'svc-2']);
    expect(readdirSync(at.folder).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
    await restoreStore({ from: backup(), to: at.location, clock, inherit });
    expect(await idsIn(at.location)).toEqual(['of-svc-1-svc-2', 'svc-1']);
    const fresh = join(at.folder, 'fresh.db');
    await restoreStore({ from: backup(), to: fresh, clock, inherit: (replaced, store) => inherit(replaced, store) });
    expect(await idsIn(fresh)).toEqual(['of-none', 'svc-1']);
  });

  it('frees leases, and gives no fence number again', async () => {
    const request = {
      name: 'panel:dcim',
      owner: { host: 'host-1', pid: 1, processStart: '1' },
      run: 'run-1',
      now: minute(0),
      ttlMs: 60_000,
      isAlive: () => true,
    };
    expect(await at.store.leases.acquire(request)).toMatchObject({ acquired: true });
    await prepare();
    await restoreStore({ from: backup(), to: at.location, clock });
    const store = await at.open();
    expect(await store.leases.list()).toEqual([]);
    const next = await store.leases.acquire(request);
    expect(next.acquired && next.lease.fence).toBeGreaterThan(1000);
  });

  it('is refused while another has the store open', async () => {
    await prepare();
    const other = await at.open();
    await other.services.ids();
    await expectRefused(restoreStore({ from: backup(), to: at.location, clock, wait: 50 }), 'store_busy');
    expect(await other.services.ids()).toEqual(['svc-1', 'svc-2']);
    await other.services.put([service('svc-3')]);
    expect(readdirSync(at.folder).filter((name) => /restoring|replaced/.test(name))).toEqual([]);
  });

  it('takes the log of a killed process into the file that it keeps', async () => {
    await prepare();
    const programs = join(at.folder, 'programs');
    mkdirSync(programs);
    compileStore(programs);
    const child = start(
      programs,
      'writer',
      `import { openStore } from './store/index.js';
       const store = await openStore({ location: process.argv[2], clock: { now: () => 0 } });
       await store.switches.set({ panel: 'in-the-log', product: null, enforce: 'on', since: '2026-03-01T00:00:00.000Z', actor: null });
       console.log('written');
       process.stdin.resume();`,
      at.location,
    );
    expect(await child.line()).toBe('written');
    await child.kill();
    expect(statSync(`${at.location}-wal`).size).toBeGreaterThan(0);
    await restoreStore({ from: backup(), to: at.location, clock });
    const restored = await at.open();
    expect(await restored.switches.list()).toEqual([]);
    const kept = await openStore({ location: replacedName(), clock, readOnly: true });
    expect((await kept.switches.list()).map((each) => each.panel)).toEqual(['in-the-log']);
    await kept.close();
  });

  it('replaces a store that is damaged beyond opening', async () => {
    await prepare();
    writeFileSync(at.location, 'noise'.repeat(1000));
    writeFileSync(`${at.location}-wal`, 'more noise');
    await restoreStore({ from: backup(), to: at.location, clock });
    expect(await idsIn(at.location)).toEqual(['svc-1']);
    expect(readFileSync(replacedName(), 'utf8')).toBe('noise'.repeat(1000));
    expect(readFileSync(`${replacedName()}-wal`, 'utf8')).toBe('more noise');
  });

  it('checks the backup first', async () => {
    await prepare();
    const check = async (code: string): Promise<void> => {
      const message: unknown = expect.stringContaining(backup());
      await expect(restoreStore({ from: backup(), to: at.location, clock })).rejects.toMatchObject({ code, message });
      expect(await idsIn(at.location)).toEqual(['svc-1', 'svc-2']);
    };
    const good = readFileSync(unpack(backup()));
    const bad = Buffer.from(good);
    bad.fill(0xa5, Math.floor(bad.length / 2));
    const file = join(at.folder, 'newer.db');
    writeFileSync(file, good);
    const newer = new Sqlite(file);
    newer.prepare("insert into schema_migrations values (?, 'newer', '')").run(LATEST_SCHEMA_VERSION + 1);
    newer.close();
    for (const [content, code] of [
      [bad, 'store_damaged'],
      [Buffer.from('text '.repeat(500)), 'store_damaged'],
      [Buffer.alloc(0), 'store_unsupported'],
      [readFileSync(file), 'store_too_new'],
    ] as const) {
      writeFileSync(backup(), content);
      await check(code);
      writeFileSync(backup(), gzipSync(content));
      await check(code);
    }

    const compressed = gzipSync(good);
    writeFileSync(backup(), compressed.subarray(0, compressed.length - 100));
    await check('store_damaged');
    compressed.fill(0xa5, 1000, 1100);
    writeFileSync(backup(), compressed);
    await check('store_damaged');

    const missing = join(at.folder, 'missing.db');
    await expect(restoreStore({ from: missing, to: at.location, clock })).rejects.toMatchObject({
      code: 'store_missing',
      message: `The backup ${missing} does not exist. Name the file of a backup.`,
    });
  });
});
