import { type PanelTelephony, type TelephonyField, type TelephonyResource, usageError } from '@sluice/panel-kind';
import { canonicalDocument, type DidDestination, parseNumber } from '@sluice/quota-core/telephony';
import { suggestion } from '../../base/suggestion.js';
import { checkRate } from './check-rate.js';
import { toCamel, type WrittenValue } from './documents.js';

/** A field with the value that it is to have. */
export interface FieldValue {
  field: TelephonyField;
  value: WrittenValue;
}

/** Fields that other commands change, because a hold or a number's line depends on them. */
const KEPT: Partial<Record<TelephonyResource, readonly string[]>> = {
  subscribers: ['status', 'username', 'customer_id'],
  dids: ['status', 'number', 'subscriber_id'],
};

/** Values of a record as an operator writes them. */
interface WrittenRecord {
  resource: TelephonyResource;
  operation: 'create' | 'set' | 'remove';
  /** By the names of the documents. */
  values: Readonly<Record<string, string>>;
}

/** Returns the fields that an operator may set by themselves, in a new record or an existing one. */
function settableFields(
  telephony: Pick<PanelTelephony, 'fields'>,
  { resource, operation }: Pick<WrittenRecord, 'resource' | 'operation'>,
): TelephonyField[] {
  const kept = KEPT[resource] ?? [];
  const isSettable = ({ type, name, isChangeable }: TelephonyField): boolean =>
    type !== 'computed' && name !== 'id' && !kept.includes(name) && (operation !== 'set' || isChangeable);
  return telephony.fields(resource).filter(isSettable);
}

/** Returns the names of the fields that can be changed in records of a list; none where the system changes none. */
export function changeableFields(
  telephony: Pick<PanelTelephony, 'fields' | 'unsupported'>,
  resource: TelephonyResource,
): string[] {
  const change = { resource, operation: 'set' } as const;
  return telephony.unsupported(change) === null ? settableFields(telephony, change).map(({ name }) => name) : [];
}

/**
 * Reads values as an operator writes them, by the fields that can be set; empty clears a field.
 *
 * @throws SluiceError `bad_value` that names the field
 */
export function readValues(
  telephony: Pick<PanelTelephony, 'fields' | 'country'>,
  written: WrittenRecord,
): FieldValue[] {
  const { resource, values: texts } = written;
  const fields = telephony.fields(resource);
  const kept = KEPT[resource] ?? [];
  const settable = settableFields(telephony, written);
  const values = Object.entries(texts).map(([name, text]) => {
    const field = settable.find((one) => one.name === name);
    if (field !== undefined) return { field, value: readValue(field, text.trim(), telephony.country) };
    if (kept.includes(name)) {
      throw usageError('bad_value', `"${name}" of ${resource} is not set by itself: holds and services depend on it`);
    }
    const names = settable.map((one) => one.name);
    const known = fields.find((one) => one.name === name);
    const lacks = known?.type === 'computed' ? 'can only be read' : "can't be changed";
    const why = known === undefined ? 'is not a field that the panel has' : lacks;
    throw usageError('bad_value', `"${name}" ${why} in ${resource}${suggestion(name, names)}`);
  });
  if (resource === 'rates') checkRate(new Map(values.map(({ field, value }) => [field.name, value])));
  return values;
}

const PATTERNS: Partial<Record<TelephonyField['type'], [RegExp, string]>> = {
  money: [/^\d{1,15}(\.\d{1,12})?$/, 'an amount such as 0.2320'],
  date: [/^\d{4}-\d\d-\d\d$/, 'a date such as 2026-12-01'],
  integer: [/^\d{1,9}$/, 'a whole number'],
  channels: [/^([1-9]\d{0,5}|unlimited)$/, 'a whole number from 1 on, or unlimited'],
  boolean: [/^(true|false)$/, 'true or false'],
};

/** Reads `none`, `line:ID` for a line, or a number. */
function readDestination(text: string, country: string): DidDestination {
  if (text === '' || text === 'none') return { type: 'none', value: null };
  const line = /^line:(.+)$/.exec(text)?.[1];
  if (line !== undefined) return { type: 'subscriber', value: line };
  return { type: 'number', value: parseNumber(text, { country }).number };
}

function readValue({ name, type }: TelephonyField, text: string, country: string): WrittenValue {
  if (type === 'ids') return text === '' ? [] : text.split(',').map((id) => id.trim());
  if (type === 'destination') return readDestination(text, country);
  // The rate of all other numbers has an empty prefix.
  if (text === '') return name === 'prefix' ? '' : null;
  const [pattern, words] = PATTERNS[type] ?? [];
  if (pattern?.test(text) === false) throw usageError('bad_value', `${name}: "${text}" is not ${words ?? ''}`);
  if (type === 'phone') return parseNumber(text, { country }).number;
  if (type === 'document') return canonicalDocument(text);
  if (type === 'integer' || (type === 'channels' && text !== 'unlimited')) return Number(text);
  return type === 'boolean' ? text === 'true' : text;
}

/** Returns values by the names of the record, further fields of the profile apart. */
export function toRecordValues(values: readonly FieldValue[]): Readonly<Record<string, unknown>> {
  const named: Record<string, WrittenValue> = {};
  const extra: Record<string, WrittenValue> = {};
  for (const { field, value } of values) {
    if (field.isExtra) extra[field.name] = value;
    else named[toCamel(field.name)] = value;
  }
  return Object.keys(extra).length === 0 ? named : { ...named, extra };
}
