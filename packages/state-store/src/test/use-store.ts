import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { isOnServer } from '../location.js';
import type { OpenStoreOptions } from '../open-options.js';
import { openStore } from '../open-store.js';
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
  for (const statement of statements) await ask(location, statement);
}

/** Runs a statement on a store behind its back, without its foreign keys, and returns its rows. */
export async function ask(location: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  if (isOnServer(location)) return (await schema?.ask(text, values)) ?? [];
  const raw = await connectWriter(location, 1000);
  try {
    raw.handle.pragma('foreign_keys = off');
    const statement = raw.handle.prepare<unknown[], Record<string, unknown>>(text);
    if (statement.reader) return statement.all(values);
    statement.run(values);
    return [];
  } finally {
    await raw.close();
  }
}

/** Bytes that no block of calls has, as the database writes them. */
export const toBrokenBlock = (): string => (isOnPostgres() ? "'\\x00'" : "x'00'");

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

/**
 * How often a property is tried: on PostgreSQL, where each round takes several times as long, a quarter of the rounds, unless the long tests
 * run. What a property says is of the code above both databases, which has all rounds on files.
 */
export const toRounds = (rounds: number): number =>
  isOnPostgres() && process.env['SLUICE_LONG'] !== '1' ? Math.ceil(rounds / 4) : rounds;

/** A test of what only files have. */
export const onFiles: typeof it | typeof it.skip = isOnPostgres() ? it.skip : it;

/** A store for each test of the file. */
export interface StoreInTest {
  /** A folder of its own, gone afterwards. */
  readonly folder: string;
  readonly location: string;
  readonly store: StateStore;
  /** Opens the store again. */
  open(options?: Partial<OpenStoreOptions>): Promise<StateStore>;
  /** The location of a store that is not there yet. */
  toNew(): Promise<string>;
  /** Opens another store, which is empty; at most two of them at once. */
  openEmpty(): Promise<StateStore>;
}

/** A folder of its own and a store in it, or on PostgreSQL, for each test of the file; both are gone afterwards. */
export function useStore(): StoreInTest {
  return isOnPostgres() ? usePostgresStore() : useFileStore();
}

function usePostgresStore(): StoreInTest {
  const files = useFolder();
  /** Kept from test to test unless one closed it or altered its tables: its connections cost more than most tests. */
  let kept: StateStore | undefined;
  let opened: StateStore[] = [];
  const others: EmptySchema[] = [];
  const openAny = (options: Partial<OpenStoreOptions> = {}): Promise<StateStore> =>
    openStore({ location: schema?.url ?? '', clock, leaseClock: 'caller', ...options });
  const open = async (options: Partial<OpenStoreOptions> = {}): Promise<StateStore> => {
    const another = await openAny(options);
    opened.push(another);
    return another;
  };
  const openKept = async (): Promise<StateStore> => {
    const store = await openAny();
    const close = store.close.bind(store);
    const closed = (): Promise<void> => {
      isClosed = true;
      return close();
    };
    isClosed = false;
    return Object.assign(store, { close: closed, [Symbol.asyncDispose]: closed });
  };
  let isClosed = false;
  beforeAll(async () => {
    schema = await acquireSchema();
  });
  beforeEach(async () => {
    const isSame = await schema?.empty();
    if (isSame === false) await kept?.close();
    if (kept === undefined || isClosed) kept = await openKept();
  });
  afterEach(async () => {
    for (const each of opened) await each.close();
    opened = [];
  });
  afterAll(async () => {
    await kept?.close();
    for (const each of [schema, ...others]) await each?.release();
    schema = undefined;
    others.length = 0;
  });
  let emptied = 0;
  return {
    async toNew() {
      const other = await acquireSchema();
      others.push(other);
      await other.drop();
      return other.url;
    },
    async openEmpty() {
      const index = emptied++ % 2;
      const other = (others[index] ??= await acquireSchema());
      await other.empty();
      return open({ location: other.url });
    },
    get folder() {
      return files.folder;
    },
    get location() {
      return schema?.url ?? '';
    },
    get store() {
      if (kept === undefined) throw new Error('The store opens before each test.');
      return kept;
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
    toNew: () => Promise.resolve(join(folder, 'new', 'sluice.db')),
    openEmpty: () => open({ location: ':memory:' }),
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
