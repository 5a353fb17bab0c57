import { type RawBuilder, sql } from 'kysely';
import type { LedgerTables } from '../ledger-tables.js';
import type { StoreTables } from '../store.js';
import type { AutoBuyRecord, RenamedPanel } from '../ledger-records.js';
import type { Access, Session } from './access.js';
import { invoicesTable } from './invoices-table.js';
import { autoBuyPreferences, callBills } from './ledger-record-tables.js';
import { ledgerTable } from './ledger-table.js';
import { behind, isIn } from './dialect.js';
import {
  addRecord,
  deleteRecords,
  findRecord,
  inChunksOrAll,
  inOrder,
  listCounted,
  listRecords,
  putRecords,
  updateRecord,
} from './record-queries.js';
import { noteChanged, noteChangedBy, noteChangedOfClient } from './next-readings-table.js';
import { purchases } from './service-record-tables.js';
import { isAmong, isOneOf, statement, type Statement } from './insert-rows.js';

/** Tables of money. */
export function ledgerTables(access: Access): LedgerTables {
  return {
    ledger: ledgerTable(access),
    invoices: invoicesTable(access),
    callBills: callBillsTable(access),
    autoBuy: autoBuyTable(access),
  };
}

/** Bills of the calls of a period. */
function callBillsTable(access: Access): LedgerTables['callBills'] {
  return {
    get: (id) => access.read((session) => findRecord(session, callBills, { id })),
    list: ({ service, subscriber, client, invoice, states } = {}) =>
      access.read((session) => {
        const where = { service, subscriber, client, invoice };
        const and = states === undefined ? [] : [isOneOf('state', states)];
        return listRecords(session, callBills, { where, and, order: ['service', 'start desc', 'seq desc'] });
      }),
    find: (key) => access.read((session) => findRecord(session, callBills, { key })),
    add: (record) => access.write((session) => addRecord(session, callBills, record, { columns: ['key'] })),
    update: (id, change) => access.write((session) => updateRecord(session, callBills, id, change)),
    remove: (id) => access.write((session) => deleteRecords(session, callBills, { id })),
    renamePanel: (renamed) => access.write((session) => renamePanel(session, renamed)),
  };
}

/**
 * Bills follow the periods of their line that have the new name already. Those of the service itself follow also without periods,
 * unless another service has a line of that id there.
 */
async function renamePanel({ db }: Session, { service, objects, from, to }: RenamedPanel): Promise<void> {
  const onPanel = (panel: string): RawBuilder<boolean> => sql<boolean>`exists (select 1 from "ownership"
    where "ownership"."service" = "call_bills"."service" and "ownership"."panel" = ${panel}
    and ${behind('ownership.subject', ':')} = "call_bills"."subscriber")`;
  const ofOther = sql<boolean>`exists (select 1 from "ownership" as "own" join "ownership" as "other"
    on "other"."subject" = "own"."subject" and "other"."panel" = ${to} and "other"."service" <> "own"."service"
    where "own"."service" = "call_bills"."service"
    and ${behind('own.subject', ':')} = "call_bills"."subscriber")`;
  const lines = objects.length === 0 ? sql`` : sql` or ${isIn('subscriber', objects)}`;
  await sql`update "call_bills" set "panel" = ${to} where "panel" = ${from} and ("service" = ${service}${lines})
    and ((${onPanel(to)} and not ${onPanel(from)}) or ("service" = ${service} and not ${ofOther}))`.execute(db);
}

/** Preferences for auto-buy of services and clients. */
function autoBuyTable(access: Access): LedgerTables['autoBuy'] {
  return {
    list: (filter) =>
      access.read((session) =>
        listRecords(session, autoBuyPreferences, { where: filter ?? {}, order: ['scope', 'subject'] }),
      ),
    put: (record) =>
      access.write(async (session) => {
        await notePreference(session, record);
        await putRecords(session, autoBuyPreferences, ['scope', 'subject'], [record]);
      }),
    remove: (scope, subject) =>
      access.write(async (session) => {
        await notePreference(session, { scope, subject });
        return deleteRecords(session, autoBuyPreferences, { scope, subject });
      }),
  };
}

/** What services buy for a client or by themselves decides when they are read. */
async function notePreference(
  session: Session,
  { scope, subject }: Pick<AutoBuyRecord, 'scope' | 'subject'>,
): Promise<void> {
  if (scope === 'client') await noteChangedOfClient(session, subject);
  else await noteChanged(session, [subject]);
}

/** Packages bought. */
export function purchasesTable(access: Access): StoreTables['purchases'] {
  return {
    list: ({ service, services, cycles, status, key, keyPrefix, paidSince } = {}) =>
      access.read(async (session) => {
        const rows = await inChunksOrAll(services, (some) =>
          inChunksOrAll(cycles, (cycle) => {
            const and = [
              ...(some === undefined ? [] : [isAmong('service', some)]),
              ...(keyPrefix === undefined ? [] : [beginsWith(keyPrefix)]),
              ...(paidSince === undefined ? [] : [statement`"paid_at" >= ${paidSince}`]),
            ];
            return listCounted(session, purchases, { where: { service, cycle, status, key }, and });
          }),
        );
        return inOrder(rows, (row) => row.at).map((row) => purchases.decode(row));
      }),
    get: (id) => access.read((session) => findRecord(session, purchases, { id })),
    countPaid: () =>
      access.read(async ({ db }) => {
        const rows = await db
          .selectFrom('purchases')
          .select((eb) => ['actor', eb.fn.countAll<number>().as('count')])
          .where('paid_at', 'is not', null)
          .groupBy('actor')
          .execute();
        const counts = { manual: 0, auto: 0 };
        for (const { actor, count } of rows) counts[actor as keyof typeof counts] = count;
        return counts;
      }),
    add: (record) =>
      access.write(async (session) => {
        await noteChanged(session, [record.service]);
        return addRecord(session, purchases, record, { columns: ['key'] });
      }),
    update: (id, change) =>
      access.write(async (session) => {
        await noteChangedBy(session, 'purchases', id);
        await updateRecord(session, purchases, id, change);
      }),
  };
}

/** As a range, which the index of the keys serves. */
function beginsWith(prefix: string): Statement {
  return statement`("key" >= ${prefix} and "key" < ${`${prefix}\u{10ffff}`})`;
}
