import { toAgentSubject } from '@sluice/quota-core';
import { sql } from 'kysely';
import type { PanelRename } from '../records.js';
import type { ApiCallRecord } from '../run-records.js';
import { StoreError } from '../store-error.js';
import type { Session } from './access.js';
import { decodeBlock, toRow } from './api-call-block.js';

/** Renames a panel in the calls of blocks, which have its name inside; one that can't be read stays as it is. */
export async function renameCalls({ db }: Session, rename: Pick<PanelRename, 'from' | 'to'>): Promise<void> {
  const blocks = await db
    .selectFrom('api_call_blocks')
    .select('seq')
    .where((eb) => eb.or([eb('panel', '=', rename.from), eb('panel', 'is', null)]))
    .orderBy('seq')
    .execute();
  // One at a time: a store has many thousands.
  for (const { seq } of blocks) {
    const block = await db.selectFrom('api_call_blocks').select('data').where('seq', '=', seq).executeTakeFirst();
    const calls = block === undefined ? [] : readable(seq, block.data);
    if (!calls.some(({ panel }) => panel === rename.from)) continue;
    const renamed = calls.map((call) => renameCall(call, rename));
    await db.updateTable('api_call_blocks').set(toRow(renamed)).where('seq', '=', seq).execute();
  }
  await sql`insert into "conditions" ("key", "since", "runs") values (${RENAMES}, '', 1)
    on conflict ("key") do update set "runs" = "conditions"."runs" + 1`.execute(db);
}

const RENAMES = 'renamed-panels';

/** Returns how often panels were renamed: what was read of blocks before may have another name. */
export async function countRenames({ db }: Session): Promise<number> {
  const found = await db.selectFrom('conditions').select('runs').where('key', '=', RENAMES).executeTakeFirst();
  return found?.runs ?? 0;
}

function readable(seq: number, data: Uint8Array): ApiCallRecord[] {
  try {
    return decodeBlock(seq, data);
  } catch (error) {
    if (error instanceof StoreError && error.code === 'store_damaged') return [];
    throw error;
  }
}

function renameCall(call: ApiCallRecord, { from, to }: Pick<PanelRename, 'from' | 'to'>): ApiCallRecord {
  if (call.panel !== from) return call;
  const before = toAgentSubject(from, '');
  const isAgent = call.service?.startsWith(before) === true;
  const service = isAgent ? toAgentSubject(to, call.service?.slice(before.length) ?? '') : call.service;
  return { ...call, panel: to, service };
}
