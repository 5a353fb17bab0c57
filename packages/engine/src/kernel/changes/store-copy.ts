import type { Panel } from '@sluice/panel-kind';
import { printable } from '@sluice/panel-http/printable';
import type { MovedError } from '../../base/errors.js';
import { readEnforcements } from '../../context/enforcement.js';
import type { Context } from '../../context/context.js';
import { toNameIn } from '../../context/panel-addresses.js';
import { endBrake, findMoved, noteMoved } from '../run/brake-state.js';
import type { StateStore, StoreTables } from '@sluice/state-store';

/**
 * Returns why this store must not change a panel: a copy of it has changed the panel since, or something reverses its changes.
 * Where it may, writes its mark, on panels with a place for one. Asked once in a context, before the first change on a panel.
 * Under `observe` what a command changes is allowed, and no mark is written. A mark that can't be read or written prevents
 * nothing; `doctor` reports it.
 */
export function mayChange(context: Context, panel: Panel, { dryRun }: { dryRun: boolean }): Promise<MovedError | null> {
  const known = context.changing.get(panel.name);
  if (known !== undefined) return known;
  const asked = ask(context, panel, dryRun);
  context.changing.set(panel.name, asked);
  return asked;
}

async function ask(context: Context, panel: Panel, dryRun: boolean): Promise<MovedError | null> {
  const { name } = panel;
  if (await isObserved(context, name)) return null;
  const found = await findMoved(context, name);
  if (found !== null) return movedError(name, found.since, found.message);
  if (panel.mark === undefined) return null;
  const answer = await readMark(context, panel);
  if (answer.is === 'foreign') {
    const error = movedError(name, context.now(), describeWriter(answer));
    if (!dryRun) await context.store.write((tables) => noteMoved(tables, { run: context.runId, error }));
    return error;
  }
  // What a later version wrote stays.
  if (!dryRun && answer.is !== 'unknown') await writeMark(context, panel).catch(leaveToDoctor);
  return null;
}

/** Returns whether nothing on a panel is enforced, for no product. */
export async function isObserved({ config, store }: Context, panel: string): Promise<boolean> {
  const { value, except } = (await readEnforcements(config, store)).ofPanel(panel);
  return value === 'observe' && except.length === 0;
}

/** Notes that a run was not stopped. Under `observe` a copy of the store may change the panel. */
export async function endStops(context: Context, panel: string): Promise<void> {
  await endBrake(context.store, panel, 'services');
  if (await isObserved(context, panel)) await endBrake(context.store, panel, 'store');
}

/** A panel that refuses the mark is changed nonetheless: the next run tries again. */
function leaveToDoctor(): void {
  return undefined;
}

/** Returns who changed the panel, in a sentence. */
export function describeWriter({ at, host }: { at: string; host: string }): string {
  const [name = host] = host.split(' (');
  return printable(`another copy of this store changed the panel at ${at}, on host ${name}`);
}

/** Returns the error of what must not change a panel. */
export function movedError(panel: string, since: string, why: string): MovedError {
  const details = { panel, changing: null, active: null, since, why };
  return { code: 'store_moved', message: `${panel}: ${why}; nothing was changed`, details };
}

/** What a store keeps of its mark on a panel. Copies of the store have it too, up to when they were made. */
interface MarkRecord {
  /** Names the mark on the panel, so that two stores, neither a copy of the other, don't read each other's. */
  id: string;
  /** What the mark is sealed with: customers of a panel may read its settings. */
  key: string;
  /** The last marks that this store wrote or accepted, oldest first. */
  written: WrittenMark[];
}

interface WrittenMark {
  token: string;
  /** When it was written. */
  at: string;
}

/** Who wrote a mark, and when. */
export interface MarkWriter {
  at: string;
  /** The host as leases name it. */
  host: string;
}

/** What the mark on a panel shows: whether this store wrote it last, or a copy of it did. */
export type MarkAnswer =
  /** `lost`: this store wrote one before. */
  | { is: 'absent'; lost: boolean }
  | { is: 'own' }
  | ({ is: 'foreign'; token: string } & MarkWriter)
  /** It can't be read, or not understood. */
  | { is: 'unknown'; message: string };

/** Older marks than these are known by their time: a backup of the panel may bring them back. */
const MOST_WRITTEN = 20;

const PREFIX = 'mark:';

const toKey = (panel: string): string => `${PREFIX}${panel}`;

const toName = ({ id }: MarkRecord): string => `sluice_store_${id}`;

async function findRecord(store: StateStore, panel: string): Promise<MarkRecord | null> {
  return ((await store.conditions.get(toKey(panel)))?.details ?? null) as MarkRecord | null;
}

/** Reads the mark on a panel, and whose it is. Changes nothing. */
export async function readMark({ store, deps }: Context, panel: Panel): Promise<MarkAnswer> {
  const record = await findRecord(store, panel.name);
  if (record === null || panel.mark === undefined) return { is: 'absent', lost: false };
  try {
    const text = await panel.mark.read(toName(record), deps.signal);
    if (text === null) return { is: 'absent', lost: record.written.length > 0 };
    const mark = open(record.key, text);
    if (mark === null) return { is: 'unknown', message: `setting ${toName(record)} has an unknown format` };
    // Another process of this store may have written the mark since: it was stored first.
    const { written } = (await findRecord(store, panel.name)) ?? record;
    return isOwn(written, mark) ? { is: 'own' } : { is: 'foreign', ...mark };
  } catch (error) {
    return { is: 'unknown', message: `the mark could not be read: ${(error as Error).message}` };
  }
}

/** Returns whether this store wrote a mark: one that is older than all it still knows was replaced by those. */
function isOwn(written: readonly WrittenMark[], { token, at }: Mark): boolean {
  const [oldest] = written;
  if (written.some((one) => one.token === token)) return true;
  return oldest !== undefined && written.length === MOST_WRITTEN && at < oldest.at;
}

/**
 * Begins the record of a panel's mark before the first one is written, also under `observe`: copies of a store that begin their
 * own don't notice each other.
 */
export async function beginMark(context: Context, panel: Panel): Promise<void> {
  if (panel.mark === undefined || (await findRecord(context.store, panel.name)) !== null) return;
  await change(context, panel.name, (record) => record);
}

/**
 * Writes a new mark, by which copies of this store find that it changes the panel. It is stored first: a mark that was written
 * before a crash is known as this store's own. Throws where the panel refuses it.
 */
export async function writeMark(context: Context, panel: Panel): Promise<void> {
  const { mark } = panel;
  if (mark === undefined) return;
  const { deps } = context;
  const written = { token: hex(deps.randomBytes(16)), at: context.now() };
  const record = await acceptMark(context, panel.name, written);
  const text = seal(record.key, deps.randomBytes(12), { ...written, host: deps.owner.host });
  await mark.write(toName(record), text, deps.signal);
}

/** Adds a mark to this store's own. */
export async function acceptMark(context: Context, panel: string, { token, at }: WrittenMark): Promise<MarkRecord> {
  return change(context, panel, (record) => withMarks(record, [...record.written, { token, at }]));
}

const withMarks = (record: MarkRecord, written: readonly WrittenMark[]): MarkRecord => ({
  ...record,
  written: written.slice(-MOST_WRITTEN),
});

async function change(context: Context, panel: string, to: (record: MarkRecord) => MarkRecord): Promise<MarkRecord> {
  const { store, deps } = context;
  return store.write(async ({ conditions }) => {
    const condition = await conditions.get(toKey(panel));
    const known = (condition?.details ?? null) as MarkRecord | null;
    const record = to(known ?? { id: hex(deps.randomBytes(6)), key: hex(deps.randomBytes(32)), written: [] });
    await conditions.put({ key: toKey(panel), since: condition?.since ?? context.now(), runs: 1, details: record });
    return record;
  });
}

/**
 * Copies the marks of a replaced store to the one that replaces it, so that this one goes on in its place. Returns the panels
 * whose marks on the panel may be newer than what it knows; null for a replaced store that is missing or can't be read.
 */
export async function inheritMarks(
  from: Pick<StoreTables, 'conditions'> | null,
  to: Pick<StoreTables, 'conditions'>,
): Promise<string[]> {
  const replaced = new Map((from === null ? [] : await listMarks(from, to)).map((one) => [one.key, one]));
  const behind: string[] = [];
  for (const condition of await to.conditions.list(PREFIX)) {
    const record = condition.details as MarkRecord;
    const newer = replaced.get(condition.key)?.details as MarkRecord | undefined;
    replaced.delete(condition.key);
    if (newer?.id === record.id) await to.conditions.put({ ...condition, details: newer });
    else if (record.written.length > 0) behind.push(condition.key.slice(PREFIX.length));
  }
  // A backup of before the first mark goes on with it.
  for (const condition of replaced.values()) await to.conditions.put(condition);
  return behind;
}

/** Lists the marks of a store by the names that another one has of their panels. */
async function listMarks(of: Pick<StoreTables, 'conditions'>, to: Pick<StoreTables, 'conditions'>) {
  const toName = await toNameIn(to, of);
  const marks = await of.conditions.list(PREFIX);
  return marks.map((one) => ({ ...one, key: toKey(toName(one.key.slice(PREFIX.length))) }));
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
