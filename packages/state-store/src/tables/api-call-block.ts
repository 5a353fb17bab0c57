import type * as Zlib from 'node:zlib';
import type { ApiCallRecord } from '../run-records.js';
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
