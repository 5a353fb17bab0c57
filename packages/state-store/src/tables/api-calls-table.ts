import type { StoreTables } from '../store.js';
import type { Access, Session } from './access.js';
import {
  addBlock,
  type CallFilter,
  joinBlocks,
  lastCallNumber,
  newestInBlocks,
  type NumberedCall,
  oldestInBlocks,
  writtenInBlocks,
} from './api-call-blocks.js';
import { listByTime, rowsByTime } from './record-queries.js';
import { apiCalls } from './record-tables.js';

/**
 * Calls to the panels, redacted by the caller. They are in blocks; rows are those that older versions wrote. The number of every
 * row is lower than that of every call in a block.
 */
export function apiCallsTable(access: Access): StoreTables['apiCalls'] {
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
        const blocks = (await newestInBlocks(session, filter, limit)).map(({ call }) => call);
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
