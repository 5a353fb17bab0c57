import type { StateStore, StoreTables } from '@sluice/state-store';
import * as z from 'zod/mini';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { Files } from '../base/files.js';
import {
  adoptRows,
  type HoldsFile,
  lacksAny,
  leaveOutEnded,
  readLasting,
  renamePanels,
  type Suspensions,
  suspendUnpaid,
} from './adopt-holds-file.js';

export type { HoldsFile } from './adopt-holds-file.js';

/** What of a store the file has. */
type Content = Omit<HoldsFile, 'about' | 'at'>;

const ABOUT =
  'Open holds of Sluice and the restrictions applied for each. If the store is lost, all holds can be released from this file.';

/** Returns the path of the file, next to the store. */
export function toHoldsFilePath(storeFile: string): string {
  return `${storeFile}.holds.json`;
}

/** Returns whether the store is in memory, so that no file can be next to it. */
export function isInMemory(store: Pick<StateStore, 'location'>): boolean {
  return store.location === ':memory:';
}

/** Reads the current content of the file from the store. */
async function readContent(store: Pick<StoreTables, 'holds' | 'evidence' | 'services'>): Promise<Content> {
  // Evidence outlives its hold while its release fails; the file then has that hold too.
  const { holds, evidence } = await readLasting(store);
  const ids = [...new Set([...holds, ...evidence].map((row) => row.service))];
  const services = ids.length === 0 ? [] : await store.services.list({ ids });
  return { services, holds, evidence };
}

/**
 * Writes the file from the store, and again if another process changed the store meanwhile.
 */
async function writeHoldsFile(store: StateStore, files: Files, at: string): Promise<void> {
  if (isInMemory(store)) return;
  const file = toHoldsFilePath(store.location);
  for (let content = await readContent(store), before = ''; JSON.stringify(content) !== before;) {
    before = JSON.stringify(content);
    const text = toText(content, at);
    whileWriting(file, 'the store is complete, and the next run writes the file again', () => {
      files.replace(file, text);
    });
    content = await readContent(store);
  }
}

function toText(content: Content, at: string): string {
  const whole: HoldsFile = { about: ABOUT, at, ...content };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** @throws SluiceError `holds_file_not_written` */
function whileWriting(file: string, result: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    const reason = (error as { code?: string }).code ?? String(error);
    throw new SluiceError(
      'holds_file_not_written',
      `The file of open holds ${file} can't be written (${reason}): ${result}. Free disk space or correct the permissions of its folder`,
      { kind: 'store', cause: error },
    );
  }
}

/** Writes the file if it differs from the store, as it may after a killed run. */
async function refreshHoldsFile(store: StateStore, files: Files, at: string): Promise<void> {
  if (!(await isHoldsFileStale(store, files))) return;
  await writeHoldsFile(store, files, at);
}

/** A store that is about to be replaced, with its file. */
interface Replaced {
  /** Null where it can't be read. */
  store: StateStore | null;
  file: string;
  files: Files;
  at: string;
  kinds: Suspensions;
  /** Returns the name that the restored store has of a panel of the replaced one; null where that can't be known. */
  toName: (panel: string) => string | null;
}

/** What a restored store was given of the file of the replaced one. */
export interface TakenOver {
  /** Path of a copy of the file, where it has restrictions that the backup lacks. */
  kept: string;
  /** Whether the restored store has them all now. */
  isTaken: boolean;
}

/**
 * Stores the restrictions of a replaced store, or of its file, in the store that is about to be put in place, which lacks those that
 * were applied after its backup, and writes its file; until then, the next run would write it again. Returns null where it lacks none.
 */
export async function replaceHoldsFile(restored: StateStore, replaced: Replaced): Promise<TakenOver | null> {
  const { file, files, at, kinds } = replaced;
  const found = await readReplaced(replaced);
  const toName = (panel: string): string => replaced.toName(panel) ?? panel;
  const isNews =
    found !== null && (await lacksAny(await leaveOutEnded(renamePanels(toName, found), restored), restored, kinds));
  const taken = isNews
    ? { kept: `${file}.replaced-${at.replaceAll(/[-:]/g, '')}`, isTaken: await tryAdopt(found, restored, replaced) }
    : null;
  const text = toText(await readContent(restored), at);
  whileWriting(file, 'the store was not replaced', () => {
    if (taken !== null && found !== null) files.replace(taken.kept, toText(found, at));
    files.replace(file, text);
  });
  return taken;
}

/** Reads what was restricted; a file may be damaged, or behind its store after a kill. */
async function readReplaced({ store, file, files }: Replaced): Promise<Content | null> {
  try {
    if (store !== null) return await readContent(store);
  } catch {
    // As where there is none.
  }
  return tryReadHoldsFile(files, file);
}

async function tryAdopt(found: Content, store: StateStore, { toName, at, kinds }: Replaced): Promise<boolean> {
  const named = renamePanels(toName, found);
  try {
    const isWhole = await store.write(async (tables) => {
      const rows = await leaveOutEnded(named, tables);
      const isAdopted = await adoptRows(rows, tables, { at, kinds });
      await suspendUnpaid(rows, tables, at);
      return isAdopted;
    });
    return isWhole && named.holds.length === found.holds.length && named.evidence.length === found.evidence.length;
  } catch {
    return false; // A row of the file may be damaged, which must not keep a backup from being restored.
  }
}

/** Returns whether the file differs from the store; without open holds, no file is needed. */
export async function isHoldsFileStale(store: StateStore, files: Files): Promise<boolean> {
  if (isInMemory(store)) return false;
  const wanted = await readContent(store);
  const found = tryReadHoldsFile(files, toHoldsFilePath(store.location));
  if (found === null) return wanted.holds.length > 0 || wanted.evidence.length > 0;
  const { services, holds, evidence } = found;
  return JSON.stringify({ services, holds, evidence }) !== JSON.stringify(wanted);
}

/** Returns the content of the file; null where it is missing or damaged. */
export function tryReadHoldsFile(files: Files, file: string): HoldsFile | null {
  try {
    return readHoldsFile(files, file);
  } catch {
    return null; // It will be written again.
  }
}

const textOrNull = z.nullable(z.string());
const schema = z.object({
  about: z.string(),
  at: z.string(),
  services: z.array(z.looseObject({ id: z.string(), panel: z.string(), product: z.string() })),
  holds: z.array(
    z.looseObject({
      id: z.string(),
      service: z.string(),
      reason: z.string(),
      // Files of earlier versions lack it.
      restriction: z._default(textOrNull, null),
      since: z.string(),
      until: textOrNull,
    }),
  ),
  evidence: z.array(
    z.looseObject({
      id: z.string(),
      hold: z.string(),
      service: z.string(),
      panel: z.string(),
      kind: z.string(),
      target: z.string(),
    }),
  ),
});

/**
 * Reads a file of open holds.
 *
 * @throws SluiceError `bad_holds_file` for anything else
 */
export function readHoldsFile(files: Files, file: string): HoldsFile {
  try {
    const text = files.read(file);
    if (text === null) throw Object.assign(new Error(), { code: 'ENOENT' });
    return schema.parse(JSON.parse(text)) as unknown as HoldsFile;
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const reason =
      code === 'ENOENT'
        ? 'the file does not exist'
        : code !== undefined
          ? `it can't be read (${code})`
          : (message ?? 'it is damaged');
    throw usageError(
      'bad_holds_file',
      `${file} can't be used as a file of open holds: ${reason.split('\n')[0] ?? ''}; no panel was called`,
    );
  }
}

/** Returns tables that call `changed` before each write to holds or evidence. */
export function watchHolds(tables: StoreTables, changed: () => void): StoreTables {
  const watched = <Table extends object>(table: Table, reads: readonly string[]): Table =>
    new Proxy(table, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value === 'function' && typeof key === 'string' && !reads.includes(key)) changed();
        return value;
      },
    });
  const own = {
    holds: { get: () => watched(tables.holds, ['open', 'lasting', 'all', 'panelsOfAgents']) },
    evidence: { get: () => watched(tables.evidence, ['open', 'ofHolds']) },
  };
  // The other tables are made when they are first used.
  return Object.create(tables, own) as StoreTables;
}

/** Keeps the file of open holds as the store is. */
export class HoldsFileWriter {
  readonly #store: StateStore;
  readonly #files: Files;
  readonly #now: () => string;
  /** The current write of the file; changes meanwhile cause one more. */
  #writing: Promise<void> = Promise.resolve();
  #isStale = false;

  constructor(store: StateStore, files: Files, now: () => string) {
    this.#store = store;
    this.#files = files;
    this.#now = now;
  }

  /** Writes the file after a change. */
  write(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#next(async () => {
      this.#isStale = false;
      await writeHoldsFile(this.#store, this.#files, this.#now());
    });
  }

  /** Updates the file, which may be out of date after a killed run. */
  refresh(): void {
    this.#next(() => refreshHoldsFile(this.#store, this.#files, this.#now()));
  }

  #next(work: () => Promise<void>): void {
    this.#writing = this.#writing.then(work);
    // `flush` throws its error.
    this.#writing.catch(() => undefined);
  }

  /** Waits for the file; throws the first error. */
  async flush(): Promise<void> {
    const writing = this.#writing;
    this.#writing = Promise.resolve();
    await writing;
  }
}
