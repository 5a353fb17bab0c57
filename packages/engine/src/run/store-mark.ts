import type { Panel } from '@sluice/panel-kind';
import type { StateStore } from '@sluice/state-store';
import type { Session } from '../session.js';

/** What a store keeps of its mark on a panel. Copies of the store have it too, up to when they were made. */
interface MarkRecord {
  /** Names the mark on the panel, so that stores which are no copies of each other don't read each other's. */
  id: string;
  /** What the mark is sealed with: customers of a panel may read its settings. */
  key: string;
  /** The marks that this store wrote or accepted, oldest first. */
  written: string[];
}

/** Who wrote a mark, and when. */
export interface MarkWriter {
  at: string;
  /** The host as leases name it. */
  host: string;
}

/** What the mark on a panel shows: whether this store wrote it last, or a copy of it did. */
export type MarkAnswer =
  | { is: 'absent' }
  | { is: 'own' }
  | ({ is: 'foreign'; token: string } & MarkWriter)
  /** It can't be read, or not understood. */
  | { is: 'unknown'; message: string };

/** A panel backup may bring back a mark of this many changing runs ago. */
const MOST_WRITTEN = 200;

const toKey = (panel: string): string => `mark:${panel}`;
const toName = ({ id }: MarkRecord): string => `sluice_store_${id}`;

async function findRecord(store: StateStore, panel: string): Promise<MarkRecord | null> {
  return ((await store.conditions.get(toKey(panel)))?.details ?? null) as MarkRecord | null;
}

/** Reads the mark on a panel, and whose it is. Changes nothing. */
export async function readMark({ store, deps }: Session, panel: Panel): Promise<MarkAnswer> {
  const record = await findRecord(store, panel.name);
  if (record === null || panel.mark === undefined) return { is: 'absent' };
  try {
    const text = await panel.mark.read(toName(record), deps.signal);
    if (text === null) return { is: 'absent' };
    const mark = open(record.key, text);
    if (mark === null) return { is: 'unknown', message: `setting ${toName(record)} has an unknown format` };
    return record.written.includes(mark.token) ? { is: 'own' } : { is: 'foreign', ...mark };
  } catch (error) {
    return { is: 'unknown', message: `the mark could not be read: ${(error as Error).message}` };
  }
}

/**
 * Writes a new mark, by which copies of this store find that it changes the panel. It is stored first: a mark that was written
 * before a crash is known as this store's own. Throws where the panel refuses it.
 */
export async function writeMark(session: Session, panel: Panel): Promise<void> {
  const { mark } = panel;
  if (mark === undefined) return;
  const { deps } = session;
  const token = hex(deps.randomBytes(16));
  const record = await accept(session, panel.name, token);
  const writer: MarkWriter = { at: session.now(), host: deps.owner.host };
  await mark.write(toName(record), seal(record.key, deps.randomBytes(12), { token, ...writer }), deps.signal);
}

/** Adds a mark to this store's own. */
export async function acceptMark(session: Session, panel: string, token: string): Promise<void> {
  await accept(session, panel, token);
}

async function accept(session: Session, panel: string, token: string): Promise<MarkRecord> {
  return session.store.write(async (tables) => {
    const condition = await tables.conditions.get(toKey(panel));
    const known = (condition?.details ?? null) as MarkRecord | null;
    const { deps } = session;
    const begun = known ?? { id: hex(deps.randomBytes(6)), key: hex(deps.randomBytes(32)), written: [] };
    const record = { ...begun, written: [...begun.written, token].slice(-MOST_WRITTEN) };
    const since = condition?.since ?? session.now();
    await tables.conditions.put({ key: toKey(panel), since, runs: (condition?.runs ?? 0) + 1, details: record });
    return record;
  });
}

type Mark = MarkWriter & { token: string };

/** The format of a mark; a later one begins otherwise. */
const FORMAT = '1';
const CIPHER = 'aes-256-gcm';
const TAG_BYTES = 16;

function seal(key: string, nonce: Uint8Array, mark: Mark): string {
  const { createCipheriv } = crypto();
  const cipher = createCipheriv(CIPHER, Buffer.from(key, 'hex'), nonce);
  const sealed = [cipher.update(JSON.stringify(mark), 'utf8'), cipher.final()];
  const parts = [Buffer.from(nonce), Buffer.concat([...sealed, cipher.getAuthTag()])];
  return [FORMAT, ...parts.map((part) => part.toString('base64url'))].join('.');
}

/** Returns a mark; null for one that this version or this store can't open. */
function open(key: string, text: string): Mark | null {
  const [format, nonce = '', sealed = '', ...rest] = text.split('.');
  if (format !== FORMAT || rest.length > 0) return null;
  try {
    const bytes = Buffer.from(sealed, 'base64url');
    const { createDecipheriv } = crypto();
    const decipher = createDecipheriv(CIPHER, Buffer.from(key, 'hex'), Buffer.from(nonce, 'base64url'));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(opened.toString('utf8')) as Mark;
  } catch {
    return null;
  }
}

/** Loaded on demand, since most calls change no panel. */
const crypto = () => process.getBuiltinModule('node:crypto');

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
