import type { PanelHttpOptions } from '@sluice/panel-http';
import type {
  CallRecord,
  Carrier,
  Country,
  Did,
  DidDestination,
  LineStatus,
  Rate,
  Route,
  Subscriber,
  TelephoneCustomer,
  TelephonePlan,
  Trunk,
} from '@sluice/quota-core/telephony';
import type { OperationName, Profile, ResourceName } from '../profile/schema.js';

/** The transport's options that a caller may set; the rest comes from the profile. */
type TransportOptions = Pick<
  PanelHttpOptions,
  | 'panel'
  | 'concurrency'
  | 'requestsPerSecond'
  | 'admit'
  | 'retry'
  | 'breaker'
  | 'tls'
  | 'proxy'
  | 'userAgent'
  | 'onCall'
  | 'clock'
  | 'random'
  | 'timeouts'
>;

/** Options of a client. `panel`, `baseUrl` and `token` are required. */
export interface AstbillingOptions extends TransportOptions {
  baseUrl: string;
  /** Accept plain `http`. Default no. */
  allowHttp?: boolean;
  /** A built-in profile, or one of `readProfile`. Default `default`. */
  profile?: 'default' | 'magnusbilling' | Profile;
  /** The credential; `KEY:SECRET` for signed requests, `USER:PASSWORD` for `basic`. Not needed for a profile without one. */
  token?: string;
  /** Makes keys of idempotency and nonces; random UUIDs by default. */
  newId?: () => string;
  /** Receives a sentence whenever the client reads more than was asked for, because the system has no such filter. */
  onWarning?: (warning: string) => void;
}

/** Options of every call. */
export interface AstbillingCallOptions {
  signal?: AbortSignal | undefined;
  /** E.g. the service's id, for the log. */
  tag?: string | undefined;
}

/** Further fields of a record by their names in the profile. */
export type ExtraValues = Readonly<Record<string, string | number | boolean | null>>;

/** Fields of a line to write. Fields of the customer are accepted where the profile keeps both in one record. */
export interface SubscriberValues {
  username?: string;
  customerId?: string;
  planId?: string;
  areaCode?: string;
  channels?: number | 'unlimited';
  status?: LineStatus;
  sipPassword?: string;
  callerId?: string | null;
  billingType?: 'postpaid' | 'prepaid';
  externalRef?: string | null;
  name?: string;
  document?: string | null;
  email?: string | null;
  phone?: string | null;
  /** Further fields by their names in the profile. */
  extra?: ExtraValues;
}

/** Fields of a number to write. Amounts are decimal text. */
export interface DidValues {
  number?: string;
  areaCode?: string;
  countryCode?: string;
  carrierId?: string | null;
  subscriberId?: string | null;
  destination?: DidDestination | null;
  channels?: number | 'unlimited' | null;
  monthlyPrice?: string;
  setupPrice?: string;
  currency?: string;
  status?: LineStatus | 'available';
  externalRef?: string | null;
  extra?: ExtraValues;
}

/** Fields of a customer to write. */
export interface CustomerValues {
  name?: string;
  document?: string | null;
  email?: string | null;
  phone?: string | null;
  externalRef?: string | null;
  status?: 'active' | 'suspended';
  extra?: ExtraValues;
}

/** Fields of a plan, carrier, trunk, route or rate to write, by the names of their record. */
export type CatalogueValues<Row> = { [Key in keyof Omit<Row, 'id' | 'extra'>]?: Row[Key] } & {
  /** Of a trunk. */
  password?: string;
  extra?: ExtraValues;
};

/** Filters by field; what the system can't filter is filtered here, with a warning. */
export type Filters<Row> = { [Key in keyof Omit<Row, 'extra'>]?: string };

/** Reads of one resource. */
export interface Reads<Row> {
  /** All records that the system returns for these filters. */
  list(filters?: Filters<Row>, options?: AstbillingCallOptions): Promise<Row[]>;
  /** The records whose fields are exactly these: a system's own filters may ignore case, accents or more. */
  find(filters: Filters<Row>, options?: AstbillingCallOptions): Promise<Row[]>;
  /** Null where the system has no record with this id. */
  get(id: string, options?: AstbillingCallOptions): Promise<Row | null>;
}

/** Reads and writes of one resource. A write that rejects with `outcomeUnknown` may have been made: read before you repeat it. */
export interface ReadsAndWrites<Row, Values> extends Reads<Row> {
  /** Creates a record and reads it back. */
  create(values: Values, options?: AstbillingCallOptions): Promise<Row>;
  /** Sends these fields only. */
  update(id: string, values: Values, options?: AstbillingCallOptions): Promise<void>;
}

/** Removal of a catalogue's record. */
export interface Removable {
  remove(id: string, options?: AstbillingCallOptions): Promise<void>;
}

/** The states of a line or number. */
export interface Lifecycle {
  suspend(id: string, options?: AstbillingCallOptions): Promise<void>;
  unsuspend(id: string, options?: AstbillingCallOptions): Promise<void>;
  /** Final. */
  terminate(id: string, options?: AstbillingCallOptions): Promise<void>;
}

/** What the system says of the credential. */
export interface TokenCheck {
  valid: boolean;
  subject: string | null;
  scopes: string[];
  /** ISO UTC. */
  expiresAt: string | null;
}

/** A call to be priced by the system. */
export interface SimulationRequest {
  planId?: string | undefined;
  subscriberId?: string | undefined;
  destination: string;
  durationSeconds: number;
  /** ISO 8601. */
  at: string;
}

/** The price of a call as the system computes it. Amounts are decimal text. */
export interface Simulation {
  destination: string | null;
  planId: string | null;
  rateId: string | null;
  prefix: string | null;
  description: string | null;
  pricePerMinute: string | null;
  connectionFee: string | null;
  initialIncrementSeconds: number | null;
  incrementSeconds: number | null;
  billedSeconds: number | null;
  charge: string;
  currency: string;
}

/** Which calls to read: those that started in a half-open range. */
export interface CallsRequest {
  /** ISO 8601. */
  from: string;
  to: string;
  subscriberId?: string | undefined;
  customerId?: string | undefined;
  /** E.164. */
  did?: string | undefined;
  direction?: 'outbound' | 'inbound' | undefined;
  /** Returns a record that can't be read with `NaN` seconds, instead of refusing the list, where its line and start can. */
  marksUnreadable?: boolean | undefined;
}

/** One page of call records. */
export interface CallPage {
  calls: CallRecord[];
  /** Records of this page that lie outside of the range or do not fit the filters, and were dropped. */
  dropped: number;
  /** The dropped ones that the system sent although it was asked not to. */
  unasked: CallRecord[];
  /** Records that the system states for the whole range; null: it does not say. */
  total: number | null;
}

/** A report that the system makes. */
export interface Report {
  id: string;
  status: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  rows: number | null;
  /** Decimal text. */
  totalCharge: string | null;
  /** Where the file is, as the system says it. */
  file: string | null;
}

/** A report to be made. */
export interface ReportRequest {
  type: string;
  format: string;
  subscriberId?: string | undefined;
  from: string;
  to: string;
}

/** How long to wait for a report. */
export interface ReportWait extends AstbillingCallOptions {
  /** Default 10 minutes. */
  timeoutMs?: number;
  /** Between two reads. Default 5 s. */
  intervalMs?: number;
}

/** One page of a resource, for checks of a profile. */
export interface ResourceSample {
  rows: number;
  total: number | null;
  firstId: string | null;
  /** Fields that the profile maps to wire names that no row has. */
  absentFields: string[];
}

/** A client of one telephony system. */
export interface AstbillingClient extends Disposable {
  readonly panel: string;
  readonly profile: Profile;
  /** Sentences for the operator about address and credential. */
  readonly warnings: readonly string[];
  /** Whether the profile has a way to do this; every other operation rejects before a request, `panelCode` `unsupported`. */
  supports(resource: ResourceName, operation: OperationName): boolean;
  /** Whether the system has the field. */
  hasField(resource: ResourceName, field: string): boolean;
  /** The system's clock less the local one in milliseconds, by the last answer; null before it. */
  clockDifference(): number | null;
  auth: { verify(options?: AstbillingCallOptions): Promise<TokenCheck> };
  subscribers: ReadsAndWrites<Subscriber, SubscriberValues> & Lifecycle;
  dids: ReadsAndWrites<Did, DidValues> &
    Lifecycle & {
      /** Links a number to a line: by the profile's `link`, else by an update. Not harmless to repeat. */
      link(id: string, subscriberId: string, options?: AstbillingCallOptions): Promise<void>;
      unlink(id: string, options?: AstbillingCallOptions): Promise<void>;
    };
  customers: ReadsAndWrites<TelephoneCustomer, CustomerValues> & Removable;
  plans: ReadsAndWrites<TelephonePlan, CatalogueValues<TelephonePlan>> & Removable;
  carriers: ReadsAndWrites<Carrier, CatalogueValues<Carrier>> & Removable;
  trunks: ReadsAndWrites<Trunk, CatalogueValues<Trunk>> & Removable;
  routes: ReadsAndWrites<Route, CatalogueValues<Route>> & Removable;
  rates: ReadsAndWrites<Rate, CatalogueValues<Rate>> & Removable;
  countries: Reads<Country>;
  simulator: { simulate(request: SimulationRequest, options?: AstbillingCallOptions): Promise<Simulation> };
  calls: {
    /**
     * Reads the records page by page and keeps one page only. Rejects when the list changes while it is read (`panelCode`
     * `list_changed`), lacks records (`list_incomplete`) or never ends (`list_endless`): what was read before is then not the whole.
     */
    pages(request: CallsRequest, options?: AstbillingCallOptions): AsyncGenerator<CallPage, void, undefined>;
  };
  reports: {
    create(request: ReportRequest, options?: AstbillingCallOptions): Promise<Report>;
    get(id: string, options?: AstbillingCallOptions): Promise<Report>;
    /** Waits until the report is ready; rejects when it failed, expired, or is not ready in time. */
    wait(id: string, options?: ReportWait): Promise<Report>;
    /** Streams the file; `sink` is called once per attempt, and the chunks of an attempt that fails have to be dropped. */
    download(
      report: Report,
      sink: () => (chunk: Buffer) => void,
      options?: AstbillingCallOptions & { maxBytes?: number },
    ): Promise<void>;
  };
  /** Reads one page and decodes it. */
  sample(
    resource: ResourceName,
    options?: AstbillingCallOptions & { range?: { from: string; to: string } },
  ): Promise<ResourceSample>;
  close(): void;
}
