import { addMoney, compareMoney } from '@sluice/quota-core';
import type { BookingRecord, EntryRecord } from '../ledger-records.js';
import type { LedgerTables } from '../ledger-tables.js';
import { StoreError } from '../store-error.js';
import type { Access, Session } from './access.js';
import { inChunks, listed } from './chunks.js';
import { bookings, entries } from './ledger-record-tables.js';

type Move = Omit<EntryRecord, 'booking' | 'balance'>;

/** Bookings of the local ledger. */
export function ledgerTable(access: Access): LedgerTables['ledger'] {
  return {
    book: (record, moves) =>
      access.write(async (session) => {
        refuseUnbalanced(record, moves);
        const result = await session.db
          .insertInto('ledger_bookings')
          .values(bookings.encode(record))
          .onConflict((conflict) => conflict.columns(['kind', 'ref']).doNothing())
          .executeTakeFirst();
        if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) return null;
        const booked: EntryRecord[] = [];
        for (const move of moves) booked.push(await addEntry(session, record.id, move));
        return booked;
      }),
    find: (kind, ref) =>
      access.read(async ({ db }) => {
        const row = await db
          .selectFrom('ledger_bookings')
          .select(bookings.columns)
          .where('kind', '=', kind)
          .where('ref', '=', ref)
          .executeTakeFirst();
        if (row === undefined) return null;
        const booking = bookings.decode(row);
        const found = await db
          .selectFrom('ledger_entries')
          .select(entries.columns)
          .where('booking', '=', booking.id)
          .orderBy('seq')
          .execute();
        return { booking, entries: found.map((entry) => entries.decode(entry)) };
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
  await session.db.insertInto('ledger_entries').values(entries.encode(entry)).execute();
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
  { db }: Session,
  { account, invoice }: { account?: string; invoice?: string },
): Promise<(EntryRecord & { of: BookingRecord })[]> {
  let query = db.selectFrom('ledger_entries').select(entries.columns);
  if (account !== undefined) query = query.where('account', '=', account);
  if (invoice !== undefined) {
    const own = db.selectFrom('ledger_bookings').select('id').where('invoice', '=', invoice);
    query = query.where('booking', 'in', own);
  }
  const found = (await query.orderBy('seq').execute()).map((row) => entries.decode(row));
  const rows = await inChunks(
    found.map(({ booking }) => booking),
    (chunk) => db.selectFrom('ledger_bookings').select(bookings.columns).where('id', 'in', listed(chunk)).execute(),
  );
  const byId = new Map(rows.map((row) => [row.id, bookings.decode(row)]));
  return found.flatMap((entry) => {
    const of = byId.get(entry.booking);
    return of === undefined ? [] : [{ ...entry, of }];
  });
}
