import { visible } from '@sluice/panel-http/printable';
import {
  checkLocalDate,
  gigabytesToBytes,
  type Language,
  LANGUAGES,
  parseBillingCycleName,
  quote,
  toLanguage,
} from '@sluice/quota-core';
import { type ServiceRecord, type ServiceStatus, UNKNOWN_PERSON } from '@sluice/state-store';
import type { PanelKind, RefColumn } from '@sluice/panel-kind';

const OWN_KEYS = [
  'id',
  'panel',
  'product',
  'client',
  'name',
  'client_name',
  'client_email',
  'language',
  'billing_cycle',
  'next_due_date',
  'status',
  'traffic_mode',
  'base_quota_override_gb',
] as const;

/** Refs of the billing system. */
const OTHER_REFS: readonly RefColumn[] = [
  {
    name: 'order_id',
    fits: /^(?!\.{1,2}$)[\w.-]{1,64}$/,
    words: 'letters, digits and . _ - only, at most 64 characters',
  },
];

const FIELD_KEYS: readonly string[] = ['document', 'ddd', 'channels', 'email', 'first_name', 'last_name'];

/** Fields that say who the client of a service is. */
const PERSONAL_KEYS: readonly string[] = ['document', 'email', 'first_name', 'last_name'];

function refColumns(kinds: readonly PanelKind[]): readonly RefColumn[] {
  const all = [...kinds.flatMap(({ refs }) => refs), ...OTHER_REFS];
  // Kinds may share columns.
  return [...new Map(all.map((column) => [column.name, column])).values()];
}

/** Returns the names of an import's columns, in the order that `export` uses. */
export function importKeys(kinds: readonly PanelKind[]): string[] {
  return listColumns(kinds).keys;
}

/** The columns of an import: refs, and all names in the order that `export` uses. */
export interface Columns {
  refs: readonly RefColumn[];
  keys: string[];
}

/** Returns the columns of services on these kinds of panels. */
export function listColumns(kinds: readonly PanelKind[]): Columns {
  const refs = refColumns(kinds);
  return { refs, keys: [...OWN_KEYS, ...refs.map(({ name }) => name), ...FIELD_KEYS, 'protected_until'] };
}

/** Columns that a billing system states itself. */
const STATED = [
  ...['id', 'panel', 'product', 'client', 'client_name', 'client_email', 'language'],
  ...['billing_cycle', 'next_due_date', 'status', 'protected_until'],
];

/** Returns the columns that custom fields of a billing system may have. */
export function listFieldColumns(kinds: readonly PanelKind[]): string[] {
  return listColumns(kinds).keys.filter((key) => !STATED.includes(key));
}

const STATUSES: readonly ServiceStatus[] = ['active', 'suspended', 'terminated', 'pending'];
const MODES = ['IN', 'OUT', 'TOTAL'] as const;

/**
 * Parses the text of a key into the service; an empty text removes the value. The client comes before what ends with it:
 * the name of the service, and the fields of its person. Throws for invalid text.
 */
export function applyField(record: ServiceRecord, key: string, text: string, refs: readonly RefColumn[]): void {
  const value = text.trim();
  const empty = value === '';
  switch (key) {
    case 'id':
      return;
    case 'panel':
    case 'product':
      if (empty) throw new Error(`${key} is required`);
      record[key] = value;
      return;
    case 'client':
      setClient(record, empty ? null : value);
      return;
    case 'name':
      record.name = toName(key, value);
      return;
    case 'client_name':
      record.clientName = toName(key, value);
      return;
    case 'client_email':
      record.clientEmail = empty ? null : checkAddress(value);
      return;
    case 'language':
      record.language = empty ? null : parseLanguage(value);
      return;
    case 'billing_cycle':
      record.billingCycle = empty ? null : parseBillingCycleName(value);
      return;
    case 'next_due_date':
      record.nextDueDate = empty ? null : checkLocalDate(value, 'next_due_date');
      return;
    case 'protected_until':
      record.protectedUntil = empty ? null : checkLocalDate(value, 'protected_until');
      return;
    case 'status':
      record.status = parseStatus(record, value);
      return;
    case 'traffic_mode':
      record.trafficMode = empty ? null : parseOneOf(key, value.toUpperCase(), MODES);
      return;
    case 'base_quota_override_gb':
      if (!empty) gigabytesToBytes(value);
      record.baseQuotaOverrideGb = empty ? null : value;
      return;
    default:
      if (FIELD_KEYS.includes(key)) setText(record.fields, record, { name: key }, value);
      else setText(record.refs, record, refs.find(({ name }) => name === key) ?? { name: key }, value);
  }
}

/** Sets the client. What is stored of another one's person ends: the next client is named, and notified, by its own. */
export function setClient(record: ServiceRecord, client: string | null): void {
  if (record.client !== null && record.client !== client) {
    for (const key of PERSONAL_KEYS) Reflect.deleteProperty(record.fields, key);
    Object.assign(record, { name: null, ...UNKNOWN_PERSON });
  }
  record.client = client;
}

/** The most characters of a name. */
const LONGEST_NAME = 200;

/** Returns a name as it is stored: on one line, without characters that reorder or hide others. */
function toNameText(text: string): string {
  return visible(text).replaceAll(/\s+/g, ' ').trim();
}

/** Returns a name of another system as it can be stored; a longer one is cut. */
export function toStoredName(text: string): string {
  return Array.from(toNameText(text)).slice(0, LONGEST_NAME).join('').trim();
}

function toName(key: string, value: string): string | null {
  const name = toNameText(value);
  const { length } = Array.from(name);
  if (length > LONGEST_NAME) throw new Error(`${key} has ${length} characters: use at most ${LONGEST_NAME}`);
  return name === '' ? null : name;
}

const ADDRESS = /^[^\s@<>()[\]"\\,;:]+@[^\s@<>()[\]"\\,;:]+$/;

/** Returns whether a text is one e-mail address without a name, as recipients of mails are. */
export function isAddress(text: string): boolean {
  return text.length <= 254 && visible(text) === text && ADDRESS.test(text);
}

function checkAddress(value: string): string {
  if (isAddress(value)) return value;
  throw new Error(`${quote(value)} is not a valid client_email: use one address, such as sara@example.com`);
}

function parseLanguage(value: string): Language {
  const language = toLanguage(value);
  if (language !== null) return language;
  throw new Error(`${quote(value)} is not a valid language: use one of ${LANGUAGES.join(', ')}`);
}

function parseStatus(record: ServiceRecord, value: string): ServiceStatus {
  if (value === '') return record.status === 'vanished' ? 'active' : record.status;
  const status = parseOneOf('status', value.toLowerCase(), STATUSES);
  // An account that Sluice created exists, even if an export of the billing system still says pending.
  if (status === 'pending' && record.ownRefs.length > 0 && record.status === 'active') return 'active';
  return status;
}

function setText(
  target: Record<string, string>,
  record: ServiceRecord,
  { name: key, fits, words, unique }: Pick<RefColumn, 'name'> & Partial<RefColumn>,
  given: string,
): void {
  // Panels show such ids in lower case.
  const value = fits?.ignoreCase === true ? given.toLowerCase() : given;
  // An unchanged value is not checked: older stores may have invalid ones.
  const isInvalid = value !== '' && value !== target[key] && fits?.test(value) === false;
  if (value !== '' && value !== target[key] && record.ownRefs.includes(key)) {
    const own = `the account that Sluice created for "${record.id}" is ${target[key] ?? 'unknown'}`;
    throw new Error(`${own}; terminate the service before you set another ${key}`);
  }
  if (value !== '' && unique === true && target[key] === undefined && record.ownRefs.length > 0) {
    const unfinished = `Sluice has begun to create the account of "${record.id}"`;
    throw new Error(`${unfinished}; finish or terminate it before you set another ${key}`);
  }
  if (isInvalid) throw new Error(`${quote(value)} is not a valid ${key}: ${words ?? ''}`);
  if (value !== '') target[key] = value;
  else if (!record.ownRefs.includes(key)) Reflect.deleteProperty(target, key);
}

function parseOneOf<T extends string>(key: string, value: string, known: readonly T[]): T {
  const found = known.find((item) => item === value);
  if (found === undefined) throw new Error(`${quote(value)} is not a valid ${key}: use one of ${known.join(', ')}`);
  return found;
}

/** Returns a service's keys and texts in the format of an import, without unset keys. */
export function toFields(record: ServiceRecord, { refs, keys }: Columns): Record<string, string> {
  const values: Record<string, string | null> = {
    id: record.id,
    panel: record.panel,
    product: record.product,
    name: record.name,
    client: record.client,
    client_name: record.clientName,
    client_email: record.clientEmail,
    language: record.language,
    billing_cycle: record.billingCycle,
    next_due_date: record.nextDueDate,
    status: record.status === 'vanished' ? 'active' : record.status,
    traffic_mode: record.trafficMode,
    base_quota_override_gb: record.baseQuotaOverrideGb,
    protected_until: record.protectedUntil,
  };
  for (const { name: key } of refs) values[key] = record.refs[key] ?? null;
  for (const key of FIELD_KEYS) values[key] = record.fields[key] ?? null;
  return Object.fromEntries(
    keys.map((key) => [key, values[key]]).filter((entry): entry is [string, string] => entry[1] != null),
  );
}
