/** A column of MagnusBilling without a counterpart in the other two wires. */
export type Extra = Record<string, string | number | null>;

export type LineState = 'active' | 'suspended' | 'terminated';
export type DidState = 'available' | LineState;
export type ReportState = 'queued' | 'running' | 'ready' | 'failed' | 'expired';

export interface CustomerRow {
  readonly id: string;
  name: string;
  document: string | null;
  email: string | null;
  phone: string | null;
  externalRef: string | null;
  status: 'active' | 'suspended';
  createdAt: number;
}

/** A line. MagnusBilling calls it a user. */
export interface SubscriberRow {
  readonly id: string;
  username: string;
  customerId: string;
  planId: string | null;
  areaCode: string;
  /** null: unlimited. */
  channels: number | null;
  status: LineState;
  password: string;
  callerId: string | null;
  billingType: 'postpaid' | 'prepaid';
  externalRef: string | null;
  createdAt: number;
  updatedAt: number;
  /** In ten-thousandths. */
  credit: bigint;
  readonly extra: Extra;
}

export interface DidRow {
  readonly id: string;
  /** `+` and digits where the number has such a form, otherwise digits. */
  number: string;
  areaCode: string | null;
  carrierId: string | null;
  subscriberId: string | null;
  destination: { type: string; value: string | null } | null;
  channels: number | null;
  monthlyPrice: string;
  setupPrice: string;
  status: DidState;
  externalRef: string | null;
  changedAt: number;
  readonly extra: Extra;
}

/** Plans, carriers, trunks, routes, rates and countries: canonical columns and what MagnusBilling adds. */
export interface CatalogueRow {
  readonly id: string;
  readonly fields: Record<string, unknown>;
  readonly extra: Extra;
}

/** One row of call records. Amounts are decimal text, as the system wrote them. */
export interface CallRow {
  readonly id: string;
  uniqueId: string;
  direction: 'outbound' | 'inbound';
  subscriberId: string;
  source: string | null;
  destination: string;
  description: string | null;
  did: string | null;
  rateId: string | null;
  prefix: string | null;
  startedAt: number;
  /** Milliseconds since 1970; null: never answered. */
  answeredAt: number | null;
  endedAt: number;
  durationSeconds: number;
  talkSeconds: number;
  billedSeconds: number;
  pricePerMinute: string | null;
  /** null: not rated yet. */
  charge: string | null;
  currency: string;
  disposition: string;
  /** When the row shows up in lists. */
  visibleAt: number;
  /** A text message, which MagnusBilling keeps among the calls. */
  isMessage: boolean;
}

export interface ReportRow {
  readonly id: string;
  readonly subscriberId: string;
  readonly from: number;
  readonly until: number;
  readonly createdAt: number;
  /** Reads since its creation. */
  reads: number;
  finishedAt: number | null;
}

/** A SIP account of MagnusBilling. */
export interface SipRow {
  readonly id: number;
  userId: string;
  name: string;
  secret: string;
  callerId: string;
  readonly extra: Extra;
}

/** A destination of a DID in MagnusBilling. */
export interface DestinationRow {
  readonly id: number;
  didId: string;
  userId: string;
  sipId: number | null;
  readonly extra: Extra;
}

/** A prefix of MagnusBilling, to which rates refer. */
export interface PrefixRow {
  readonly id: number;
  prefix: string;
  destination: string;
}

export interface RefillRow {
  readonly id: number;
  readonly userId: string;
  readonly at: number;
  readonly amount: string;
  readonly description: string;
  readonly payment: number;
}

/** A customer to add. */
export interface NewAstCustomer {
  readonly id?: string;
  readonly name?: string;
  readonly document?: string;
  readonly email?: string;
  readonly phone?: string;
  readonly externalRef?: string;
}

/** A line to add. */
export interface NewAstSubscriber {
  readonly id?: string;
  readonly username: string;
  /** Default: a customer of the same name is added. */
  readonly customer?: string;
  readonly plan?: string;
  readonly areaCode?: string;
  readonly channels?: number | null;
  readonly status?: LineState;
  readonly password?: string;
  readonly callerId?: string;
  readonly billingType?: 'postpaid' | 'prepaid';
  readonly externalRef?: string;
  /** Decimal text; MagnusBilling's only. Default `0`. */
  readonly credit?: string;
}

/** A number to add. */
export interface NewAstDid {
  readonly id?: string;
  /** `+` and digits where the number has such a form, otherwise digits. */
  readonly number: string;
  readonly subscriber?: string;
  readonly carrier?: string;
  readonly monthlyPrice?: string;
  readonly setupPrice?: string;
  readonly status?: DidState;
  readonly externalRef?: string;
}

/** A call to add. Instants are milliseconds since 1970 or ISO 8601 text; amounts are decimal text. */
export interface NewAstCall {
  readonly id?: string;
  readonly subscriber: string;
  readonly startedAt: number | string;
  /** Default: `startedAt` and no ringing. */
  readonly ringSeconds?: number;
  readonly talkSeconds: number;
  /** Default: `talkSeconds`. */
  readonly billedSeconds?: number;
  /** null: not rated yet. Default `0.0000`. */
  readonly charge?: string | null;
  readonly pricePerMinute?: string | null;
  readonly currency?: string;
  readonly direction?: 'outbound' | 'inbound';
  /** `+` and digits, or any other text. */
  readonly source?: string | null;
  readonly destination?: string;
  readonly description?: string | null;
  readonly did?: string | null;
  readonly rate?: string | null;
  readonly prefix?: string | null;
  /** Default `ANSWERED`, `NO ANSWER` without talk. */
  readonly disposition?: string;
  readonly uniqueId?: string;
  /** A late record: lists show it from this instant on. Default: at once. */
  readonly visibleAt?: number | string;
  /** A text message, as MagnusBilling keeps it: 60 seconds once it was sent, and none else. */
  readonly isMessage?: boolean;
}

/** A call as lists hold it. */
export interface AstCallState {
  readonly id: string;
  readonly subscriber: string;
  readonly startedAt: string;
  readonly charge: string | null;
}
