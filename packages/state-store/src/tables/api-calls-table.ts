import type { ApiCallRecord } from '../run-records.js';
import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import { type CallFilter, NEWEST_OF_PANEL, selectFromBlock } from './api-call-block.js';
import { addBlock, joinBlocks, lastCallNumber } from './api-call-writes.js';
import { NO_LIMIT } from './dialect.js';
import { countRenames } from './rename-calls.js';
import { listByTime, rowsByTime } from './record-queries.js';
import { apiCalls } from './run-record-tables.js';

/** A call and its number, by which the log is followed. */
interface NumberedCall {
  seq: number;
  call: ApiCallRecord;
}

/** What is known of a block without reading its calls; their numbers are those from `first_seq` to `seq`. */
type BlockHead = Record<'seq' | 'first_seq', number> & Record<'first_at' | 'last_at', string>;

/**
 * Calls to the panels, redacted by the caller. They are in blocks; rows are those that older versions wrote. The number of every
 * row is lower than that of every call in a block.
 */
export function apiCallsTable(access: Access): StoreTables['apiCalls'] {
  const panels: PanelsOfBlocks = { renames: 0, known: new Map() };
  return {
    add: (records) => access.write((session) => addBlock(session, records)),
    join: (run) => access.write((session) => joinBlocks(session, run)),
    list: ({ limit, ...filter } = {}) =>
      access.read(async (session) => {
        const { service, panel, run, since, until } = filter;
        const rows = await listByTime(session, apiCalls, 'at', {
          ...{ where: { service, panel, run }, since, until, limit },
          newestFirst: true,
        });
        const blocks = (await newestInBlocks(session, filter, { limit, panels })).map(({ call }) => call);
        // Stable: of one instant, calls of blocks were written later.
        return [...blocks, ...rows].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, limit);
      }),
    page: (request) =>
      access.read(async (session) => {
        const { service, since, after = null, limit } = request;
        const rows = await rowsPage(session, request);
        const blocks = await oldestInBlocks(session, { service, since }, { after, limit });
        const calls = [...rows, ...blocks].sort(byTime).slice(0, limit);
        const last = calls.length < limit ? undefined : calls.at(-1);
        return {
          records: calls.map(({ call }) => call),
          next: last === undefined ? null : { at: last.call.at, seq: last.seq },
        };
      }),
    written: ({ after, limit, ...filter }) =>
      access.read(async (session) => {
        const last = await lastCallNumber(session.db);
        // The numbers begin again when the last calls were deleted.
        const from = after === null ? null : Math.min(after, last);
        const rows = await rowsWritten(session, filter, { after: from, limit });
        const blocks = await writtenInBlocks(session, filter, { after: from, limit });
        const calls = from === null ? [...rows, ...blocks].slice(-limit) : [...rows, ...blocks].slice(0, limit);
        // A page that is not full reached the end, past calls that the filters excluded.
        const full = from !== null && calls.length >= limit;
        return { records: calls.map(({ call }) => call), last: full ? (calls.at(-1)?.seq ?? last) : last };
      }),
  };
}

function byTime(a: NumberedCall, b: NumberedCall): number {
  return a.call.at < b.call.at ? -1 : a.call.at > b.call.at ? 1 : a.seq - b.seq;
}

type PageFilter = Parameters<StoreTables['apiCalls']['page']>[0];

async function rowsPage(session: Session, { service, ...request }: PageFilter): Promise<NumberedCall[]> {
  const rows = await rowsByTime(session, apiCalls, 'at', { where: { service }, ...request });
  return rows.map((row) => ({ seq: row.seq, call: apiCalls.decode(row) }));
}

async function rowsWritten(
  session: Session,
  { service, panel, since }: CallFilter,
  { after, limit }: { after: number | null; limit: number },
): Promise<NumberedCall[]> {
  let query = session.db.selectFrom('api_calls').select(apiCalls.columns).select('seq');
  if (service !== undefined) query = query.where('service', '=', service);
  if (panel !== undefined) query = query.where('panel', '=', panel);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (after !== null) query = query.where('seq', '>', after);
  const rows = await query
    .orderBy('seq', after === null ? 'desc' : 'asc')
    .limit(limit)
    .execute();
  if (after === null) rows.reverse();
  return rows.map((row) => ({ seq: row.seq, call: apiCalls.decode(row) }));
}

/** Lists the blocks that may have calls of a filter, those with the newest calls first; all, or `limit` behind the first `offset`. */
async function listHeads(
  { db }: Session,
  { since, until, run, panel }: CallFilter,
  { offset, limit }: { offset: number; limit: number } = { offset: 0, limit: NO_LIMIT },
): Promise<BlockHead[]> {
  let query = db
    .selectFrom('api_call_blocks')
    .select(['seq', 'first_seq', 'first_at', 'last_at'])
    .where('last_at', '>=', since ?? '');
  if (until !== undefined) query = query.where('first_at', '<=', until);
  if (run !== undefined) query = query.where((eb) => eb.or([eb('run', '=', run), eb('run', 'is', null)]));
  if (panel !== undefined) query = query.where((eb) => eb.or([eb('panel', '=', panel), eb('panel', 'is', null)]));
  return query.orderBy('last_at', 'desc').orderBy('seq', 'desc').limit(limit).offset(offset).execute();
}

/** Returns whether the newest calls of a panel, which are beside a large block, are enough. */
function isOfNewest(head: BlockHead, { service, run, panel, until }: CallFilter, limit: number): boolean {
  if (panel === undefined || service !== undefined || run !== undefined || limit > NEWEST_OF_PANEL) return false;
  return until === undefined || until >= head.last_at;
}

/** Calls of a block that a filter asks for, and the panels of all its calls. */
interface BlockCalls {
  calls: NumberedCall[];
  panels: ReadonlySet<string>;
}

const NONE: BlockCalls = { calls: [], panels: new Set() };

/** Reads the calls of a block; with `newest`, of a large one only the newest of each panel. */
async function readBlock(
  { db }: Session,
  head: BlockHead,
  filter: CallFilter,
  { newest = false }: { newest?: boolean } = {},
): Promise<BlockCalls> {
  const row = await db
    .selectFrom('api_call_blocks')
    .select((eb) => [
      newest ? 'newest' : eb.val(null).as('newest'),
      newest ? eb.case().when('newest', 'is', null).then(eb.ref('data')).end().as('data') : 'data',
    ])
    .where('seq', '=', head.seq)
    .executeTakeFirst();
  const data = row?.newest ?? row?.data ?? null;
  if (data === null) return NONE;
  const { calls, panels } = selectFromBlock(head.seq, data, filter);
  return { calls: calls.map(({ call, index }) => ({ call, seq: head.first_seq + index })), panels };
}

/** Returns whether all calls of a block are older than a call, or as old and written before it. */
function isBefore(head: BlockHead, { call, seq }: NumberedCall): boolean {
  return call.at > head.last_at || (call.at === head.last_at && seq > head.seq);
}

/** So many blocks are read before the others are listed. */
const FIRST_HEADS = 32;

/** The panels of blocks that were read: one without a panel's calls is not unpacked for them again. */
interface PanelsOfBlocks {
  /** How often panels had been renamed. */
  renames: number;
  readonly known: Map<string, ReadonlySet<string>>;
}

/** So many are kept. */
const MOST_KEPT = 5000;

/** Names a block and what is in it: one that is written in place of others has another number, or other first call. */
const toKey = (head: BlockHead): string => [head.seq, head.first_seq, head.first_at, head.last_at].join();

/** Reads the newest calls of blocks, newest first; only as many blocks as needed. */
async function newestInBlocks(
  session: Session,
  filter: CallFilter,
  { limit = Number.MAX_SAFE_INTEGER, panels }: { limit?: number | undefined; panels: PanelsOfBlocks },
): Promise<NumberedCall[]> {
  const { known } = panels;
  const renames = await countRenames(session);
  if (panels.renames !== renames) known.clear();
  panels.renames = renames;
  let found: NumberedCall[] = [];
  // A store has many thousands of blocks, and the first ones are mostly enough.
  for (const part of [
    { offset: 0, limit: FIRST_HEADS },
    { offset: FIRST_HEADS, limit: NO_LIMIT },
  ]) {
    const heads = await listHeads(session, filter, part);
    for (const head of heads) {
      const oldest = found.length < limit ? undefined : found.at(-1);
      if (oldest !== undefined && isBefore(head, oldest)) return found;
      if (filter.panel !== undefined && known.get(toKey(head))?.has(filter.panel) === false) continue;
      const { calls, panels: ofBlock } = await readBlock(session, head, filter, {
        newest: isOfNewest(head, filter, limit),
      });
      if (known.size >= MOST_KEPT) known.clear();
      known.set(toKey(head), ofBlock);
      found.push(...calls);
      found = found.sort((a, b) => byTime(b, a)).slice(0, limit);
    }
    if (heads.length < FIRST_HEADS) break;
  }
  return found;
}

/** Reads the oldest calls of blocks behind a call, oldest first; only as many blocks as needed. */
async function oldestInBlocks(
  session: Session,
  filter: CallFilter,
  { after, limit }: { after: { at: string; seq: number } | null; limit: number },
): Promise<NumberedCall[]> {
  const since = [filter.since ?? '', after?.at ?? ''].sort().at(-1);
  const heads = await listHeads(session, { ...filter, since });
  heads.sort((a, b) => (a.first_at < b.first_at ? -1 : 1));
  let found: NumberedCall[] = [];
  for (const head of heads) {
    const newest = found.length < limit ? undefined : found.at(-1);
    if (newest !== undefined && newest.call.at < head.first_at) break;
    const { calls } = await readBlock(session, head, filter);
    const behind = calls.filter(
      ({ call, seq }) => after === null || call.at > after.at || (call.at === after.at && seq > after.seq),
    );
    found = [...found, ...behind].sort(byTime).slice(0, limit);
  }
  return found;
}

/** Reads calls of blocks in the order of writing: those behind a number, or the last ones where it is null. */
async function writtenInBlocks(
  session: Session,
  filter: CallFilter,
  { after, limit }: { after: number | null; limit: number },
): Promise<NumberedCall[]> {
  let query = session.db.selectFrom('api_call_blocks').select(['seq', 'first_seq', 'first_at', 'last_at']);
  if (after !== null) query = query.where('seq', '>', after);
  else query = query.where('seq', '>', 0);
  const heads = await query.orderBy('seq', after === null ? 'desc' : 'asc').execute();
  const found: NumberedCall[] = [];
  for (const head of heads) {
    if (found.length >= limit) break;
    const block = await readBlock(session, head, filter);
    const calls = block.calls.filter(({ seq }) => after === null || seq > after);
    if (after === null) calls.reverse();
    found.push(...calls);
  }
  const first = found.slice(0, limit);
  return after === null ? first.reverse() : first;
}
