import type { CallRow, CatalogueRow, CustomerRow, DidRow, SubscriberRow } from '../model.js';
import { atScale } from '../decimal.js';
import { type AstWorld, type Catalogue } from '../world.js';

export type Json = Record<string, unknown>;

export function customerJson(world: AstWorld, row: CustomerRow): Json {
  return {
    id: row.id,
    name: row.name,
    document: row.document,
    email: row.email,
    phone: row.phone,
    external_ref: row.externalRef,
    status: row.status,
    created_at: world.time.iso(row.createdAt),
  };
}

export function subscriberJson(world: AstWorld, row: SubscriberRow): Json {
  const secret = world.quirks.echoesPasswords ? { sip_password: row.password } : {};
  return {
    id: row.id,
    username: row.username,
    customer_id: row.customerId,
    plan_id: row.planId,
    area_code: row.areaCode,
    channels: row.channels,
    status: world.toState(row),
    ...secret,
    sip: { username: row.username, domain: 'sip.example.net', password_set: true },
    caller_id: row.callerId,
    billing_type: row.billingType,
    external_ref: row.externalRef,
    created_at: world.time.iso(row.createdAt),
    updated_at: world.time.iso(row.updatedAt),
  };
}

export function didJson(world: AstWorld, row: DidRow): Json {
  return {
    id: row.id,
    number: row.number,
    area_code: row.areaCode,
    country_code: 'BR',
    carrier_id: row.carrierId,
    subscriber_id: row.subscriberId,
    destination: row.destination,
    channels: row.channels,
    monthly_price: atScale(row.monthlyPrice, 2),
    setup_price: atScale(row.setupPrice, 2),
    currency: 'BRL',
    status: world.toState(row),
    external_ref: row.externalRef,
  };
}

export function callJson(world: AstWorld, row: CallRow): Json {
  return {
    id: row.id,
    unique_id: row.uniqueId,
    direction: row.direction,
    subscriber_id: row.subscriberId,
    username: world.subscribers.get(row.subscriberId)?.username ?? null,
    source: row.source,
    destination: row.destination,
    destination_description: row.description,
    did: row.did,
    carrier_id: '21',
    trunk_id: '41',
    rate_id: row.rateId,
    prefix: row.prefix,
    started_at: world.time.iso(row.startedAt),
    answered_at: row.answeredAt === null ? null : world.time.iso(row.answeredAt),
    ended_at: world.time.iso(row.endedAt),
    duration_seconds: row.durationSeconds,
    talk_seconds: row.talkSeconds,
    billed_seconds: row.billedSeconds,
    price_per_minute: row.pricePerMinute,
    charge: row.charge,
    currency: row.currency,
    disposition: row.disposition,
  };
}

const defaults: Record<Catalogue, Json> = {
  plans: { name: '', description: null, monthly_price: '0.00', currency: 'BRL', included_minutes: 0, status: 'active' },
  carriers: { name: '', code: null, csp: null, status: 'active' },
  trunks: {
    name: '',
    carrier_id: null,
    host: '',
    port: 5060,
    transport: 'udp',
    username: null,
    max_channels: null,
    strip_digits: 0,
    add_prefix: '',
    status: 'active',
  },
  routes: { name: '', prefix: '', priority: 1, trunk_ids: [], status: 'active' },
  rates: {
    plan_id: null,
    prefix: '',
    description: '',
    country_code: null,
    price_per_minute: '0.000000',
    connection_fee: '0.0000',
    initial_increment_seconds: 0,
    increment_seconds: 0,
    minimum_seconds: 0,
    min_chargeable_seconds: 0,
    valid_from: null,
    valid_to: null,
    route_id: null,
    status: 'active',
  },
  countries: { name: '', iso2: '', calling_code: '' },
};

export function catalogueJson(world: AstWorld, kind: Catalogue, { id, fields }: CatalogueRow): Json {
  const { password, ...shown } = fields;
  const secret = world.quirks.echoesPasswords && password !== undefined ? { password } : {};
  return { id, ...defaults[kind], ...shown, ...secret };
}

/** The fields of a catalogue's rows that may be written. */
export const catalogueFields = (kind: Catalogue): string[] => [
  ...Object.keys(defaults[kind]),
  ...(kind === 'trunks' ? ['password'] : []),
];
