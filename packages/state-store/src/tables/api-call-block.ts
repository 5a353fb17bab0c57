import type * as Zlib from 'node:zlib';
import type { ApiCallRecord } from '../records.js';
import { StoreError } from '../store-error.js';
import type { Stored } from './columns.js';
import { apiCalls } from './record-tables.js';

/** Columns whose values differ from call to call; the others have few combinations. */
const OWN = ['at', 'service', 'path', 'duration_ms'] as const;
const SHARED = apiCalls.columns.filter((name) => !(OWN as readonly string[]).includes(name));

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
}

/** Returns calls as a compressed block, in their order. Instants have to be ISO 8601 in UTC. */
export function encodeBlock(calls: readonly ApiCallRecord[]): Uint8Array {
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
  return zlib().deflateRawSync(JSON.stringify(block));
}

/**
 * Returns the calls of a block in their order.
 *
 * @throws StoreError `store_damaged`
 */
export function decodeBlock(seq: number, data: Uint8Array): ApiCallRecord[] {
  let block: Block;
  try {
    block = JSON.parse(zlib().inflateRawSync(data).toString('utf8')) as Block;
  } catch (cause) {
    const row = { table: 'api_call_blocks', id: String(seq) };
    const message = `The row "${seq}" of the table api_call_blocks is damaged: data can't be parsed.`;
    throw new StoreError('store_damaged', message, { cause, row });
  }
  const { of, service, path, ms } = block;
  const shared = block.shared.map((values) => Object.fromEntries(SHARED.map((name, index) => [name, values[index]])));
  let at = 0;
  return block.at.map((step, index) => {
    at += step;
    const own = { at: new Date(at).toISOString(), service: service[index], path: path[index], duration_ms: ms[index] };
    return apiCalls.decode({ ...shared[of[index] ?? 0], ...own } as Parameters<typeof apiCalls.decode>[0]);
  });
}

/** Loaded on demand: many commands write no calls. */
function zlib(): typeof Zlib {
  return process.getBuiltinModule('node:zlib');
}
