import type {
  CallRecord,
  Carrier,
  Country,
  Did,
  LineStatus,
  Rate,
  Route,
  Subscriber,
  TelephoneCustomer,
  TelephonePlan,
  Trunk,
} from '@sluice/quota-core/telephony';
import type { CanonicalRecord } from '../wire/codec.js';
import type { Report, Simulation } from './types.js';
import { Fields } from './record-fields.js';

const STATES: readonly LineStatus[] = ['active', 'suspended', 'terminated'];

function toSubscriber(record: CanonicalRecord): Subscriber {
  const fields = new Fields('subscribers', record);
  const sip = (record['sip'] ?? {}) as {
    username?: string | null;
    domain?: string | null;
    password_set?: boolean | null;
  };
  return {
    id: fields.required('id'),
    username: fields.required('username'),
    customerId: fields.text('customer_id'),
    planId: fields.text('plan_id'),
    areaCode: fields.text('area_code'),
    channels: fields.channels('channels'),
    status: fields.word('status', STATES),
    ...fields.statusValue,
    sip: { username: sip.username ?? null, domain: sip.domain ?? null, passwordSet: sip.password_set ?? null },
    callerId: fields.text('caller_id'),
    billingType: fields.optionalWord('billing_type', ['postpaid', 'prepaid']),
    externalRef: fields.text('external_ref'),
    createdAt: fields.text('created_at'),
    updatedAt: fields.text('updated_at'),
    extra: fields.extra,
  };
}

function toDid(record: CanonicalRecord): Did {
  const fields = new Fields('dids', record);
  return {
    id: fields.required('id'),
    number: fields.required('number'),
    areaCode: fields.text('area_code'),
    countryCode: fields.text('country_code'),
    carrierId: fields.text('carrier_id'),
    subscriberId: fields.text('subscriber_id'),
    destination: toDestination(fields, record['destination']),
    channels: fields.channels('channels'),
    monthlyPrice: fields.text('monthly_price'),
    setupPrice: fields.text('setup_price'),
    currency: fields.text('currency') ?? 'BRL',
    status: fields.word('status', [...STATES, 'available']),
    ...fields.statusValue,
    externalRef: fields.text('external_ref'),
    extra: fields.extra,
  };
}

function toDestination(fields: Fields, value: unknown): Did['destination'] {
  if (typeof value !== 'object' || value === null) return null;
  const { type, value: goal } = value as { type: string; value: string | null };
  if (type === 'subscriber' || type === 'number' || type === 'none') return { type, value: goal };
  throw fields.mismatch('destination', 'expected the type subscriber, number or none');
}

function toCustomer(record: CanonicalRecord): TelephoneCustomer {
  const fields = new Fields('customers', record);
  return {
    id: fields.required('id'),
    name: fields.text('name'),
    document: fields.text('document'),
    email: fields.text('email'),
    phone: fields.text('phone'),
    externalRef: fields.text('external_ref'),
    status: fields.optionalWord('status', ['active', 'suspended']) ?? 'active',
    createdAt: fields.text('created_at'),
  };
}

function toPlan(record: CanonicalRecord): TelephonePlan {
  const fields = new Fields('plans', record);
  return {
    id: fields.required('id'),
    name: fields.required('name'),
    description: fields.text('description'),
    monthlyPrice: fields.text('monthly_price'),
    currency: fields.text('currency') ?? 'BRL',
    includedMinutes: fields.number('included_minutes'),
    status: fields.text('status') ?? 'active',
    extra: fields.extra,
  };
}

function toCarrier(record: CanonicalRecord): Carrier {
  const fields = new Fields('carriers', record);
  return {
    id: fields.required('id'),
    name: fields.required('name'),
    code: fields.text('code'),
    csp: fields.text('csp'),
    status: fields.text('status') ?? 'active',
    extra: fields.extra,
  };
}

function toCountry(record: CanonicalRecord): Country {
  const fields = new Fields('countries', record);
  return {
    id: fields.required('id'),
    name: fields.required('name'),
    iso2: fields.text('iso2'),
    callingCode: fields.text('calling_code'),
    extra: fields.extra,
  };
}

function toTrunk(record: CanonicalRecord): Trunk {
  const fields = new Fields('trunks', record);
  return {
    id: fields.required('id'),
    name: fields.required('name'),
    carrierId: fields.text('carrier_id'),
    host: fields.text('host'),
    port: fields.number('port'),
    transport: fields.text('transport'),
    username: fields.text('username'),
    maxChannels: fields.channels('max_channels'),
    stripDigits: fields.text('strip_digits'),
    addPrefix: fields.text('add_prefix'),
    status: fields.text('status') ?? 'active',
    extra: fields.extra,
  };
}

function toRoute(record: CanonicalRecord): Route {
  const fields = new Fields('routes', record);
  return {
    id: fields.required('id'),
    name: fields.required('name'),
    prefix: typeof record['prefix'] === 'string' ? record['prefix'] : null,
    priority: fields.number('priority'),
    trunkIds: (record['trunk_ids'] ?? []) as string[],
    status: fields.text('status') ?? 'active',
    extra: fields.extra,
  };
}

function toRate(record: CanonicalRecord): Rate {
  const fields = new Fields('rates', record);
  const { prefix } = record;
  // An empty prefix is the default rate; an absent one is a rate whose prefix is gone.
  if (typeof prefix !== 'string') throw fields.mismatch('prefix', 'a rate without a prefix came');
  return {
    id: fields.required('id'),
    planId: fields.text('plan_id'),
    prefix,
    description: fields.text('description'),
    countryCode: fields.text('country_code'),
    pricePerMinute: fields.required('price_per_minute'),
    connectionFee: fields.text('connection_fee') ?? '0',
    initialIncrementSeconds: fields.seconds('initial_increment_seconds'),
    incrementSeconds: fields.seconds('increment_seconds'),
    minimumSeconds: fields.number('minimum_seconds') ?? 0,
    minChargeableSeconds: fields.number('min_chargeable_seconds') ?? 0,
    validFrom: fields.text('valid_from'),
    validTo: fields.text('valid_to'),
    routeId: fields.text('route_id'),
    status: fields.text('status') ?? 'active',
    extra: fields.extra,
  };
}

function toCall(record: CanonicalRecord): CallRecord {
  const fields = new Fields('cdrs', record);
  return {
    id: fields.required('id'),
    uniqueId: fields.text('unique_id'),
    direction: fields.word('direction', ['outbound', 'inbound']),
    subscriberId: fields.text('subscriber_id'),
    username: fields.text('username'),
    source: fields.text('source'),
    destination: fields.text('destination'),
    destinationDescription: fields.text('destination_description'),
    did: fields.text('did'),
    carrierId: fields.text('carrier_id'),
    trunkId: fields.text('trunk_id'),
    rateId: fields.text('rate_id'),
    prefix: fields.text('prefix'),
    startedAt: fields.required('started_at'),
    answeredAt: fields.text('answered_at'),
    endedAt: fields.text('ended_at'),
    durationSeconds: fields.number('duration_seconds'),
    talkSeconds: fields.seconds('talk_seconds'),
    billedSeconds: fields.number('billed_seconds'),
    pricePerMinute: fields.text('price_per_minute'),
    // Never a default: a call without a charge was not rated, which is not zero.
    charge: fields.text('charge'),
    currency: fields.text('currency') ?? 'BRL',
    disposition: fields.required('disposition'),
  };
}

/** Returns what is known of a call that can't be read as a whole; null where its line or start is not. */
export function toUnreadableCall(record: CanonicalRecord): CallRecord | null {
  const fields = new Fields('cdrs', record);
  if (fields.text('subscriber_id') === null || fields.text('started_at') === null) return null;
  const call = toCall({ ...record, direction: 'outbound', talk_seconds: 0, disposition: 'FAILED' });
  return { ...call, talkSeconds: Number.NaN, charge: null };
}

/** Converts the canonical records of each list. */
export const CONVERTERS = {
  subscribers: toSubscriber,
  dids: toDid,
  customers: toCustomer,
  plans: toPlan,
  carriers: toCarrier,
  countries: toCountry,
  trunks: toTrunk,
  routes: toRoute,
  rates: toRate,
  cdrs: toCall,
};

export function toSimulation(record: CanonicalRecord): Simulation {
  const fields = new Fields('simulator', record);
  return {
    destination: fields.text('destination'),
    planId: fields.text('plan_id'),
    rateId: fields.text('rate_id'),
    prefix: fields.text('prefix'),
    description: fields.text('description'),
    pricePerMinute: fields.text('price_per_minute'),
    connectionFee: fields.text('connection_fee'),
    initialIncrementSeconds: fields.number('initial_increment_seconds'),
    incrementSeconds: fields.number('increment_seconds'),
    billedSeconds: fields.number('billed_seconds'),
    charge: fields.required('charge'),
    currency: fields.text('currency') ?? 'BRL',
  };
}

export function toReport(record: CanonicalRecord): Report {
  const fields = new Fields('reports', record);
  return {
    id: fields.required('id'),
    status: fields.word('status', ['queued', 'running', 'ready', 'failed', 'expired']),
    rows: fields.number('rows'),
    totalCharge: fields.text('total_charge'),
    file: fields.text('file'),
  };
}
