import type { ServiceRecord } from '@sluice/quota-core';
import type {
  CallRecord,
  Carrier,
  Country,
  Did,
  Rate,
  RatingRules,
  Route,
  Subscriber,
  TelephoneCustomer,
  TelephonePlan,
  Trunk,
} from '@sluice/quota-core/telephony';
import type { ProductSettings } from './settings.js';

/** The lists of a telephony system, with their records. */
export interface TelephonyRecords {
  customers: TelephoneCustomer;
  subscribers: Subscriber;
  dids: Did;
  plans: TelephonePlan;
  carriers: Carrier;
  trunks: Trunk;
  routes: Route;
  rates: Rate;
  countries: Country;
}

/** Name of a list. */
export type TelephonyResource = keyof TelephonyRecords;

/** Fields of a record to write, by the names of the record; amounts are decimal text. Further fields are in `extra`. */
export type TelephonyValues = Readonly<Record<string, unknown>>;

/** How the text of a field is read: `secret` is only ever written, `computed` is only read. */
export type TelephonyFieldType =
  | 'text'
  | 'document'
  | 'id'
  | 'ids'
  | 'phone'
  | 'money'
  | 'date'
  | 'integer'
  | 'channels'
  | 'boolean'
  | 'destination'
  | 'secret'
  | 'computed';

/** A field of a list that the system has. */
export interface TelephonyField {
  /** As documents name it: `plan_id`. */
  name: string;
  type: TelephonyFieldType;
  /** A further field, which only the operator's profile names. */
  isExtra: boolean;
  /** Whether the system changes it in a record; a new record may have it all the same. */
  isChangeable: boolean;
}

/** What a telephony system may lack. */
export type TelephonyOperation =
  | { resource: TelephonyResource; operation: 'list' | 'get' | 'create' | 'set' | 'remove' }
  | { resource: 'calls'; operation: 'read' }
  | { resource: 'calls'; operation: 'simulate' }
  | { resource: 'reports'; operation: 'create' };

/** Which calls to read: those that started from `from` on and before `to`. */
export interface CallFilter {
  /** ISO 8601 with an offset or `Z`. */
  from: string;
  to: string;
  subscriberId?: string | undefined;
  customerId?: string | undefined;
  /** A number in its canonical form. */
  did?: string | undefined;
  direction?: 'inbound' | 'outbound' | undefined;
  /**
   * A record that can't be read comes without charge and with `NaN` seconds, as long as it says whose it is and when it started; else
   * and by default the list can't be read.
   */
  marksUnreadable?: boolean;
}

/** One page of call records, in the system's order. */
export interface CallPage {
  calls: CallRecord[];
  /** Records that the system sent although it was asked for another range or line. */
  unasked?: readonly CallRecord[];
  /** Records that the system states for the whole range; null where it does not say. */
  total: number | null;
}

/** A call to be priced by the system. */
export interface CallToSimulate {
  planId?: string | undefined;
  subscriberId?: string | undefined;
  /** In its canonical form. */
  destination: string;
  durationSeconds: number;
  /** ISO 8601. */
  at: string;
}

/** The price of a call as the system computes it. Amounts are decimal text. */
export interface SimulatedCall {
  rateId: string | null;
  prefix: string | null;
  description: string | null;
  pricePerMinute: string | null;
  connectionFee: string | null;
  billedSeconds: number | null;
  charge: string;
  currency: string;
}

/** A report that the system makes by itself. */
export interface CallReportRequest {
  subscriberId?: string | undefined;
  from: string;
  to: string;
}

/** State of such a report. */
export interface CallReportJob {
  id: string;
  status: 'queued' | 'running' | 'ready' | 'failed' | 'expired';
  rows: number | null;
  /** Decimal text. */
  totalCharge: string | null;
}

/** What the system says of the credential. */
export interface TelephonyToken {
  valid: boolean;
  subject: string | null;
  scopes: readonly string[];
  /** ISO UTC. */
  expiresAt: string | null;
}

/** How the calls of a product's services are billed. */
export interface CallTerms {
  /** `anniversary`: from the day of the month on which the subscriber was registered. */
  period: 'previous-month' | 'anniversary';
  /** How long after its end a period stays open. */
  graceMinutes: number;
  /** Used where the subscriber's record does not say it. */
  billingType: 'postpaid' | 'prepaid';
}

/** What of a record shows whether it was removed. */
export interface RemovableState {
  status: unknown;
  subscriberId: unknown;
}

/**
 * The calls, lines and catalogue of a telephony panel. All methods reject with a `PanelError`; a write that rejects with
 * `outcomeUnknown` may have been made, and is never repeated by itself. What the system lacks rejects before any call.
 */
export interface PanelTelephony {
  /** Part of the key of every bill: it stays when the panel is renamed. */
  readonly installation: string;
  /** ISO 4217; a call in another currency is not billed. */
  readonly currency: string;
  /** ISO 3166; numbers are read by its rules. */
  readonly country: string;
  /** The billing zone (IANA). */
  readonly timeZone: string;
  /** How the system computes charges; absent: as Astbilling. */
  readonly rating?: RatingRules | undefined;
  /** First local day that may be billed without naming a period; null: none. */
  readonly billFrom: string | null;
  /** Returns why the system can't do this; null where it can. Pure. */
  unsupported(operation: TelephonyOperation): string | null;
  /** Returns the fields of a list that the system has. Pure. */
  fields(resource: TelephonyResource): readonly TelephonyField[];
  /** Returns the id of a service's line, by its refs; null where it is not known. Pure. */
  findSubscriber(service: ServiceRecord): string | null;
  /** Returns the names of fields of a service's line that a reconcile sets to what the service says. Pure. Absent: none. */
  repaired?(service: ServiceRecord): readonly string[];
  /** Returns why a line is not the service's, though the service names it; null where nothing contradicts. Absent: never. Pure. */
  ownerConflict?(service: ServiceRecord, line: TelephonyRecords['subscribers']): string | null;
  /** Returns why the calls of a line can't be billed by their charges; null where they can. Absent: always. Pure. */
  billingConflict?(line: TelephonyRecords['subscribers']): string | null;
  /** Returns whether a record that is listed was removed. Absent: what is listed is there. Pure. */
  isRemoved?(resource: TelephonyResource, shown: RemovableState): boolean;
  /** Returns how calls of a product are billed. Pure. */
  terms(product: ProductSettings): CallTerms;
  /**
   * Reads call records page by page; only one page is kept. Rejects with `panelCode` `list_changed` when the list changed while
   * it was read: what came before is then not the whole.
   */
  calls(filter: CallFilter, signal?: AbortSignal): AsyncIterable<CallPage>;
  /** All records with exactly these fields. */
  list<Name extends TelephonyResource>(
    resource: Name,
    filters?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<TelephonyRecords[Name][]>;
  /** Null where the system has no record with this id. */
  get<Name extends TelephonyResource>(
    resource: Name,
    id: string,
    signal?: AbortSignal,
  ): Promise<TelephonyRecords[Name] | null>;
  /** Returns the new record as it is read back. */
  create<Name extends TelephonyResource>(
    resource: Name,
    values: TelephonyValues,
    signal?: AbortSignal,
  ): Promise<TelephonyRecords[Name]>;
  /** Changes these fields only. */
  set(
    change: { resource: TelephonyResource; id: string; values: TelephonyValues },
    signal?: AbortSignal,
  ): Promise<void>;
  remove(resource: TelephonyResource, id: string, signal?: AbortSignal): Promise<void>;
  /** Null where the system has no simulator. */
  readonly simulate: ((call: CallToSimulate, signal?: AbortSignal) => Promise<SimulatedCall>) | null;
  /** Null where the system makes no reports. */
  readonly reports: {
    create(request: CallReportRequest, signal?: AbortSignal): Promise<CallReportJob>;
    get(id: string, signal?: AbortSignal): Promise<CallReportJob>;
    /** Streams the file of a report that is ready; after an error the chunks so far have to be dropped. */
    download(id: string, onChunk: (chunk: Uint8Array) => Promise<void> | void, signal?: AbortSignal): Promise<void>;
  } | null;
  verifyToken(signal?: AbortSignal): Promise<TelephonyToken>;
}
