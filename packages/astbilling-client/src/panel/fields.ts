import type { TelephonyField, TelephonyFieldType, TelephonyResource } from '@sluice/panel-kind';
import type { AstbillingClient } from '../client/types.js';
import { CANONICAL_FIELDS, type FieldType } from '../wire/fields.js';

/** Types that are only read, since no text stands for them. */
const COMPUTED: readonly FieldType[] = ['time', 'texts', 'sip', 'duration'];

/** Returns the fields of a list that the system has; further fields of its profile last. */
export function fieldsOf(
  { profile, hasField }: Pick<AstbillingClient, 'profile' | 'hasField'>,
  resource: TelephonyResource,
): TelephonyField[] {
  const types = CANONICAL_FIELDS[resource];
  const known = Object.entries(types)
    .filter(([name]) => hasField(resource, name))
    .map(([name, type]) => ({ name, type: toType(name, type), isExtra: false }));
  const further = Object.keys(profile.resources[resource]?.fields ?? {})
    .filter((name) => !Object.hasOwn(types, name) && hasField(resource, name))
    .map((name): TelephonyField => ({ name, type: 'text', isExtra: true }));
  return [...known, ...further];
}

function toType(name: string, type: FieldType): TelephonyFieldType {
  return name === 'id' || COMPUTED.includes(type) ? 'computed' : (type as TelephonyFieldType);
}
