import type { CanonicalRecord } from '../wire/codec.js';
import { toCanonicalName } from '../wire/fields.js';

/** Returns values under their canonical names; further fields keep theirs. Absent values are left out. */
export function toCanonical(values: object): CanonicalRecord {
  const record: CanonicalRecord = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    if (name === 'extra') Object.assign(record, value);
    else record[toCanonicalName(name)] = value;
  }
  return record;
}
