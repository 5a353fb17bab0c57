import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import { isPostgresUrl } from '../location.js';
import { openStore, type OpenStoreOptions } from '../open-store.js';
import { connectWriter } from '../sqlite/connect.js';
import type { StateStore, StoreCheck } from '../store.js';
import { acquireSchema, type EmptySchema } from '../testing/empty-stores.js';

/** The moment at which every test store believes to be. */
export const NOW = '2026-03-01T00:00:00.000Z';

export const clock = { now: (): number => Date.parse(NOW) };

/** A new folder for each test of the file; it is gone afterwards. */
export function useFolder(): { readonly folder: string; readonly location: string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    get folder() {
      return folder;
    },
    get location() {
      return join(folder, 'sluice.db');
    },
  };
}

/** Does to a store what the package would never do. */
export async function tamper(location: string, ...statements: string[]): Promise<void> {
  if (isPostgresUrl(location)) {
    await schema?.tamper(...statements);
    return;
  }
  const raw = await connectWriter(location, 1000);
  raw.handle.pragma('foreign_keys = off');
  for (const statement of statements) raw.handle.exec(statement);
  await raw.close();
}

/** Expects that a call is refused with this code. */
export const expectRefused = (call: Promise<unknown>, code: string): Promise<void> =>
  expect(call).rejects.toMatchObject({ code });

/** What the check of a store finds wrong. */
export async function findings({ maintenance }: StateStore): Promise<StoreCheck[]> {
  return (await maintenance.check()).filter((check) => check.status !== 'ok');
}

/** The schema that the tests of this file have on PostgreSQL. */
let schema: EmptySchema | undefined;

/** Whether the tests run on PostgreSQL: `jest.config.js` runs them on both. */
export const isOnPostgres = (): boolean => Reflect.get(globalThis, 'SLUICE_TEST_STORE') === 'postgres';

/** A store for each test of the file. */
export interface StoreInTest {
  /** A folder of its own, gone afterwards. */
  readonly folder: string;
  readonly location: string;
  readonly store: StateStore;
  open(options?: Partial<OpenStoreOptions>): Promise<StateStore>;
}

/** A folder of its own and a store in it, or on PostgreSQL, for each test of the file; both are gone afterwards. */
export function useStore(): StoreInTest {
  return isOnPostgres() ? usePostgresStore() : useFileStore();
}

function usePostgresStore(): StoreInTest {
  const files = useFolder();
  let opened: StateStore[] = [];
  const open = async (options: Partial<OpenStoreOptions> = {}): Promise<StateStore> => {
    const another = await openStore({ location: schema?.url ?? '', clock, leaseClock: 'caller', ...options });
    opened.push(another);
    return another;
  };
  beforeAll(async () => {
    schema = await acquireSchema();
  });
  beforeEach(async () => {
    await schema?.empty();
    await open();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened = [];
  });
  afterAll(async () => {
    await schema?.release();
    schema = undefined;
  });
  return {
    get folder() {
      return files.folder;
    },
    get location() {
      return schema?.url ?? '';
    },
    get store() {
      const [store] = opened;
      if (store === undefined) throw new Error('The store opens before each test.');
      return store;
    },
    open,
  };
}

function useFileStore(): StoreInTest {
  let folder = '';
  let store: StateStore | undefined;
  let opened: StateStore[] = [];
  /** An empty store's file: a copy takes a tenth of the time that the migrations take. */
  let empty: Buffer | undefined;

  const location = (): string => join(folder, 'sluice.db');
  const open = async (options: Partial<OpenStoreOptions> = {}): Promise<StateStore> => {
    const another = await openStore({ location: location(), clock, ...options });
    opened.push(another);
    return another;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
    await (await openStore({ location: location(), clock })).close();
    empty = readFileSync(location());
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-store-'));
    if (empty !== undefined) writeFileSync(location(), empty, { mode: 0o600 });
    store = await open();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened = [];
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    get folder() {
      return folder;
    },
    get location() {
      return location();
    },
    get store() {
      if (store === undefined) throw new Error('The store opens before each test.');
      return store;
    },
    open,
  };
}
