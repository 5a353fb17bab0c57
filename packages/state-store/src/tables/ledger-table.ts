import { addMoney, compareMoney } from '@sluice/quota-core';
import type { BookingRecord, EntryRecord } from '../ledger-records.js';
import type { LedgerTables } from '../ledger-tables.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks } from './record-queries.js';
import { bookings, entries } from './ledger-record-tables.js';
import { addRecord, findRecord, insertRecords, listRecords } from './record-queries.js';
import { statement } from './insert-rows.js';

type Move = Omit<EntryRecord, 'booking' | 'balance'>;

/** Bookings of the local ledger. */
export function ledgerTable(access: Access): LedgerTables['ledger'] {
  return {
    book: (record, moves) =>
      access.write(async (session) => {
        refuseUnbalanced(record, moves);
        if (!(await addRecord(session, bookings, record, { columns: ['kind', 'ref'] }))) return null;
        const booked: EntryRecord[] = [];
        for (const move of moves) booked.push(await addEntry(session, record.id, move));
        return booked;
      }),
    find: (kind, ref) =>
      access.read(async (session) => {
        const booking = await findRecord(session, bookings, { kind, ref });
        if (booking === null) return null;
        const where = { booking: booking.id };
        return { booking, entries: await listRecords(session, entries, { where, order: ['seq'] }) };
      }),
    balances: (account) => access.read((session) => lastEntries(session, account)),
    entries: (filter = {}) => access.read((session) => listEntries(session, filter)),
  };
}

function refuseUnbalanced({ id }: BookingRecord, moves: readonly Move[]): void {
  const sums = new Map<string, string>();
  for (const { currency, amount } of moves) sums.set(currency, addMoney(sums.get(currency) ?? '0', amount));
  const off = [...sums].find(([, sum]) => compareMoney(sum, '0') !== 0);
  if (moves.length > 0 && off === undefined) return;
  const what = off === undefined ? 'has no entries' : `has entries that sum to ${off[1]} ${off[0]} instead of 0`;
  const row = { table: 'ledger_bookings', id };
  throw new StoreError('store_invalid', `The booking "${id}" ${what}; nothing was written.`, { row });
}

async function addEntry(session: Session, booking: string, move: Move): Promise<EntryRecord> {
  const before = (await lastEntries(session, move.account)).find(({ currency }) => currency === move.currency);
  const entry = { ...move, booking, balance: addMoney(before?.balance ?? '0', move.amount) };
  if (move.account.startsWith('client:') && entry.balance.startsWith('-')) {
    throw new StoreError(
      'store_conflict',
      `The balance of ${move.account} would become ${entry.balance} ${move.currency}; nothing was written.`,
      { row: { table: 'ledger_entries', id: booking } },
    );
  }
  await insertRecords(session, entries, [entry]);
  return entry;
}

async function lastEntries({ db }: Session, account: string): Promise<EntryRecord[]> {
  const rows = await db
    .selectFrom('ledger_entries')
    .select(entries.columns)
    .where('seq', 'in', (eb) =>
      eb
        .selectFrom('ledger_entries')
        .select((inner) => inner.fn.max('seq').as('seq'))
        .where('account', '=', account)
        .groupBy('currency'),
    )
    .orderBy('currency')
    .execute();
  return rows.map((row) => entries.decode(row));
}

async function listEntries(
  session: Session,
  { account, invoice }: { account?: string; invoice?: string },
): Promise<(EntryRecord & { of: BookingRecord })[]> {
  const and =
    invoice === undefined
      ? []
      : [statement`"booking" in (select "id" from "ledger_bookings" where "invoice" = ${invoice})`];
  const found = await listRecords(session, entries, { where: { account }, and, order: ['seq'] });
  const of = await inChunks(
    found.map(({ booking }) => booking),
    (id) => listRecords(session, bookings, { where: { id } }),
  );
  const byId = new Map(of.map((booking) => [booking.id, booking]));
  return found.flatMap((entry) => {
    const booking = byId.get(entry.booking);
    return booking === undefined ? [] : [{ ...entry, of: booking }];
  });
}
