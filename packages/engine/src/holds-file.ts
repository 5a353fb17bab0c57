import type { EvidenceRecord, HoldRecord, ServiceRecord, StateStore, StoreTables } from '@sluice/state-store';
import * as z from 'zod/mini';
import { SluiceError, usageError } from '@sluice/panel-kind';
import type { Files } from './files.js';
import { isInMemory } from './backups.js';

/** All open holds with their evidence and the services they are on: enough to give everything back without the store. */
export interface HoldsFile {
  about: string;
  at: string;
  services: ServiceRecord[];
  holds: HoldRecord[];
  evidence: EvidenceRecord[];
}

const ABOUT =
  'Open holds of Sluice and what was done for each. Should the store be lost, all holds can be released from this file.';

/** Where the file stands: beside the store. */
export function holdsFileOf(storeFile: string): string {
  return `${storeFile}.holds.json`;
}

/** What the file has to say now. */
async function contentOf(store: StateStore): Promise<Omit<HoldsFile, 'about' | 'at'>> {
  const holds = await store.holds.open();
  const evidence = await store.evidence.open();
  const ids = [...new Set([...holds, ...evidence].map((row) => row.service))];
  const ended = evidence.map((row) => row.hold).filter((id) => !holds.some((hold) => hold.id === id));
  // Evidence may outlive its hold for as long as giving it back fails: its hold goes with it.
  const past = ended.length === 0 ? [] : (await store.holds.all()).filter((hold) => ended.includes(hold.id));
  const services = ids.length === 0 ? [] : await store.services.list({ ids });
  return { services, holds: [...holds, ...past], evidence };
}

/**
 * Writes the file again from what the store says. Another process may have changed the store meanwhile and have been
 * quicker to write: then once more.
 */
export async function writeHoldsFile(store: StateStore, files: Files, at: string): Promise<void> {
  if (isInMemory(store)) return;
  const file = holdsFileOf(store.location);
  for (let content = await contentOf(store), before = ''; JSON.stringify(content) !== before;) {
    before = JSON.stringify(content);
    const whole: HoldsFile = { about: ABOUT, at, ...content };
    try {
      files.replace(file, `${JSON.stringify(whole, null, 2)}\n`);
    } catch (error) {
      const reason = (error as { code?: string }).code ?? String(error);
      throw new SluiceError(
        'holds_file_not_written',
        `The file of open holds ${file} can't be written (${reason}): the store has everything, the next run writes the file; make room or mend the permissions of its folder`,
        { kind: 'store', cause: error },
      );
    }
    content = await contentOf(store);
  }
}

/** Writes the file unless it says what the store says: a run that was killed may have left it behind. */
export async function refreshHoldsFile(store: StateStore, files: Files, at: string): Promise<void> {
  if (!(await isHoldsFileStale(store, files))) return;
  await writeHoldsFile(store, files, at);
}

/**
 * Writes the file again after another store took the place of the one that it was about. A file that names what the
 * store does not know is kept beside it; gives its path, or null.
 */
export async function replaceHoldsFile(store: StateStore, files: Files, at: string): Promise<string | null> {
  const file = holdsFileOf(store.location);
  const found = namedIn(files, file);
  const known = new Set((await store.evidence.open()).map((row) => row.id));
  const isNews = found?.evidence.some((row) => !known.has(row.id)) === true;
  const kept = isNews ? `${file}.replaced-${at.replaceAll(/[-:]/g, '')}` : null;
  if (kept !== null) files.rename(file, kept);
  await writeHoldsFile(store, files, at);
  return kept;
}

/** Whether the file does not say what the store says; without open holds none is needed. */
export async function isHoldsFileStale(store: StateStore, files: Files): Promise<boolean> {
  if (isInMemory(store)) return false;
  const wanted = await contentOf(store);
  const found = namedIn(files, holdsFileOf(store.location));
  if (found === null) return wanted.holds.length > 0 || wanted.evidence.length > 0;
  const { services, holds, evidence } = found;
  return JSON.stringify({ services, holds, evidence }) !== JSON.stringify(wanted);
}

/** What the file says; null when there is none that can be read. */
function namedIn(files: Files, file: string): HoldsFile | null {
  try {
    return readHoldsFile(files, file);
  } catch {
    return null; // it is written again
  }
}

/**
 * Refuses to begin a new store in the place of one that was lost while something is still restricted: the new one
 * would take what we shut for somebody else's. To be called where the store is missing or empty.
 */
export function refuseLostStore(files: Files, storeFile: string): void {
  const file = holdsFileOf(storeFile);
  const found = files.exists(file) ? readHoldsFile(files, file) : null;
  if (!found || (found.holds.length === 0 && found.evidence.length === 0)) return;
  throw new SluiceError(
    'store_missing',
    `The store ${storeFile} is gone, but ${file} names ${found.holds.length} holds`,
    { kind: 'store', details: { store: storeFile, holdsFile: file } },
  );
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

/** Reads such a file; anything else is a usage error. */
export function readHoldsFile(files: Files, file: string): HoldsFile {
  try {
    const text = files.read(file);
    if (text === null) throw Object.assign(new Error(), { code: 'ENOENT' });
    return schema.parse(JSON.parse(text)) as unknown as HoldsFile;
  } catch (error) {
    const { code, message } = error as { code?: string; message?: string };
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code !== undefined
          ? `it can't be read (${code})`
          : (message ?? 'it is damaged');
    throw usageError(
      'bad_holds_file',
      `${file} is no file of open holds: ${reason.split('\n')[0] ?? ''}; nothing was called`,
    );
  }
}

/** Takes over services, holds and evidence that the store does not have: the store may have been lost. */
export async function adoptHoldsFile(file: HoldsFile, tables: StoreTables): Promise<void> {
  const known = new Set((await tables.services.list({ ids: file.services.map((row) => row.id) })).map((row) => row.id));
  await tables.services.put(file.services.filter((row) => !known.has(row.id)));
  const holds = new Set((await tables.holds.all()).map((row) => row.id));
  for (const hold of file.holds) if (!holds.has(hold.id)) await tables.holds.add(hold);
  const evidence = new Set((await tables.evidence.ofHolds(file.holds.map((row) => row.id))).map((row) => row.id));
  for (const item of file.evidence) if (!evidence.has(item.id)) await tables.evidence.add(item);
}

/** Tables whose changes are watched: what is changed in `holds` or `evidence` has to reach the file. */
export function watchHolds(tables: StoreTables, changed: () => void): StoreTables {
  const watched = <Table extends object>(table: Table, reads: readonly string[]): Table =>
    new Proxy(table, {
      get(target, key, receiver) {
        const value: unknown = Reflect.get(target, key, receiver);
        if (typeof value === 'function' && typeof key === 'string' && !reads.includes(key)) changed();
        return value;
      },
    });
  return {
    ...tables,
    holds: watched(tables.holds, ['open', 'all']),
    evidence: watched(tables.evidence, ['open', 'ofHolds']),
  };
}
