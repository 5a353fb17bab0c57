import type { ApiCallRecord } from '../run-records.js';
import type { Session } from './access.js';
import type * as Zlib from 'node:zlib';
import { StoreError } from '../store-error.js';
import type { Stored } from './columns.js';
import { apiCalls } from './run-record-tables.js';

/** Columns whose values differ from call to call; the others have few combinations. */
const OWN = ['at', 'service', 'path', 'duration_ms'] as const;
const SHARED = apiCalls.columns.filter((name) => !(OWN as readonly string[]).includes(name));

/** So many calls of each panel are beside a block that has more. */
export const NEWEST_OF_PANEL = 100;

/** The calls of a block by column, which compresses to a third of what rows do. */
interface Block {
  /** Combinations of the shared columns. */
  shared: Stored[][];
  /** Index of each call's combination. */
  of: number[];
  /** Milliseconds after the call before, of the first one since 1970. */
  at: number[];
  service: (string | null)[];
  path: string[];
  ms: number[];
  /** Index of each call in the block that it was chosen from. */
  index?: number[];
}

/** Returns calls as a compressed block, in their order. Instants have to be ISO 8601 in UTC. */
export function encodeBlock(calls: readonly ApiCallRecord[]): Uint8Array {
  return zlib().deflateRawSync(JSON.stringify(toBlock(calls)));
}

function toBlock(calls: readonly ApiCallRecord[]): Block {
  const block: Block = { shared: [], of: [], at: [], service: [], path: [], ms: [] };
  const known = new Map<string, number>();
  let before = 0;
  for (const call of calls) {
    const row = apiCalls.encode(call) as Record<string, Stored>;
    const shared = SHARED.map((name) => row[name] ?? null);
    const key = JSON.stringify(shared);
    const index = known.get(key) ?? block.shared.push(shared) - 1;
    known.set(key, index);
    const at = Date.parse(call.at);
    block.of.push(index);
    block.at.push(at - before);
    block.service.push(call.service);
    block.path.push(call.path);
    block.ms.push(row['duration_ms'] as number);
    before = at;
  }
  return block;
}

/**
 * Returns the calls of a block in their order.
 *
 * @throws StoreError `store_damaged`
 */
export function decodeBlock(seq: number, data: Uint8Array): ApiCallRecord[] {
  return selectCalls(parseBlock(seq, data), {}).calls.map(({ call }) => call);
}

/** Which calls are read. */
export interface CallFilter {
  service?: string | undefined;
  panel?: string | undefined;
  run?: string | undefined;
  /** Inclusive. */
  since?: string | undefined;
  until?: string | undefined;
}

/** Calls of a block, each with its index there, and the panels of all its calls. */
export interface SelectedCalls {
  calls: { call: ApiCallRecord; index: number }[];
  panels: ReadonlySet<string>;
}

/**
 * Returns those calls of a block that a filter asks for, in their order. Others cost little: a page about one service reads blocks with
 * the calls of thousands.
 *
 * @throws StoreError `store_damaged`
 */
export function selectFromBlock(seq: number, data: Uint8Array, filter: CallFilter): SelectedCalls {
  return selectCalls(parseBlock(seq, data), filter);
}

function parseBlock(seq: number, data: Uint8Array): Block {
  try {
    return JSON.parse(zlib().inflateRawSync(data).toString('utf8')) as Block;
  } catch (cause) {
    const row = { table: 'api_call_blocks', id: String(seq) };
    const message = `The row "${seq}" of the table api_call_blocks is damaged: data can't be parsed.`;
    throw new StoreError('store_damaged', message, { cause, row });
  }
}

const PANEL = SHARED.indexOf('panel');
const RUN = SHARED.indexOf('run');

function selectCalls(block: Block, { service, panel, run, since, until }: CallFilter): SelectedCalls {
  const { of, path, ms } = block;
  const shared = block.shared.map((values) => Object.fromEntries(SHARED.map((name, index) => [name, values[index]])));
  const isWanted = block.shared.map(
    (values) => (panel === undefined || values[PANEL] === panel) && (run === undefined || values[RUN] === run),
  );
  const calls: SelectedCalls['calls'] = [];
  let time = 0;
  for (const [position, step] of block.at.entries()) {
    time += step;
    const combination = of[position] ?? 0;
    if (isWanted[combination] !== true) continue;
    const ofService = block.service[position] ?? null;
    if (service !== undefined && ofService !== service) continue;
    const at = new Date(time).toISOString();
    if ((since !== undefined && at < since) || (until !== undefined && at > until)) continue;
    const own = { at, service: ofService, path: path[position], duration_ms: ms[position] };
    const row = { ...shared[combination], ...own } as Parameters<typeof apiCalls.decode>[0];
    calls.push({ call: apiCalls.decode(row), index: block.index?.[position] ?? position });
  }
  return { calls, panels: new Set(block.shared.map((values) => String(values[PANEL]))) };
}

/** Returns the newest calls of each panel, compressed; null for a block that is as quickly read as a whole. */
export function encodeNewest(calls: readonly ApiCallRecord[]): Uint8Array | null {
  if (calls.length <= 2 * NEWEST_OF_PANEL) return null;
  const panels = new Map<string, number[]>();
  calls.forEach(({ panel }, index) => {
    const ofPanel = panels.get(panel);
    if (ofPanel === undefined) panels.set(panel, [index]);
    else ofPanel.push(index);
  });
  const time = (index: number): string => calls[index]?.at ?? '';
  const newest = [...panels.values()]
    .flatMap((ofPanel) =>
      // Stable: of one instant, the call that was written later is newer.
      ofPanel.sort((a, b) => (time(a) < time(b) ? -1 : time(a) > time(b) ? 1 : a - b)).slice(-NEWEST_OF_PANEL),
    )
    .sort((a, b) => a - b);
  const chosen = newest.flatMap((index) => calls[index] ?? []);
  return zlib().deflateRawSync(JSON.stringify({ ...toBlock(chosen), index: newest }));
}

/**
 * Returns what `encodeNewest` was given, each call with its index in the block.
 *
 * @throws StoreError `store_damaged`
 */
export function decodeNewest(seq: number, data: Uint8Array): SelectedCalls['calls'] {
  return selectCalls(parseBlock(seq, data), {}).calls;
}

/** Loaded on demand: many commands write no calls. */
function zlib(): typeof Zlib {
  return process.getBuiltinModule('node:zlib');
}

/** Most calls in a block that is made of several. */
const MOST = 10_000;

/** Adds calls as one block; few outside of runs are added to those of the last hour. */
export async function addBlock(session: Session, calls: readonly ApiCallRecord[]): Promise<void> {
  if (calls.length === 0) return;
  const { db } = session;
  const before = await lastCallNumber(db);
  const last = await findSmall(session, calls);
  if (last !== null) await db.deleteFrom('api_call_blocks').where('seq', '=', last.seq).execute();
  const all = last === null ? calls : [...decodeBlock(last.seq, last.data), ...calls];
  const row = { ...toRow(all), first_seq: last?.first_seq ?? before + 1, seq: before + calls.length };
  await db.insertInto('api_call_blocks').values(row).execute();
}

/** So many calls outside of runs are in one block… */
const FEW = 100;
/** …and of such a time, so that none is kept much longer than others. */
const TOGETHER_MS = 3_600_000;

/** Returns the block that was written last, where calls may be added to it: reads of clients, each of which has few. */
async function findSmall({ db }: Session, calls: readonly ApiCallRecord[]) {
  if (calls.length >= FEW || calls.some(({ run }) => run !== null)) return null;
  const last = await db.selectFrom('api_call_blocks').selectAll().orderBy('seq', 'desc').limit(1).executeTakeFirst();
  if (last === undefined || last.seq - last.first_seq + 1 + calls.length > FEW) return null;
  const since = Date.parse(last.first_at);
  const isNear = calls.every(({ at }) => Math.abs(Date.parse(at) - since) <= TOGETHER_MS);
  if (last.run !== null || !isNear) return null;
  return decodeBlock(last.seq, last.data).every(({ run }) => run === null) ? last : null;
}

/** Joins the blocks that were written last, as far as they are of this run, to one; the numbers of its calls stay. */
export async function joinBlocks({ db }: Session, run: string): Promise<void> {
  const newest = await db
    .selectFrom('api_call_blocks')
    .select(['seq', 'first_seq', 'run'])
    .orderBy('seq', 'desc')
    .limit(1000)
    .execute();
  const last = newest[0];
  if (last === undefined) return;
  let first = last.seq + 1;
  for (const block of newest) {
    if (block.run !== run || block.seq !== first - 1 || last.seq - block.first_seq >= MOST) break;
    first = block.first_seq;
  }
  if (first >= last.first_seq) return;
  const blocks = await db
    .selectFrom('api_call_blocks')
    .select(['seq', 'data'])
    .where('seq', '>=', first)
    .orderBy('seq')
    .execute();
  const calls = blocks.flatMap(({ seq, data }) => decodeBlock(seq, data));
  await db.deleteFrom('api_call_blocks').where('seq', '>=', first).where('seq', '<', last.seq).execute();
  await db
    .updateTable('api_call_blocks')
    .set({ ...toRow(calls), first_seq: first })
    .where('seq', '=', last.seq)
    .execute();
}

/** Returns the columns of a block of calls. */
export function toRow(calls: readonly ApiCallRecord[]) {
  const times = calls.map(({ at }) => at).sort();
  const only = <T>(values: readonly T[]): T | null => (new Set(values).size === 1 ? (values[0] ?? null) : null);
  return {
    first_at: times[0] ?? '',
    last_at: times.at(-1) ?? '',
    run: only(calls.map(({ run }) => run)),
    panel: only(calls.map(({ panel }) => panel)),
    data: encodeBlock(calls),
    newest: encodeNewest(calls),
  };
}

/** Returns the number of the call that was written last; 0 where there is none. */
export async function lastCallNumber(db: Session['db']): Promise<number> {
  const [row, block] = await Promise.all([
    db
      .selectFrom('api_calls')
      .select((eb) => eb.fn.max<number | null>('seq').as('seq'))
      .executeTakeFirst(),
    db
      .selectFrom('api_call_blocks')
      .select((eb) => eb.fn.max<number | null>('seq').as('seq'))
      .executeTakeFirst(),
  ]);
  return Math.max(row?.seq ?? 0, block?.seq ?? 0);
}
