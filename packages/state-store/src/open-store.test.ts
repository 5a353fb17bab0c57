import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { LATEST_SCHEMA_VERSION, openStore, StoreError } from './index.js';
import { connectWriter } from './sqlite/connect.js';
import { createPrivateFile } from './sqlite/open-handle.js';
import { service } from './test/records.js';
import { unpack } from './test/unpack.js';
import { clock, expectRefused, findings, useFolder } from './test/use-store.js';

const at = useFolder();

function readMode(file: string): string {
  return (statSync(file).mode & 0o777).toString(8);
}

/** Permissions do not bind the superuser, so when the tests run as one they take another user's part for a while. */
async function asOrdinaryUser(work: () => Promise<void>): Promise<void> {
  if (process.geteuid?.() !== 0) return work();
  const nobody = 65_534;
  process.setegid?.(nobody);
  process.seteuid?.(nobody);
  try {
    await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}

describe('a new store', () => {
  it.each(['0', '22', '777'])('is readable to its owner alone, under umask %s', async (umask) => {
    const location = join(at.folder, 'a', 'b', 'sluice.db');
    mkdirSync(join(at.folder, 'a', 'b'), { recursive: true });
    const before = process.umask(Number.parseInt(umask, 8));
    try {
      const store = await openStore({ location, clock });
      await store.services.put([service('svc-1')]);
      for (const ending of ['', '-wal', '-shm']) expect(readMode(location + ending)).toBe('600');
      await store.close();
      expect(readMode(location)).toBe('600');
      expect(readdirSync(join(at.folder, 'a', 'b'))).toEqual(['sluice.db']);
    } finally {
      process.umask(before);
    }
  });

  it('gets its folders', async () => {
    const store = await openStore({ location: join(at.folder, 'x', 'y', 'sluice.db'), clock });
    expect(store.schemaVersion).toBe(LATEST_SCHEMA_VERSION);
    expect(store.location).toBe(join(at.folder, 'x', 'y', 'sluice.db'));
    expect(await findings(store)).toEqual([]);
    await store.close();
    expect(readMode(join(at.folder, 'x'))).toBe('700');
  });

  it('is written through a log that is on the disk before a commit returns', async () => {
    await (await openStore({ location: at.location, clock })).close();
    const { handle, close } = await connectWriter(at.location, 1000);
    const full = 2;
    expect(handle.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(handle.pragma('synchronous', { simple: true })).toBe(full);
    expect(handle.pragma('foreign_keys', { simple: true })).toBe(1);
    await close();
  });

  it('is not made when it should be there', async () => {
    await expectRefused(openStore({ location: at.location, clock, create: false }), 'store_missing');
    await expectRefused(openStore({ location: at.location, clock, readOnly: true }), 'store_missing');
    expect(existsSync(at.location)).toBe(false);
  });

  it('is not made in an empty file when it should be there', async () => {
    createPrivateFile(at.location);
    await expectRefused(openStore({ location: at.location, clock, create: false }), 'store_missing');
    const empty = new Sqlite(at.location);
    expect(empty.prepare('select name from sqlite_master').all()).toEqual([]);
    empty.close();
  });
});

describe('a location', () => {
  it.each([
    ['file:sluice.db', /"file:" is not supported as a store/],
    [' ', /The path of the store is empty/],
    ['postgres:ops:hunter2@db/sluice', /The URL of the store names no user/],
  ])('that is not a path is refused: %s', async (odd, message) => {
    const opening = openStore({ location: odd, clock });
    await expect(opening).rejects.toMatchObject({
      code: 'store_unsupported',
      message: expect.stringMatching(message),
    });
    await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('hunter2') });
  });

  it('that is a at.folder, or below a file, is refused', async () => {
    await expect(openStore({ location: at.folder, clock })).rejects.toMatchObject({ code: 'store_unsupported' });
    writeFileSync(at.location, '');
    await expectRefused(openStore({ location: join(at.location, 'x.db'), clock }), 'store_missing');
  });
});

describe('a file that is not a store', () => {
  it('is refused when it is no database', async () => {
    writeFileSync(at.location, 'plain text, much longer than the header of a database would be\n'.repeat(20));
    for (const readOnly of [true, false]) {
      const opening = openStore({ location: at.location, clock, readOnly });
      await expect(opening).rejects.toBeInstanceOf(StoreError);
      await expect(opening).rejects.toMatchObject({ code: 'store_damaged' });
    }
  });

  it('is refused and left alone when it belongs to another program', async () => {
    const other = new Sqlite(at.location);
    other.exec('create table theirs (id text)');
    other.close();
    await expect(openStore({ location: at.location, clock })).rejects.toMatchObject({ code: 'store_unsupported' });
    const again = new Sqlite(at.location);
    expect(again.prepare('select name from sqlite_master').pluck().all()).toEqual(['theirs']);
    again.close();
  });
});

describe('an older store', () => {
  it('is left as it is when migrations are not wanted or not possible', async () => {
    createPrivateFile(at.location);
    for (const options of [{ migrate: false }, { readOnly: true }]) {
      await expect(openStore({ location: at.location, clock, ...options })).rejects.toMatchObject({
        code: 'store_too_old',
        message: expect.stringContaining('has no tables yet'),
      });
    }
    await (await openStore({ location: at.location, clock })).close();
    await (await openStore({ location: at.location, clock, migrate: false })).close();
  });
});

describe('a store opened to be read only', () => {
  it('reads, and refuses each write', async () => {
    const writer = await openStore({ location: at.location, clock });
    await writer.services.put([service('svc-1')]);
    const reader = await openStore({ location: at.location, clock, readOnly: true });
    expect(await reader.services.ids()).toEqual(['svc-1']);
    const refused = { code: 'store_read_only' };
    await expect(reader.services.put([service('svc-2')])).rejects.toMatchObject(refused);
    await expect(reader.write(() => Promise.resolve())).rejects.toMatchObject(refused);
    await expect(reader.leases.release({ name: 'a', fence: 1 })).rejects.toMatchObject(refused);
    await writer.services.put([service('svc-3')]);
    expect(await reader.services.ids()).toEqual(['svc-1', 'svc-3']);
    await reader.close();
    await writer.close();
  });

  it('reads where SQLite can make no files beside it, as on a read-only file system', async () => {
    const writer = await openStore({ location: at.location, clock });
    await writer.services.put([service('svc-1')]);
    await writer.close();
    // A at.folder in the place of the file that SQLite wants to make stands for the file system that refuses it.
    mkdirSync(`${at.location}-wal`);
    const reader = await openStore({ location: at.location, clock, readOnly: true });
    expect(await reader.services.ids()).toEqual(['svc-1']);
    expect(await findings(reader)).toEqual([]);
    await reader.maintenance.backup(join(at.folder, 'copy.db.gz'));
    await reader.close();
    const copy = await openStore({ location: unpack(join(at.folder, 'copy.db.gz')), clock });
    expect(await copy.services.ids()).toEqual(['svc-1']);
    await copy.close();
    await expect(openStore({ location: at.location, clock })).rejects.toMatchObject({ code: 'store_read_only' });
  });
});

describe('without permission', () => {
  it('a store is not made', async () => {
    chmodSync(at.folder, 0o555);
    await asOrdinaryUser(async () => {
      await expect(openStore({ location: at.location, clock })).rejects.toMatchObject({
        code: 'store_read_only',
        message: expect.stringContaining(at.location),
      });
    });
    chmodSync(at.folder, 0o700);
    expect(readdirSync(at.folder)).toEqual([]);
  });

  it('a store is not written', async () => {
    await (await openStore({ location: at.location, clock })).close();
    chmodSync(at.location, 0o444);
    chmodSync(at.folder, 0o777);
    await asOrdinaryUser(async () => {
      const write = async (): Promise<void> => {
        const store = await openStore({ location: at.location, clock });
        try {
          await store.services.put([service('svc-1')]);
        } finally {
          await store.close();
        }
      };
      await expect(write()).rejects.toMatchObject({ code: 'store_read_only' });
    });
    chmodSync(at.location, 0o600);
    const store = await openStore({ location: at.location, clock });
    expect(await store.services.ids()).toEqual([]);
    await store.close();
  });
});

describe('a store in memory', () => {
  it('reads what it wrote, inside a write too, and keeps a failed write out', async () => {
    const store = await openStore({ location: ':memory:' });
    const notice = {
      code: 'held',
      panel: null,
      service: null,
      message: 'm',
      run: null,
      at: '2026-11-20T12:00:00.000Z',
      data: null,
    };
    const ids = async (): Promise<string[]> => (await store.notices.list()).map(({ id }) => id).sort();
    await store.write(async (tables) => {
      await tables.notices.add([{ ...notice, id: 'n-1', key: 'k-1' }]);
      expect(await ids()).toEqual(['n-1']);
    });
    const failing = store.write(async (tables) => {
      await tables.notices.add([{ ...notice, id: 'n-2', key: 'k-2' }]);
      throw new Error('stop');
    });
    await expect(failing).rejects.toThrow('stop');
    const [, seen] = await Promise.all([
      store.write((tables) => tables.notices.add([{ ...notice, id: 'n-3', key: 'k-3' }])),
      ids(),
    ]);
    expect([seen.includes('n-2'), await ids()]).toEqual([false, ['n-1', 'n-3']]);
    await expectRefused(store.maintenance.backup(join(at.folder, 'never.db')), 'store_unsupported');
    await store.close();
  });
});
