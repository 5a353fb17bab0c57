import type {
  AutoBuyRecord,
  BookingKind,
  BookingRecord,
  CallBillRecord,
  CallBillState,
  EntryRecord,
  InvoiceLineRecord,
  InvoiceRecord,
  RenamedPanel,
} from './ledger-records.js';

/** Tables of money. Nothing in them is ever deleted, except preferences. */
export interface LedgerTables {
  ledger: {
    /**
     * Adds a booking, and the balances of its accounts. Returns its entries; null, and changes nothing, when its kind and
     * ref exist. Fails with `store_invalid` unless the amounts sum to zero, and with `store_conflict` when the account of a
     * client would fall below zero.
     */
    book(
      record: BookingRecord,
      moves: readonly Omit<EntryRecord, 'booking' | 'balance'>[],
    ): Promise<EntryRecord[] | null>;
    find(kind: BookingKind, ref: string): Promise<{ booking: BookingRecord; entries: EntryRecord[] } | null>;
    /** The last entry of an account in each currency. */
    balances(account: string): Promise<EntryRecord[]>;
    /** In the order of booking. */
    entries(filter?: { account?: string; invoice?: string }): Promise<(EntryRecord & { of: BookingRecord })[]>;
  };
  invoices: {
    get(id: string): Promise<InvoiceRecord | null>;
    /** In the order of creation. */
    list(filter?: { client?: string; status?: InvoiceRecord['status'] }): Promise<InvoiceRecord[]>;
    /** In the order of adding. */
    lines(invoices: string[]): Promise<InvoiceLineRecord[]>;
    findLine(key: string): Promise<InvoiceLineRecord | null>;
    /** Adds an open invoice without lines. */
    open(record: Pick<InvoiceRecord, 'id' | 'client' | 'currency' | 'createdAt'>): Promise<void>;
    /**
     * Adds a line to an open invoice, and its amount to the total. Returns false, and changes nothing, when the key
     * exists. Fails with `store_conflict` when the invoice is not open.
     */
    addLine(line: InvoiceLineRecord): Promise<boolean>;
    update(id: string, change: Partial<Pick<InvoiceRecord, 'status' | 'paidAt' | 'closedAt'>>): Promise<void>;
    /** Ids of all clients with a booking or an invoice, ordered. */
    clients(): Promise<string[]>;
  };
  callBills: {
    get(id: string): Promise<CallBillRecord | null>;
    /** Newest period of each service first. */
    list(filter?: {
      service?: string;
      subscriber?: string;
      client?: string;
      invoice?: string;
      states?: readonly CallBillState[];
    }): Promise<CallBillRecord[]>;
    find(key: string): Promise<CallBillRecord | null>;
    /** Returns false, and changes nothing, when the key exists. */
    add(record: CallBillRecord): Promise<boolean>;
    update(id: string, change: Partial<Omit<CallBillRecord, 'id' | 'key' | 'start' | 'end'>>): Promise<void>;
    /** Stores the new name of a panel on its bills: those of a service, and of others that had its lines. */
    renamePanel(renamed: RenamedPanel): Promise<void>;
    /** Returns false if there was none. */
    remove(id: string): Promise<boolean>;
  };
  autoBuy: {
    /** Ordered by scope and subject. */
    list(filter?: { scope: AutoBuyRecord['scope']; subject: string }): Promise<AutoBuyRecord[]>;
    /** Adds or replaces the preference of the service or client. */
    put(record: AutoBuyRecord): Promise<void>;
    /** Returns false if there was none. */
    remove(scope: AutoBuyRecord['scope'], subject: string): Promise<boolean>;
  };
}
