import type { BilledService, OldRow, OldTable, SourceFacts } from '@sluice/quota-core';
import type { Invoice } from './invoice.js';

/** A service as a billing system lists it. */
export interface SourceService {
  /** Its id as a service of Sluice. */
  id: string;
  /** Why it is not taken, in words that are the same for all such services; null: it is taken. One that was taken earlier follows all the same in its client, status, cycle and due date, as far as `texts` has them. */
  skipped: string | null;
  /** Texts by column of a service import. Names, the address and the language of the client are as the billing system has them: what can't be stored of them is cut or left out; a language that it does not name is empty. `product` is among them if a product of the config claims it. A column that is absent is not changed, save that a protection which came from here ends with its date; an empty one is unset; the cycles of a service whose due date is unset go on as they were. Empty where nothing could be read. */
  texts: Record<string, string>;
  /** Facts by the column that they may fill; never empty, and only of columns that have no text. */
  fills: Record<string, string>;
  /** Why columns have no fact: problems of a service that has neither an account nor a text of the column. */
  unfilled: SourceProblem[];
  /** Its id in the billing system. */
  externalId: string;
  /** The id of its product in the billing system; null where it has none. */
  externalProduct: string | null;
  /** Why `texts` has no product, in words that are the same for all such services; null: it has one. */
  unclaimed: string | null;
  /** What can't be understood: the service is reported and not changed. */
  problems: SourceProblem[];
}

/** A problem of one service; `key` is the column, null where it is about the whole service. */
export interface SourceProblem {
  key: string | null;
  message: string;
}

/** The services that a billing system lists. */
export interface SourceList {
  services: SourceService[];
  /** What else is in the list and can't be read. Where this is not empty, a service that is not among `services` may be listed. */
  unread: string[];
}

/** What services are listed for. */
export interface SourceRequest {
  /** The section of each product that has one, parsed by `productSchema`. */
  products: Readonly<Record<string, unknown>>;
  /** Columns of a service import that custom fields may have. */
  columns: readonly string[];
  /** Facts by product of the config; products without any are left out. */
  facts: Readonly<Record<string, SourceFacts>>;
  /** Clients whose language is known: that of others is read first, where each needs a call of its own. */
  languages?: ReadonlySet<string> | undefined;
  /** Only this service, by its id in the billing system; absent: all. */
  service?: string | undefined;
  signal?: AbortSignal | undefined;
}

/** Usage of a service in its cycle; `allowedBytes` is null where it is unlimited or unmanaged. */
export interface SourceUsage {
  usedBytes: number;
  allowedBytes: number | null;
}

/** The text of a custom field by its column. `replaces: false` fills only an empty field. */
export type SourceFields = Readonly<Record<string, { text: string; replaces: boolean }>>;

/** The services of a billing system, as a source for `service sync`. */
export interface ServiceSource {
  /** Its name in messages. */
  readonly title: string;
  /** The ref with the id of the service in the billing system; every service that came from it has one. */
  readonly ref: string;
  /** The ref with the id of the billing system's product, of a service whose product an operator named. */
  readonly productRef: string;
  /** The ref with the date until which the billing system protects the service, as long as it does. */
  readonly protectionRef: string;
  /** The fields of a service with the name and the language that a sync stored last: an operator's other one stays. */
  readonly followedFields: Readonly<Record<'name' | 'language', string>>;
  /** Whether usage is written into the services of the billing system after runs. */
  readonly pushesUsage: boolean;
  /**
   * Returns the id as a service of Sluice, by the value of its `ref`.
   *
   * @throws SluiceError `bad_service` for what can't be such a value
   */
  toServiceId(id: string): string;
  /**
   * Lists all services, or the one that is asked for; complete or not at all.
   *
   * @throws SluiceError `billing_unavailable`
   */
  list(request: SourceRequest): Promise<SourceList>;
  /**
   * Lists all services as the billing system has them, whether or not a product of the config claims them.
   *
   * @throws SluiceError `billing_unavailable`; `list_unreadable` where a row can't be read
   */
  survey(signal?: AbortSignal): Promise<BilledService[]>;
  /** Returns the figures that `pushUsage` would write; equal texts need not be written again. */
  toUsageText(usage: SourceUsage): string;
  /**
   * Writes usage and allowance into a service, by the value of its `ref`.
   *
   * @throws SluiceError `usage_refused` for one service; `billing_unavailable`. The same call may be repeated
   */
  pushUsage(id: string, usage: SourceUsage, signal?: AbortSignal): Promise<void>;
  /**
   * Returns whether the order of a pending service is paid, by the value of its `ref`.
   *
   * @throws SluiceError `order_unreadable` for one service; `billing_unavailable`
   */
  isPaid(id: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * Returns the invoices that the client of a service has still to pay and that have a line of it, by the value of its `ref`, the oldest
   * first; what is being collected is none. Null where that client has too many to be read one by one, and where they may not be read.
   *
   * @throws SluiceError `billing_unavailable`
   */
  openInvoices(id: string, signal?: AbortSignal): Promise<Invoice[] | null>;
  /**
   * Checks that the service to which `writeCredentials` will write exists; changes nothing.
   *
   * @throws SluiceError `credentials_refused` for one service; `billing_unavailable`
   */
  checkCredentials(id: string, signal?: AbortSignal): Promise<void>;
  /**
   * Writes the username and password of an account into a service, by the value of its `ref`.
   *
   * @throws SluiceError `credentials_refused` for one service; `billing_unavailable`. The same call may be repeated
   */
  writeCredentials(
    id: string,
    credentials: { username: string; password: string },
    signal?: AbortSignal,
  ): Promise<void>;
  /**
   * Writes the custom fields of a service that differ, by the value of its `ref`, and reads them back. Columns without a field are
   * left out, and so is a service that does not exist any more.
   *
   * @throws SluiceError `fields_refused` for one service; `billing_unavailable`. The same call may be repeated
   */
  writeFields(id: string, fields: SourceFields, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/** Services of a billing system, from exports of its tables. */
export interface ExportedServices {
  readonly tables: readonly OldTable[];
  /**
   * Returns its services by the rows of these tables. Pure.
   *
   * @throws SluiceError `bad_import` with every bad row and its line
   */
  read(tables: ReadonlyMap<string, readonly OldRow[]>): BilledService[];
}
