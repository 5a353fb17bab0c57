/** Whether a line or a number can be used. `terminated` never comes back. */
export type LineStatus = 'active' | 'suspended' | 'terminated';

/** A customer of a telephony system. */
export interface TelephoneCustomer {
  id: string;
  name: string | null;
  /** Digits of a CPF or CNPJ, or another system's document. */
  document: string | null;
  email: string | null;
  phone: string | null;
  /** Ours is `SYSTEM:client:ID`; other text is somebody's note. */
  externalRef: string | null;
  status: 'active' | 'suspended';
  /** ISO UTC. */
  createdAt: string | null;
}

/** A line: somebody who makes and receives calls with credentials of SIP. */
export interface Subscriber {
  id: string;
  username: string;
  customerId: string | null;
  planId: string | null;
  areaCode: string | null;
  /** Calls at the same time; null: not known, `unlimited`: no limit. */
  channels: number | 'unlimited' | null;
  status: LineStatus;
  /** The system's own value of `status`; absent where it has only one for this status. */
  statusValue?: string;
  sip: { username: string | null; domain: string | null; passwordSet: boolean | null };
  callerId: string | null;
  billingType: 'postpaid' | 'prepaid' | null;
  /** Ours is `SYSTEM:service:ID`; other text is somebody's note. */
  externalRef: string | null;
  /** ISO UTC. */
  createdAt: string | null;
  /** ISO UTC. */
  updatedAt: string | null;
  /** Further fields that the profile names. */
  extra: Readonly<Record<string, unknown>>;
}

/** Where calls to a number go. */
export interface DidDestination {
  type: 'subscriber' | 'number' | 'none';
  value: string | null;
}

/** A number that can be called from outside. Amounts are decimal text. */
export interface Did {
  id: string;
  number: string;
  areaCode: string | null;
  countryCode: string | null;
  carrierId: string | null;
  subscriberId: string | null;
  destination: DidDestination | null;
  channels: number | 'unlimited' | null;
  monthlyPrice: string | null;
  setupPrice: string | null;
  currency: string;
  status: LineStatus | 'available';
  /** The system's own value of `status`; absent where it has only one for this status. */
  statusValue?: string;
  externalRef: string | null;
  extra: Readonly<Record<string, unknown>>;
}

/** A plan of the telephony system. Amounts are decimal text. */
export interface TelephonePlan {
  id: string;
  name: string;
  description: string | null;
  monthlyPrice: string | null;
  currency: string;
  includedMinutes: number | null;
  status: string;
  extra: Readonly<Record<string, unknown>>;
}

/** Price of calls to the numbers that begin with a prefix. Amounts are decimal text. */
export interface Rate {
  id: string;
  planId: string | null;
  /** Digits with the country's code; empty: any number. */
  prefix: string;
  description: string | null;
  countryCode: string | null;
  pricePerMinute: string;
  connectionFee: string;
  initialIncrementSeconds: number;
  incrementSeconds: number;
  minimumSeconds: number;
  /** Shorter calls are free. */
  minChargeableSeconds: number;
  /** First day it is valid (`YYYY-MM-DD`); null: always. */
  validFrom: string | null;
  /** First day it is not valid any more; null: open. */
  validTo: string | null;
  routeId: string | null;
  status: string;
  extra: Readonly<Record<string, unknown>>;
}

/** How a call ended; a word that is not known is kept as it came. */
export type Disposition = 'ANSWERED' | 'NO ANSWER' | 'BUSY' | 'FAILED' | 'CONGESTION' | (string & {});

/** The record of one call. Instants are ISO UTC, amounts decimal text with every digit of the wire. */
export interface CallRecord {
  /** Unique; what repeats are recognised by. */
  id: string;
  /** Id of the channel; several records of one call may share it. */
  uniqueId: string | null;
  direction: 'outbound' | 'inbound';
  subscriberId: string | null;
  username: string | null;
  source: string | null;
  destination: string | null;
  destinationDescription: string | null;
  did: string | null;
  carrierId: string | null;
  trunkId: string | null;
  rateId: string | null;
  prefix: string | null;
  startedAt: string;
  answeredAt: string | null;
  endedAt: string | null;
  /** With ringing; null where the system does not keep it. */
  durationSeconds: number | null;
  /** From the answer to the end. */
  talkSeconds: number;
  /** After increments; null where the system does not say. */
  billedSeconds: number | null;
  pricePerMinute: string | null;
  /** What the system charged; null: not rated yet, which is not zero. */
  charge: string | null;
  currency: string;
  disposition: Disposition;
  /** The record is in the system's archive, under another id than before. */
  isArchived?: true;
}

/** A telephone company behind trunks and numbers. */
export interface Carrier {
  id: string;
  name: string;
  code: string | null;
  /** Two digits that select the carrier, as dialled in Brazil. */
  csp: string | null;
  status: string;
  extra: Readonly<Record<string, unknown>>;
}

/** A country with its calling code. */
export interface Country {
  id: string;
  name: string;
  iso2: string | null;
  callingCode: string | null;
  extra: Readonly<Record<string, unknown>>;
}

/** A connection to a carrier. Its password is never read. */
export interface Trunk {
  id: string;
  name: string;
  carrierId: string | null;
  host: string | null;
  port: number | null;
  transport: string | null;
  username: string | null;
  maxChannels: number | 'unlimited' | null;
  /** As the system writes it: a number of digits, or the digits. */
  stripDigits: string | null;
  addPrefix: string | null;
  status: string;
  extra: Readonly<Record<string, unknown>>;
}

/** The trunks that calls to a prefix go through. */
export interface Route {
  id: string;
  name: string;
  prefix: string | null;
  priority: number | null;
  trunkIds: string[];
  status: string;
  extra: Readonly<Record<string, unknown>>;
}
