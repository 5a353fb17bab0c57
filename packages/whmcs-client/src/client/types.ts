import type { PanelHttpOptions } from '@sluice/panel-http';
import type {
  WhmcsInvoiceRow,
  WhmcsTransaction,
  WhmcsInvoice,
  WhmcsNewInvoice,
  WhmcsInvoiceChange,
  WhmcsCreditEntry,
  WhmcsInvoiceFilter,
} from './invoice-types.js';

/**
 * Why WHMCS refused a call, by its message; the `panelCode` of the error. `ip_not_allowed` names the address that WHMCS saw,
 * `permission` the action, `api_error` is any other text.
 */
export type WhmcsRefusal =
  | 'auth'
  | 'ip_not_allowed'
  | 'permission'
  | 'not_found'
  | 'invalid_request'
  | 'state'
  | 'api_error';

/** Settings of a client. Those of the transport are described in `@sluice/panel-http`. */
export interface WhmcsOptions extends Pick<
  PanelHttpOptions,
  'panel' | 'timeouts' | 'retry' | 'breaker' | 'tls' | 'proxy' | 'maxBodyBytes' | 'onCall' | 'clock' | 'random'
> {
  /** The folder that holds `includes/api.php`; a pasted `/includes/api.php` or `/admin` is removed. */
  baseUrl: string;
  /** Accept a plain `http` address. Default false. */
  allowHttp?: boolean;
  /** Identifier of the API credentials. */
  identifier: string;
  /** Secret of the API credentials. */
  secret: string;
  /** `$api_access_key` of WHMCS: calls from any address are accepted with it. */
  accessKey?: string;
  /** Rows requested per page. Default 100. */
  pageSize?: number;
}

/** Options of one call. */
export interface WhmcsCallOptions {
  signal?: AbortSignal | undefined;
  /** E.g. the id of a service, for the log. */
  tag?: string | undefined;
}

/** A row of a list that can't be read. */
export interface WhmcsUnreadRow {
  /** Null where that is what can't be read. */
  id: string | null;
  /** Its field, and what was expected there. */
  message: string;
}

/** Options of a list. */
export interface WhmcsListOptions extends WhmcsCallOptions {
  /** Receives the rows that can't be read once the list is complete; without it one of them makes the list fail. */
  onUnread?: ((row: WhmcsUnreadRow) => void) | undefined;
}

/** A client of WHMCS in the list of clients. */
export interface WhmcsClientRow {
  id: string;
  /** Entities decoded. */
  firstName: string;
  /** Entities decoded. */
  lastName: string;
  company: string;
  email: string;
  /** Empty where WHMCS does not return it: the list of clients is documented without it. */
  taxId: string;
  status: string;
  /** As WHMCS names it, such as `farsi`; empty for that of the installation, null where it is not returned: the list of clients is without it. */
  language: string | null;
}

/** A client of WHMCS. */
export interface WhmcsClientRecord extends WhmcsClientRow {
  /** ISO 4217; null where WHMCS does not return it. */
  currency: string | null;
  /** Credit balance, decimal text. */
  credit: string;
  /** Code of two letters (ISO 3166); empty where the client has none. */
  country: string;
  /** As the client wrote it, entities decoded, and its code where WHMCS knows one. */
  states: readonly string[];
  /** Whether no tax is added for the client. */
  taxExempt: boolean;
  /** The names as they were sent, entities included. */
  raw: { firstName: string; lastName: string; company: string };
}

/** A custom field with a value. */
export interface WhmcsCustomField {
  id: string;
  /** Entities decoded. */
  name: string;
  /** Entities decoded. */
  value: string;
  /** As it was sent. */
  rawValue: string;
}

/** A configurable option of a service. */
export interface WhmcsConfigOption {
  id: string;
  option: string;
  type: string;
  value: string;
}

/** A service (a product of a client). WHMCS sends its password too: it is dropped while the answer is parsed. */
export interface WhmcsService {
  id: string;
  clientId: string;
  /** Null for a service without an order. */
  orderId: string | null;
  orderNumber: string;
  productId: string | null;
  product: string;
  group: string;
  domain: string;
  username: string;
  /** As somebody typed it; empty for none. */
  dedicatedIp: string;
  /** Further addresses as somebody typed them, usually one in a line; empty for none. */
  assignedIps: string;
  /** As WHMCS writes it: Pending, Active, Suspended, Terminated, Cancelled, Fraud, Completed or another. */
  status: string;
  billingCycle: string;
  /** As `nextDueDate`. */
  registeredOn: string | null;
  /** `YYYY-MM-DD` on the server's calendar, another text as WHMCS has it; null for none. */
  nextDueDate: string | null;
  /** As WHMCS has it. */
  recurringAmount: string;
  suspensionReason: string;
  /** The automatic suspension is off, until `suspendNotBefore` (written as `nextDueDate`) where that is set. */
  overrideAutoSuspend: boolean;
  suspendNotBefore: string | null;
  /** The service's bandwidth fields; null when empty. */
  bandwidthUsage: number | null;
  bandwidthLimit: number | null;
  customFields: WhmcsCustomField[];
  configOptions: WhmcsConfigOption[];
}

/** Fields of a service to be changed; absent ones stay. */
export interface WhmcsServiceChange {
  status?: string;
  username?: string;
  password?: string;
  domain?: string;
  nextDueDate?: string;
  bandwidthUsage?: number;
  bandwidthLimit?: number;
  /** Values by the id of the custom field. */
  customFields?: Record<string, string>;
}

/** A product that WHMCS sells. */
export interface WhmcsProduct {
  id: string;
  groupId: string | null;
  name: string;
  module: string;
  customFields: { id: string; name: string }[];
}

/** An order of a client. */
export interface WhmcsOrder {
  id: string;
  clientId: string;
  /** Null for an order without an invoice. */
  invoiceId: string | null;
  /** As WHMCS writes it: Pending, Active, Fraud, Cancelled or another. */
  status: string;
}

/** An addon of a service. */
export interface WhmcsAddon {
  id: string;
  serviceId: string;
}

/** Filter of the list of services. */
export interface WhmcsServiceFilter {
  clientId?: string;
  serviceId?: string;
  productId?: string;
}

/**
 * A typed client of the WHMCS API. Reads are repeated after a failure, writes never: a write without a readable answer has
 * `outcomeUnknown` in its error. Lists are complete or fail. One call is sent at a time.
 */
export interface WhmcsClient extends Disposable {
  readonly panel: string;
  /** Sentences for the operator about the configured address. */
  readonly warnings: readonly string[];
  /** Reads the version of WHMCS: a test of address, credentials and permission. */
  version(options?: WhmcsCallOptions): Promise<string>;
  /**
   * Tests whether the role of the credentials allows an action that reads: calls it without naming an object.
   *
   * @throws PanelForbiddenError `permission`, and the errors of a call that WHMCS did not answer
   */
  probe(action: string, options?: WhmcsCallOptions): Promise<void>;
  readonly clients: {
    /** @throws PanelNotFoundError */
    get(id: string, options?: WhmcsCallOptions): Promise<WhmcsClientRecord>;
    list(options?: WhmcsListOptions): Promise<WhmcsClientRow[]>;
  };
  readonly services: {
    list(filter?: WhmcsServiceFilter, options?: WhmcsListOptions): Promise<WhmcsService[]>;
    /** The addons of one service. */
    addons(serviceId: string, options?: WhmcsCallOptions): Promise<WhmcsAddon[]>;
    /** The same change twice has the same result. */
    update(id: string, change: WhmcsServiceChange, options?: WhmcsCallOptions): Promise<void>;
  };
  readonly products: {
    list(
      filter?: { ids?: readonly string[]; groupId?: string; module?: string },
      options?: WhmcsListOptions,
    ): Promise<WhmcsProduct[]>;
  };
  readonly orders: {
    /** Null where there is no such order. */
    get(id: string, options?: WhmcsCallOptions): Promise<WhmcsOrder | null>;
  };
  readonly invoices: {
    list(filter?: WhmcsInvoiceFilter, options?: WhmcsCallOptions): Promise<WhmcsInvoiceRow[]>;
    /** @throws PanelNotFoundError */
    get(id: string, options?: WhmcsCallOptions): Promise<WhmcsInvoice>;
    /** Returns the invoice's id. A repeat makes another invoice. */
    create(invoice: WhmcsNewInvoice, options?: WhmcsCallOptions): Promise<string>;
    update(id: string, change: WhmcsInvoiceChange, options?: WhmcsCallOptions): Promise<void>;
    /** Pays from the client's credit. WHMCS refuses more than the balance of the invoice or of the credit. */
    applyCredit(id: string, amount: string, options?: WhmcsCallOptions): Promise<void>;
  };
  readonly credits: {
    list(clientId: string, options?: WhmcsCallOptions): Promise<WhmcsCreditEntry[]>;
    /** A repeat adds it again. */
    add(credit: { clientId: string; description: string; amount: string }, options?: WhmcsCallOptions): Promise<void>;
  };
  readonly transactions: {
    list(
      filter: { invoiceId?: string; clientId?: string; transactionId?: string },
      options?: WhmcsCallOptions,
    ): Promise<WhmcsTransaction[]>;
  };
  /** Ends the connections. */
  close(): void;
}
