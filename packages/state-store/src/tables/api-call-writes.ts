import type { ApiCallRecord } from '../run-records.js';
import type { Session } from './access.js';
import { decodeBlock, joined, parseBlock, toColumns, toRow } from './api-call-block.js';

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
  const block = joined(blocks.map(({ seq, data }) => parseBlock(seq, data)));
  await db.deleteFrom('api_call_blocks').where('seq', '>=', first).where('seq', '<', last.seq).execute();
  await db
    .updateTable('api_call_blocks')
    .set({ ...toColumns(block), first_seq: first })
    .where('seq', '=', last.seq)
    .execute();
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
