import type { CallEvent, Clock } from '@sluice/panel-http';
import type { SourceFacts } from '@sluice/quota-core';
import type { ZodMiniType } from 'zod/mini';
import type { Invoice } from './invoice.js';
import type { ExportedServices, ServiceSource } from './service-source.js';

/** Credit of a client. Amounts are decimal text without exponent, such as `12.50`. */
export interface Credit {
  client: string;
  /** ISO 4217; null where the client has no credit yet and its currency is not known. */
  currency: string | null;
  balance: string;
  /** Whether the client is closed: nothing may be charged; absent where he is not. */
  closed?: true;
  /** Tax in percent that is added to taxed prices for this client, such as `7.25`; absent where that is not known. The invoice counts. */
  taxRate?: string;
}

/** A line to put on an invoice, at most once. */
export interface NewLine {
  /** Identifies the line; stored by the caller before the call. Its marker (`lineMarker`) ends the description on the invoice. */
  key: string;
  description: string;
  /** Without tax; decimal text with no more decimals than the currency has. */
  amount: string;
  taxed: boolean;
}

/** An invoice that a line gets of its own: a draft where the billing system has drafts. */
export interface OwnInvoice {
  client: string;
  currency: string;
  /**
   * Null, or how it is paid from credit in the same change where the billing system can do that. With too little credit `refuse` makes
   * no invoice then (`no_credit`).
   */
  pay: Payment['whenShort'] | null;
}

/** Which invoices may have a line. */
export interface LineSearch {
  client: string;
  /** Local date: without those that were made and paid before, and those that are over since before. */
  since: string;
  /** Only those that have the line with this key. */
  key?: string;
}

/** How the invoice of a line is paid. */
export interface Payment extends Pick<NewLine, 'key' | 'amount'> {
  /** With too little credit: `refuse` leaves no invoice to be paid, `leave-open` leaves the invoice to the client. */
  whenShort: 'refuse' | 'leave-open';
}

/** How a change is sent. */
export interface Sending {
  signal: AbortSignal | undefined;
  /** Awaited right before the change is sent, after the last read; not called where nothing is sent, or where a repeat is harmless. */
  sending: () => Promise<void>;
}

/** What the config says of lines of calls. */
export interface CallLineSettings {
  taxed: boolean;
  /** Words, in lower case and without accents, of lines that another writer may have added for calls. */
  lookFor: readonly string[];
}

/** What is returned of a charge. */
export interface RefundRequest {
  /** Identifies the refund; stored by the caller before the call. */
  key: string;
  /** The key of the charge. */
  charge: string;
  client: string;
  /** Decimal text, in the currency of the charge. */
  amount: string;
  currency: string;
}

/**
 * Outcome of a payment. `short`: the credit does not cover `needed`, and no invoice is left to be paid. A system that keeps the cancelled
 * invoice answers a repeat with `cancelled`.
 */
export type Charge =
  | { state: 'paid' | 'open' | 'cancelled' | 'refunded'; invoice: Invoice }
  | { state: 'short'; needed: string; credit: Credit };

/**
 * What the engine needs of a billing system. A method that changes something sends each change at most once, and reads it back. Every
 * method may be repeated with the same arguments: what has been made by then is found.
 *
 * Errors are `SluiceError`s. `billing_unavailable`: it could not be asked, and nothing was changed. `outcome_unknown`: a change
 * may have been made, now or later. `unknown_client`, `unknown_invoice`, `currency_mismatch`, `bad_amount`, `client_closed`,
 * `invoice_closed`: refused, nothing was changed. An aborted call rejects with the reason of its signal while it has sent no
 * change, and with `outcome_unknown` later.
 */
export interface BillingSystem {
  /** Its name in messages. */
  readonly title: string;
  /** Whether clients can pay an open invoice there themselves. */
  readonly clientsPay: boolean;
  /** The ref of a service with its id there; null where invoices are of clients and name no services. */
  readonly serviceRef: string | null;
  /** Whether a line that a read does not show was not added, and will not be; and whether a key has one line. */
  readonly isTransactional: boolean;
  /** @throws SluiceError `calls_not_configured` where the config lacks what it has to state before lines of calls are added */
  callLines(): CallLineSettings;
  credit(client: string, signal?: AbortSignal): Promise<Credit>;
  invoice(id: string, signal?: AbortSignal): Promise<Invoice>;
  /** Returns the invoices that may have a line, the newest first, those that can still be paid among them. */
  find(search: LineSearch, signal?: AbortSignal): Promise<Invoice[]>;
  /** Adds a line to an invoice that accepts lines and does not have it, or makes one for it; returns that invoice. */
  put(line: NewLine, into: Invoice | OwnInvoice, how: Sending): Promise<Invoice>;
  /**
   * Pays the invoice that a line has of its own from the client's credit where that covers the whole of it. One that has got other
   * lines since is left to its client: nothing is paid on it or cancelled.
   */
  pay(invoice: Invoice, payment: Payment, signal?: AbortSignal): Promise<Charge>;
  /** Shows a draft to its client; any other invoice stays as it is. */
  publish(invoice: Invoice, signal?: AbortSignal): Promise<Invoice>;
  /**
   * Cancels a draft or open invoice whose only line has this key; one that is cancelled stays as it is. `sending` is awaited right before
   * the change is sent, after the last read, where the system is another program.
   */
  cancel(invoice: string, key: string, signal?: AbortSignal, sending?: Sending['sending']): Promise<Invoice>;
  /**
   * Returns an amount of a paid invoice to its client as credit; returns the credit then. Refused (`invoice_closed`) for an
   * invoice that is not paid, has less paid on it or other lines than that of the charge. An earlier refund with the key is
   * searched for before `sending` is called.
   */
  refund(invoice: string, refund: RefundRequest, how: Sending): Promise<Credit>;
  close(): void;
}

/** What a billing system is opened with from outside. */
export interface BillingDependencies {
  clock: Clock;
  /** Jitter, in [0, 1). */
  random: () => number;
  /** Called for every call to the billing system. */
  onCall: (event: CallEvent) => void;
  /** Returns the secret that a config value refers to; `key` names the value in messages. */
  secret: (value: string, key: string) => string;
}

/** What the config uses a billing system for. */
export interface BillingUse {
  /** Money is booked there. */
  bills: boolean;
  /** Orders become accounts: whether an order is paid is read there. */
  orders: boolean;
  /** Usernames and passwords of accounts are written there. */
  credentials: boolean;
  /** The section of each product that has one, parsed by `productSchema`. */
  products: Readonly<Record<string, unknown>>;
  /** Facts that fill columns of services, by product of the config. */
  facts: Readonly<Record<string, SourceFacts>>;
  /** Also reads the whole list of services, as `service sync` would. */
  contract: boolean;
  signal?: AbortSignal | undefined;
}

/** One result of checking a billing system. */
export interface BillingCheck {
  /** What was checked, such as `right CreateInvoice`. */
  name: string;
  status: 'ok' | 'warning' | 'failed';
  /** With what to do about a problem. */
  message: string;
}

/** A kind of billing system besides the engine's own ledger: its section of the config, and how it is opened. */
export interface BillingKind<Settings = unknown> {
  /** Its section in the config, and the value of `billing` that selects it. */
  readonly kind: string;
  /** Its name in messages. */
  readonly title: string;
  /** Schema of its section. */
  readonly schema: ZodMiniType<Settings>;
  /** Schema of its section in a product of the config, if it has one. */
  readonly productSchema?: ZodMiniType | undefined;
  /** Descriptions of the config keys, by path: `whmcs.url`; `product.productIds` is a key of its section in a product. */
  readonly descriptions: Readonly<Record<string, string>>;
  /**
   * Decimals of its amounts in every currency, and most digits before them; without it the decimals are those of the currency.
   * Other prices are refused.
   */
  readonly amounts?: { decimals: number; digits: number } | undefined;
  /** Keys of its section that are secret: a warning is given where one is written in the config itself. */
  readonly secrets: readonly string[];
  /** Returns what is wrong with the sections of the products, by name of the product. */
  readonly checkProducts?: ((sections: Readonly<Record<string, unknown>>) => SectionProblem[]) | undefined;
  /** Returns the columns of services for which its section names custom fields (`fields`). */
  fieldColumns?(settings: Settings): string[];
  /** Checks the settings and loads what the calls need; sends nothing. */
  open(settings: Settings, dependencies: BillingDependencies): Promise<BillingSystem>;
  /** Returns the address at which it is called: another one may be another installation. */
  address?(settings: Settings): string;
  /** Whether clients can pay an open invoice there themselves (`BillingSystem.clientsPay`). */
  readonly clientsPay?: boolean | undefined;
  /** Whether it adds tax to lines that are `taxed`. */
  readonly addsTax?: boolean | undefined;
  /** Returns the pages that clients open there; null where they are shown no address of it (`customerAddress`). */
  pages?(settings: Settings): BillingPages | null;
  /** Whether its services have fields for the username and password of their account (`ServiceSource.writeCredentials`). */
  readonly storesCredentials?: boolean | undefined;
  /** Whether refs of services are written into its custom fields after provisioning (`ServiceSource.writeFields`). */
  writesFields?(settings: Settings): boolean;
  /** Checks address, credentials, rights and version, and changes nothing; problems are returned, not thrown. */
  check?(settings: Settings, dependencies: BillingDependencies, use: BillingUse): Promise<BillingCheck[]>;
  /** Returns the keys that its section lacks before lines of calls are added; empty where nothing is missing. */
  missingForCalls?(settings: Settings): readonly string[];
  /** The ref of services with their id there (`ServiceSource.ref`). */
  readonly serviceRef?: string | undefined;
  /** Opens its list of services, for `service sync`; sends nothing. */
  openSource?(settings: Settings, dependencies: BillingDependencies): Promise<ServiceSource>;
  /** Returns the ids of its products that a product's section names. */
  claimedProducts?(section: unknown): readonly string[];
  /** Reads its services from exports of its tables, for `adopt` where no such section is configured. */
  exported?(): Promise<ExportedServices>;
}

/** Addresses of pages of a billing system that clients open. */
export interface BillingPages {
  /** Where an invoice is shown and paid. */
  invoice: (id: string) => string;
  /** Where clients add credit. */
  addFunds: string;
  /** Where a service is shown, by its id there. */
  service?: (id: string) => string;
  /** Where clients see all their invoices. */
  invoices: string;
}

/** A problem with a product's section of a billing system. */
export interface SectionProblem {
  product: string;
  /** The key of the section. */
  key: string;
  message: string;
}
