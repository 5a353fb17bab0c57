import type { ApiCallRecord } from '../run-records.js';
import type * as Zlib from 'node:zlib';
import { StoreError } from '../store-error.js';
import { duration, type Stored } from './columns.js';
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

/** What is known of a call in a block: the index of its combination, its time, and its own columns. */
interface Entry {
  of: number;
  time: number;
  service: string | null;
  path: string;
  ms: number;
}

/** Returns an empty block, with what adds combinations and calls to it. */
function startBlock() {
  const block: Block = { shared: [], of: [], at: [], service: [], path: [], ms: [] };
  const known = new Map<string, number>();
  let before = 0;
  const indexOf = (shared: Stored[]): number => {
    const key = JSON.stringify(shared);
    const index = known.get(key) ?? block.shared.push(shared) - 1;
    known.set(key, index);
    return index;
  };
  const add = ({ of, time, service, path, ms }: Entry): void => {
    block.of.push(of);
    block.at.push(time - before);
    block.service.push(service);
    block.path.push(path);
    block.ms.push(ms);
    before = time;
  };
  return { block, indexOf, add };
}

const MS = duration('duration_ms');

/** The members of a call that the other columns have. */
const OWN_MEMBERS: ReadonlySet<string> = new Set<keyof ApiCallRecord>(['at', 'service', 'path', 'durationMs']);

/** Whether two calls have the same combination: any other member that differs is one of it. */
function areAlike(one: ApiCallRecord, other: ApiCallRecord): boolean {
  for (const name in one)
    if (!OWN_MEMBERS.has(name) && one[name as keyof ApiCallRecord] !== other[name as keyof ApiCallRecord]) return false;
  return true;
}

/** Returns calls as a block, in their order. Instants have to be ISO 8601 in UTC. */
function toBlock(calls: readonly ApiCallRecord[]): Block {
  const { block, indexOf, add } = startBlock();
  let last: { call: ApiCallRecord; of: number } | null = null;
  for (const call of calls) {
    // Most calls of a run are alike.
    const of: number = last !== null && areAlike(call, last.call) ? last.of : indexOf(toShared(call));
    last = { call, of };
    add({ of, time: Date.parse(call.at), service: call.service, path: call.path, ms: MS.encode(call.durationMs) });
  }
  return block;
}

function toShared(call: ApiCallRecord): Stored[] {
  const row = apiCalls.encode(call) as Record<string, Stored>;
  return SHARED.map((name) => row[name] ?? null);
}

/** Returns when each call of a block was made, in milliseconds since 1970. */
function toTimes({ at }: Block): number[] {
  let time = 0;
  return at.map((step) => (time += step));
}

/** Returns blocks one after the other as one; with `positions` only these calls of them. */
export function joined(blocks: readonly Block[], positions?: readonly number[]): Block {
  const { block, indexOf, add } = startBlock();
  for (const from of blocks) {
    const times = toTimes(from);
    const indexes = new Map<number, number>();
    for (const position of positions ?? times.keys()) {
      const combination = from.of[position] ?? 0;
      const of = indexes.get(combination) ?? indexOf(from.shared[combination] ?? []);
      indexes.set(combination, of);
      const own = { service: from.service[position] ?? null, path: from.path[position] ?? '' };
      add({ of, time: times[position] ?? 0, ...own, ms: from.ms[position] ?? 0 });
    }
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

export function parseBlock(seq: number, data: Uint8Array): Block {
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

/** Returns the newest calls of each panel as a block; null for a block that is as quickly read as a whole. */
function findNewest(block: Block): Block | null {
  if (block.of.length <= 2 * NEWEST_OF_PANEL) return null;
  const times = toTimes(block);
  const panels = new Map<Stored, number[]>();
  block.of.forEach((combination, index) => {
    const panel = block.shared[combination]?.[PANEL] ?? null;
    const ofPanel = panels.get(panel);
    if (ofPanel === undefined) panels.set(panel, [index]);
    else ofPanel.push(index);
  });
  const time = (index: number): number => times[index] ?? 0;
  const newest = [...panels.values()]
    .flatMap((ofPanel) =>
      // Stable: of one instant, the call that was written later is newer.
      ofPanel.sort((a, b) => time(a) - time(b) || a - b).slice(-NEWEST_OF_PANEL),
    )
    .sort((a, b) => a - b);
  return { ...joined([block], newest), index: newest };
}

/**
 * Returns the newest calls of each panel in a block, each with its index there.
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

/** Returns the columns of a block of calls. */
export function toRow(calls: readonly ApiCallRecord[]) {
  return toColumns(toBlock(calls));
}

export function toColumns(block: Block) {
  const times = toTimes(block);
  const only = (column: number): string | null => {
    const values = new Set(block.shared.map((shared) => shared[column] ?? null));
    return values.size === 1 ? ([...values][0] as string | null) : null;
  };
  const newest = findNewest(block);
  return {
    first_at: new Date(times.reduce((a, b) => Math.min(a, b), Infinity)).toISOString(),
    last_at: new Date(times.reduce((a, b) => Math.max(a, b), -Infinity)).toISOString(),
    run: only(RUN),
    panel: only(PANEL),
    data: compress(block),
    newest: newest && compress(newest),
  };
}

function compress(block: Block): Uint8Array {
  return zlib().deflateRawSync(JSON.stringify(block));
}
