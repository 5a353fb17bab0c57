import { type TelephonyResource, usageError } from '@sluice/panel-kind';
import { showsValue } from './documents.js';
import { RECORD_NAMES } from './panels.js';
import type { FieldValue } from './read-values.js';

/** What makes two records the same one: the first list whose first field is stated. */
const KEYS: Partial<Record<TelephonyResource, readonly (readonly string[])[]>> = {
  customers: [['external_ref'], ['document'], ['name', 'email']],
  plans: [['name']],
  carriers: [['name']],
  trunks: [['name']],
  routes: [['name']],
  rates: [['plan_id', 'prefix', 'valid_from']],
};
const REQUIRED: Partial<Record<TelephonyResource, readonly string[]>> = {
  customers: ['name'],
  rates: ['plan_id', 'prefix', 'price_per_minute'],
};

/**
 * Returns the values of a new record that another one of the list may not have, too.
 *
 * @throws SluiceError `bad_value` for values that make no record
 */
export function toKey(resource: TelephonyResource, values: readonly FieldValue[]): FieldValue[] {
  const stated = (name: string): FieldValue | undefined =>
    values.find(({ field, value }) => field.name === name && value !== null);
  const missing = (REQUIRED[resource] ?? []).filter((name) => stated(name) === undefined);
  const names = KEYS[resource]?.find(([first = '']) => stated(first) !== undefined);
  if (missing.length > 0 || names === undefined) {
    const what = missing.length > 0 ? missing.join(', ') : 'name';
    throw usageError('bad_value', `A new ${RECORD_NAMES[resource]} needs ${what}; nothing was changed`);
  }
  return names.map(stated).filter((one) => one !== undefined);
}

/**
 * Returns whether values and a record have a key in common, of whichever kind; null where they state no key of the same kind.
 * A further field of a key that one of them leaves to the panel may be equal.
 */
export function sharesKey(
  resource: TelephonyResource,
  values: readonly FieldValue[],
  record: Readonly<Record<string, unknown>>,
): boolean | null {
  const written = new Map(values.map((one) => [one.field.name, one]));
  const isStated = (name: string): boolean =>
    (written.get(name)?.value ?? null) !== null && (record[name] ?? null) !== null;
  const isEqual = (name: string): boolean => {
    const one = written.get(name);
    return one !== undefined && showsValue(one.field, record, one.value);
  };
  const comparable = (KEYS[resource] ?? []).filter(([first = '']) => isStated(first));
  if (comparable.length === 0) return null;
  return comparable.some((names) => names.every((name) => !isStated(name) || isEqual(name)));
}
