import type { ResourceName } from '../profile/schema.js';

/** The type of a canonical field. Only these names are in flows; further names of a profile are extra fields. */
export type FieldType =
  | 'id'
  | 'text'
  | 'document'
  | 'phone'
  | 'money'
  | 'time'
  | 'date'
  | 'integer'
  | 'channels'
  | 'duration'
  | 'boolean'
  | 'secret'
  | 'ids'
  | 'texts'
  | 'sip'
  | 'destination';

type Fields = Readonly<Record<string, FieldType>>;

const customers: Fields = {
  id: 'id',
  name: 'text',
  document: 'document',
  email: 'text',
  phone: 'phone',
  external_ref: 'text',
  status: 'text',
  created_at: 'time',
};

/** Returns the canonical name of a member: `external_ref` of `externalRef`. */
export const toCanonicalName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** The canonical fields of each resource, by type. */
export const CANONICAL_FIELDS: Readonly<Record<ResourceName, Fields>> = {
  auth: { valid: 'boolean', subject: 'text', scopes: 'texts', expires_at: 'time' },
  customers,
  subscribers: {
    id: 'id',
    username: 'text',
    customer_id: 'id',
    plan_id: 'id',
    area_code: 'text',
    channels: 'channels',
    status: 'text',
    sip_password: 'secret',
    sip: 'sip',
    caller_id: 'phone',
    billing_type: 'text',
    external_ref: 'text',
    created_at: 'time',
    updated_at: 'time',
  },
  dids: {
    id: 'id',
    number: 'phone',
    area_code: 'text',
    country_code: 'text',
    carrier_id: 'id',
    subscriber_id: 'id',
    destination: 'destination',
    channels: 'channels',
    monthly_price: 'money',
    setup_price: 'money',
    currency: 'text',
    status: 'text',
    external_ref: 'text',
  },
  plans: {
    id: 'id',
    name: 'text',
    description: 'text',
    monthly_price: 'money',
    currency: 'text',
    included_minutes: 'integer',
    status: 'text',
  },
  carriers: { id: 'id', name: 'text', code: 'text', csp: 'text', status: 'text' },
  countries: { id: 'id', name: 'text', iso2: 'text', calling_code: 'text' },
  trunks: {
    id: 'id',
    name: 'text',
    carrier_id: 'id',
    host: 'text',
    port: 'integer',
    transport: 'text',
    username: 'text',
    password: 'secret',
    max_channels: 'channels',
    strip_digits: 'text',
    add_prefix: 'text',
    status: 'text',
  },
  routes: { id: 'id', name: 'text', prefix: 'text', priority: 'integer', trunk_ids: 'ids', status: 'text' },
  rates: {
    id: 'id',
    plan_id: 'id',
    prefix: 'text',
    description: 'text',
    country_code: 'text',
    price_per_minute: 'money',
    connection_fee: 'money',
    initial_increment_seconds: 'integer',
    increment_seconds: 'integer',
    minimum_seconds: 'integer',
    min_chargeable_seconds: 'integer',
    valid_from: 'date',
    valid_to: 'date',
    route_id: 'id',
    status: 'text',
  },
  simulator: {
    plan_id: 'id',
    subscriber_id: 'id',
    destination: 'phone',
    duration_seconds: 'integer',
    at: 'time',
    rate_id: 'id',
    prefix: 'text',
    description: 'text',
    price_per_minute: 'money',
    connection_fee: 'money',
    initial_increment_seconds: 'integer',
    increment_seconds: 'integer',
    talk_seconds: 'integer',
    billed_seconds: 'integer',
    charge: 'money',
    currency: 'text',
  },
  cdrs: {
    id: 'id',
    unique_id: 'text',
    direction: 'text',
    subscriber_id: 'id',
    username: 'text',
    source: 'phone',
    destination: 'phone',
    destination_description: 'text',
    did: 'phone',
    carrier_id: 'id',
    trunk_id: 'id',
    rate_id: 'id',
    prefix: 'text',
    started_at: 'time',
    answered_at: 'time',
    ended_at: 'time',
    duration_seconds: 'duration',
    talk_seconds: 'duration',
    billed_seconds: 'duration',
    price_per_minute: 'money',
    charge: 'money',
    currency: 'text',
    disposition: 'text',
  },
  reports: {
    id: 'id',
    type: 'text',
    format: 'text',
    subscriber_id: 'id',
    from: 'time',
    to: 'time',
    status: 'text',
    rows: 'integer',
    total_charge: 'money',
    file: 'text',
  },
};
