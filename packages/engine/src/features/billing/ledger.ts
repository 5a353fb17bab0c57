import { type BillingSystem, type Clock, isoNow, newId } from '@sluice/panel-kind';
import type { StateStore, StoreTables } from '@sluice/state-store';
import {
  addLine,
  type Booking,
  cancelInvoice,
  charge,
  readCredit,
  readInvoice,
  refund,
  requireOnlyLine,
} from './ledger-books.js';
import { ledgerCalls } from './ledger-calls.js';

/** What a ledger is created with. */
export interface LedgerOptions {
  store: StateStore;
  clock: Clock;
  /** Cryptographically strong bytes. */
  randomBytes: (count: number) => Uint8Array;
  /** Returns who books. */
  actor: () => string;
}

/**
 * Creates the local ledger over a store, as a billing system. A client has the currency of its first credit, invoices have no
 * tax, and each method is one transaction.
 *
 * @example
 * const ledger = createLedger({ store, clock, randomBytes, actor: () => 'anna' });
 * const { balance } = await ledger.credit('42');
 */
export function createLedger({ store, clock, randomBytes, actor }: LedgerOptions): BillingSystem {
  const booking = (): Booking => ({
    now: isoNow(clock),
    id: (prefix) => newId({ clock, randomBytes }, prefix),
    actor: actor(),
  });
  const write = async <T>(signal: AbortSignal | undefined, work: (tables: StoreTables) => Promise<T>): Promise<T> => {
    signal?.throwIfAborted();
    return store.write(work);
  };
  return {
    title: 'the local ledger',
    clientsPay: false,
    calls: ledgerCalls(store, write, booking),
    credit: (client) => readCredit(store, client),
    charge: (request, signal) => write(signal, (tables) => charge(tables, request, booking())),
    find: async ({ key }) => {
      const line = await store.invoices.findLine(key);
      return line === null ? null : readInvoice(store, line.invoice);
    },
    invoice: (id) => readInvoice(store, id),
    addLine: (id, line, signal) => write(signal, (tables) => addLine(tables, id, line, booking())),
    cancel: (id, key, signal) =>
      write(signal, async (tables) => {
        requireOnlyLine(await readInvoice(tables, id), key);
        await cancelInvoice(tables, id, booking());
        return readInvoice(tables, id);
      }),
    refund: (id, request, { signal }) => write(signal, (tables) => refund(tables, id, request, booking())),
    close: () => undefined,
  };
}
