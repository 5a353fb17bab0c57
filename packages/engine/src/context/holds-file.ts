import type { StateStore, StoreTables } from '@sluice/state-store';
import * as z from 'zod/mini';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { Files } from '../base/files.js';
import { type HoldsFile, readLasting } from './adopt-holds-file.js';
import { toFilesPath } from './files-path.js';

export type { HoldsFile } from './adopt-holds-file.js';

/** What of a store the file has. */
export type Content = Omit<HoldsFile, 'about' | 'at'>;

const ABOUT =
  'Open holds of Sluice and the restrictions applied for each. If the store is lost, all holds can be released from this file.';

/** Returns the path of the file, next to the store or, of one on a server, in `folder`. */
export function toHoldsFilePath(location: string, folder?: string): string {
  return `${toFilesPath(location, folder)}.holds.json`;
}

/** Returns whether the store is in memory, so that no file can be next to it. */
export function isInMemory(store: Pick<StateStore, 'location'>): boolean {
  return store.location === ':memory:';
}

/** Reads the current content of the file from the store. */
export async function readContent(store: Pick<StoreTables, 'holds' | 'evidence' | 'services'>): Promise<Content> {
  // Evidence outlives its hold while its release fails; the file then has that hold too.
  return withServices(await readLasting(store), store);
}

/** Returns these rows with their services. */
export async function withServices(
  rows: Omit<Content, 'services'>,
  { services }: Pick<StoreTables, 'services'>,
): Promise<Content> {
  const ids = [...new Set([...rows.holds, ...rows.evidence].map((row) => row.service))];
  return { services: ids.length === 0 ? [] : await services.list({ ids }), ...rows };
}

/** The private files of a machine, and the folder of those of a store on a server. */
export interface PrivateFiles {
  files: Files;
  folder?: string | undefined;
}

/**
 * Writes the file from the store, and again if another process changed the store meanwhile.
 */
async function writeHoldsFile(store: StateStore, { files, folder }: PrivateFiles, at: string): Promise<void> {
  if (isInMemory(store)) return;
  const file = toHoldsFilePath(store.location, folder);
  for (let content = await readContent(store), before = ''; JSON.stringify(content) !== before;) {
    before = JSON.stringify(content);
    const text = toText(content, at);
    whileWriting(file, 'the store is complete, and the next run writes the file again', () => {
      files.replace(file, text);
    });
    content = await readContent(store);
  }
}

/** Returns the text of the file. */
export function toText(content: Content, at: string): string {
  const whole: HoldsFile = { about: ABOUT, at, ...content };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/**
 * Writes the file; `result` says what a failure leaves.
 *
 * @throws SluiceError `holds_file_not_written`
 */
export function whileWriting(file: string, result: string, write: () => void): void {
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
async function refreshHoldsFile(store: StateStore, place: PrivateFiles, at: string): Promise<void> {
  if (!(await isHoldsFileStale(store, place.files, place.folder))) return;
  await writeHoldsFile(store, place, at);
}

/** Returns whether the file, which of a store on a server is in `folder`, differs from the store; without open holds, none is needed. */
export async function isHoldsFileStale(store: StateStore, files: Files, folder?: string): Promise<boolean> {
  if (isInMemory(store)) return false;
  const wanted = await readContent(store);
  const found = tryReadHoldsFile(files, toHoldsFilePath(store.location, folder));
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
  actions: z.optional(
    z.array(
      z.looseObject({
        id: z.string(),
        panel: z.string(),
        service: textOrNull,
        hold: z.string(),
        type: z.string(),
        target: z.string(),
        calledAt: z.string(),
      }),
    ),
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
  readonly #place: PrivateFiles;
  readonly #now: () => string;
  /** The current write of the file; changes meanwhile cause one more. */
  #writing: Promise<void> = Promise.resolve();
  #isStale = false;

  constructor(store: StateStore, place: PrivateFiles, now: () => string) {
    this.#store = store;
    this.#place = place;
    this.#now = now;
  }

  /** Writes the file after a change. */
  write(): void {
    if (this.#isStale) return;
    this.#isStale = true;
    this.#next(async () => {
      this.#isStale = false;
      await writeHoldsFile(this.#store, this.#place, this.#now());
    });
  }

  /** Updates the file, which may be out of date after a killed run. */
  refresh(): void {
    this.#next(() => refreshHoldsFile(this.#store, this.#place, this.#now()));
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
