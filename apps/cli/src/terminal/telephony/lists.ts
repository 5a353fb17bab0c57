import type { TelephonyDocument } from '@sluice/engine';
import type { TelephonyResource } from '@sluice/panel-kind';
import { type Column, type ColumnOptions, money, state, text, time, type Value } from '../columns.js';

/** One list of a telephony panel. */
export interface TelephonyList {
  resource: TelephonyResource;
  /** Fields that the list can be filtered by. */
  filters: readonly string[];
  /** Key of the records in the document. */
  key: string;
  /** What is printed without records. */
  empty: string;
  columns: readonly Column<TelephonyDocument>[];
}

type More = ColumnOptions<TelephonyDocument>;

function readValue(name: string): (row: TelephonyDocument) => Value {
  return (row) => {
    const value = row[name] ?? null;
    if (value === null || typeof value === 'string' || typeof value === 'number') return value;
    return Array.isArray(value) ? value.join(', ') : JSON.stringify(value);
  };
}

const field = (name: string, more: More = {}): Column<TelephonyDocument> => text(name, readValue(name), more);
const id = (name: string, title: string, more: More = {}): Column<TelephonyDocument> => field(name, { title, ...more });
const amount = (name: string, title: string, more: More = {}): Column<TelephonyDocument> =>
  money(name, (row) => (typeof row[name] === 'string' ? row[name] : null), { title, ...more });
const at = (name: string, title: string, more: More = {}): Column<TelephonyDocument> =>
  time(name, (row) => row[name] as string | null, { title, ...more });
const status = (more: More = {}): Column<TelephonyDocument> =>
  state('status', (row) => String(readValue('status')(row) ?? ''), more);

/** The lists of a telephony panel by their noun. */
export const TELEPHONY_LISTS = {
  customer: {
    resource: 'customers',
    filters: ['name', 'external_ref', 'document'],
    key: 'customers',
    empty: 'No customers.',
    columns: [
      field('id', { whole: true }),
      field('name'),
      field('document', { priority: 2 }),
      field('email', { priority: 3 }),
      field('phone', { priority: 4 }),
      status(),
      id('external_ref', 'reference', { priority: 1 }),
      at('created_at', 'created', { priority: 5 }),
    ],
  },
  subscriber: {
    resource: 'subscribers',
    filters: ['username', 'customer_id', 'external_ref'],
    key: 'subscribers',
    empty: 'No subscribers.',
    columns: [
      field('id', { whole: true }),
      field('username'),
      id('customer_id', 'customer', { priority: 2 }),
      id('plan_id', 'plan', { priority: 1 }),
      id('area_code', 'area', { priority: 5 }),
      field('channels', { align: 'right', priority: 3 }),
      status(),
      id('billing_type', 'billing', { priority: 4 }),
      id('external_ref', 'reference', { priority: 2 }),
      id('caller_id', 'caller id', { extra: true, priority: 6 }),
      at('created_at', 'created', { extra: true, priority: 7 }),
    ],
  },
  did: {
    resource: 'dids',
    filters: ['number', 'subscriber_id', 'area_code'],
    key: 'dids',
    empty: 'No numbers.',
    columns: [
      field('number', { whole: true }),
      field('id', { priority: 3 }),
      id('area_code', 'area', { priority: 5 }),
      id('subscriber_id', 'subscriber'),
      status(),
      id('carrier_id', 'carrier', { priority: 2 }),
      amount('monthly_price', 'monthly', { priority: 4 }),
      amount('setup_price', 'setup', { extra: true, priority: 6 }),
      field('currency', { title: '', priority: 4 }),
      id('external_ref', 'reference', { extra: true, priority: 5 }),
    ],
  },
  'plan-catalog': {
    resource: 'plans',
    filters: [],
    key: 'plans',
    empty: 'No plans.',
    columns: [
      field('id', { whole: true }),
      field('name'),
      amount('monthly_price', 'monthly'),
      field('currency', { title: '' }),
      id('included_minutes', 'minutes', { align: 'right', priority: 1 }),
      status(),
      field('description', { priority: 2 }),
    ],
  },
  carrier: {
    resource: 'carriers',
    filters: [],
    key: 'carriers',
    empty: 'No carriers.',
    columns: [field('id', { whole: true }), field('name'), field('code'), field('csp', { title: 'CSP' }), status()],
  },
  country: {
    resource: 'countries',
    filters: [],
    key: 'countries',
    empty: 'No countries.',
    columns: [
      field('id', { whole: true }),
      field('name'),
      field('iso2', { title: 'ISO' }),
      id('calling_code', 'calling code', { align: 'right' }),
    ],
  },
  trunk: {
    resource: 'trunks',
    filters: [],
    key: 'trunks',
    empty: 'No trunks.',
    columns: [
      field('id', { whole: true }),
      field('name'),
      id('carrier_id', 'carrier', { priority: 1 }),
      field('host', { priority: 2 }),
      field('port', { align: 'right', priority: 4 }),
      field('transport', { priority: 5 }),
      field('username', { priority: 6 }),
      id('max_channels', 'channels', { align: 'right', priority: 3 }),
      status(),
      id('strip_digits', 'strip', { extra: true, priority: 7 }),
      id('add_prefix', 'add', { extra: true, priority: 8 }),
    ],
  },
  route: {
    resource: 'routes',
    filters: [],
    key: 'routes',
    empty: 'No routes.',
    columns: [
      field('id', { whole: true }),
      field('name'),
      field('prefix'),
      field('priority', { align: 'right', priority: 1 }),
      id('trunk_ids', 'trunks'),
      status(),
    ],
  },
  rate: {
    resource: 'rates',
    filters: ['plan_id', 'prefix'],
    key: 'rates',
    empty: 'No rates.',
    columns: [
      field('id', { whole: true }),
      id('plan_id', 'plan'),
      field('prefix'),
      field('description', { priority: 3 }),
      amount('price_per_minute', 'per minute'),
      amount('connection_fee', 'connection', { priority: 2 }),
      id('initial_increment_seconds', 'first s', { align: 'right', priority: 1 }),
      id('increment_seconds', 'step s', { align: 'right', priority: 1 }),
      id('minimum_seconds', 'least s', { align: 'right', extra: true, priority: 6 }),
      id('min_chargeable_seconds', 'free below s', { align: 'right', extra: true, priority: 7 }),
      id('valid_from', 'from', { priority: 4 }),
      id('valid_to', 'to', { priority: 4 }),
      status({ priority: 5 }),
    ],
  },
} as const satisfies Record<string, TelephonyList>;

/** The noun of a list. */
export type TelephonyNoun = keyof typeof TELEPHONY_LISTS;
