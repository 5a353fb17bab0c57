import type { BillingSystem } from '@sluice/contract/ports';
import { type Clock, isoNow, newId } from '@sluice/panel-kind';
import type { StateStore, StoreTables } from '@sluice/state-store';
import {
  type Booking,
  cancelInvoice,
  findInvoices,
  payLine,
  putLine,
  readCredit,
  readInvoice,
  refund,
  requireOnlyLine,
} from './ledger-books.js';

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
    serviceRef: null,
    isTransactional: true,
    callLines: () => ({ taxed: false, lookFor: [] }),
    credit: (client) => readCredit(store, client),
    invoice: (id) => readInvoice(store, id),
    find: (search) => findInvoices(store, search),
    put: async (line, into, { signal, sending }) => {
      await sending();
      return write(signal, (tables) => putLine(tables, line, into, booking()));
    },
    pay: ({ id }, payment, signal) => write(signal, (tables) => payLine(tables, id, payment, booking())),
    publish: (invoice) => Promise.resolve(invoice),
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
