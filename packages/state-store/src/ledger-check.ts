import { addMoney, compareMoney } from '@sluice/quota-core';
import { sql } from 'kysely';
import type { InvoiceRecord } from './ledger-records.js';
import { StoreError } from './store-error.js';
import type { Session } from './tables/access.js';
import { entries, invoices } from './tables/ledger-record-tables.js';
import { isIn } from './tables/dialect.js';
import { listCounted } from './tables/record-queries.js';
import type { RecordTable } from './tables/record-table.js';
import { statement } from './tables/insert-rows.js';

/** Rows read per query. */
const PAGE = 1000;

interface Finding {
  object: string;
  message: string;
}

const isZero = (amount: string): boolean => compareMoney(amount, '0') === 0;

/** Finds bookings whose entries don't sum to zero, and entries whose running balance is wrong. */
export async function findWrongEntries(session: Session): Promise<Finding[]> {
  const findings: Finding[] = [];
  const balances = new Map<string, string>();
  const sums = new Map<string, string>();
  for await (const rows of eachPage(session, entries))
    for (const row of rows) {
      const { booking, account, currency, amount, balance } = entries.decode(row);
      const sum = addMoney(sums.get(`${booking} ${currency}`) ?? '0', amount);
      if (isZero(sum)) sums.delete(`${booking} ${currency}`);
      else sums.set(`${booking} ${currency}`, sum);
      const expected = addMoney(balances.get(`${account} ${currency}`) ?? '0', amount);
      if (compareMoney(balance, expected) !== 0) {
        const message = `The balance of ${account} is ${balance} ${currency} after it, but its entries sum to ${expected}.`;
        findings.push({ object: booking, message });
      }
      balances.set(`${account} ${currency}`, balance);
    }
  const off = [...sums].map(([key, sum]) => {
    const [booking = '', currency = ''] = key.split(' ');
    return { object: booking, message: `Its entries sum to ${sum} ${currency} instead of 0.` };
  });
  return [...off, ...findings, ...(await findEmptyBookings(session))];
}

/** Reads all rows of a table in pages, in the order of insertion. */
async function* eachPage<Rec, Row>(
  session: Session,
  table: RecordTable<string, Rec, Row>,
): AsyncGenerator<(Row & { seq: number })[]> {
  for (let last: number | undefined = 0; last !== undefined;) {
    const and = [statement`"seq" > ${last}`];
    const rows: (Row & { seq: number })[] = await listCounted(session, table, { and, order: ['seq'], limit: PAGE });
    yield rows;
    last = rows.length < PAGE ? undefined : rows.at(-1)?.seq;
  }
}

async function findEmptyBookings({ db }: Session): Promise<Finding[]> {
  const known = db.selectFrom('ledger_entries').select('booking');
  const rows = await db.selectFrom('ledger_bookings').select('id').where('id', 'not in', known).limit(PAGE).execute();
  return rows.map(({ id }) => ({ object: id, message: 'It is a booking without entries.' }));
}

/** Finds invoices whose total is not the sum of their lines, or that credit was not taken for as their status states. */
export async function findWrongInvoices(session: Session): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const rows of eachPage(session, invoices)) {
    const ids = rows.map(({ id }) => id);
    const lines = await readSums(session, sql`select invoice as id, amount from invoice_lines`, ids);
    const taken = await readSums(
      session,
      sql`select b.invoice as id, e.amount from ledger_bookings b join ledger_entries e on e.booking = b.id
        where e.account like 'client:%'`,
      ids,
    );
    for (const row of rows) {
      const message = explain(invoices.decode(row), lines.get(row.id) ?? '0', taken.get(row.id) ?? '0');
      if (message !== null) findings.push({ object: row.id, message });
    }
  }
  return findings;
}

/** Sums amounts by invoice; the amounts are text, which SQL would add as binary fractions. */
async function readSums(
  { db }: Session,
  amounts: ReturnType<typeof sql>,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const { rows } = await sql<{ id: string; amount: string }>`select id, amount from (${amounts}) as found
    where ${isIn('id', ids)}`.execute(db);
  const sums = new Map<string, string>();
  for (const { id, amount } of rows) sums.set(id, addStored(sums.get(id) ?? '0', amount, id));
  return sums;
}

function addStored(sum: string, amount: string, invoice: string): string {
  try {
    return addMoney(sum, amount);
  } catch (error) {
    throw new StoreError('store_damaged', `An amount of the invoice "${invoice}" can't be parsed.`, { cause: error });
  }
}

/** What is wrong with an invoice; null if nothing is. `taken` is negative where credit was taken. */
function explain({ status, total, currency }: InvoiceRecord, lines: string, taken: string): string | null {
  if (compareMoney(total, lines) !== 0) return `Its total is ${total} ${currency}, but its lines sum to ${lines}.`;
  const paid = addMoney(total, taken);
  if (status === 'paid' && !isZero(total) && (compareMoney(taken, '0') >= 0 || paid.startsWith('-')))
    return `It is paid, but ${taken} ${currency} was booked for it instead of -${total}.`;
  if (status !== 'paid' && !isZero(taken)) return `It is ${status}, but ${taken} ${currency} was booked for it.`;
  return null;
}
