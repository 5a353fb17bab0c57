import type { OperationName, Profile, ResourceName } from '../profile/schema.js';
import { createCodecs } from '../wire/codec.js';
import { toCanonicalName } from '../wire/fields.js';
import { LineRefusal } from './refusal.js';

/** What a system can do, as its profile says. */
export interface LineSystem {
  /** Customer and line are one record. */
  readonly within: boolean;
  /** A terminated number goes back to the pool, from where it may be linked again. */
  readonly poolsDids: boolean;
  supports(resource: ResourceName, operation: OperationName): boolean;
  /** Whether the field can be read. */
  reads(resource: ResourceName, field: string): boolean;
  /** Whether the system keeps the field as a whole number. */
  isWholeNumber(resource: ResourceName, field: string): boolean;
  /** Whether the operation sends the field, by itself or in a composed value. */
  sends(resource: ResourceName, operation: 'create' | 'update', field: string): boolean;
}

/** Returns what the planners have to know of a profile. */
export function toLineSystem(profile: Profile): LineSystem {
  const { customers } = profile.resources;
  const within = customers?.within !== undefined;
  const codec = createCodecs(profile);
  const findOperation = (resource: ResourceName, name: OperationName) =>
    profile.resources[resource]?.operations?.[name];
  const endOfDid = findOperation('dids', 'terminate');
  return {
    within,
    poolsDids: typeof endOfDid === 'object' && 'via' in endOfDid && endOfDid.via === 'unlink',
    supports: (resource, name) => {
      if (within && resource === 'customers' && (name === 'create' || name === 'delete')) return false;
      const operation = findOperation(resource, name);
      return operation !== undefined && operation !== false;
    },
    isWholeNumber: (resource, field) => profile.resources[resource]?.wholeNumbers?.includes(field) === true,
    reads: (resource, field) => codec(resource).has(field),
    sends: (resource, name, field) => {
      const operation = findOperation(resource, name);
      if (operation === undefined || operation === false || 'via' in operation) return false;
      const composed = Object.values(operation.compose ?? {}).some((text) => text.includes(`{${field}}`));
      const own = codec(resource).knows(field);
      const has = own
        ? codec(resource).has(field)
        : within && resource === 'subscribers' && codec('customers').has(field);
      return composed || (has && (operation.send === undefined || operation.send.includes(field)));
    },
  };
}

/** Refuses what the system can't do, before the first write. */
export function need(system: LineSystem, resource: ResourceName, operation: OperationName): void {
  if (!system.supports(resource, operation)) {
    throw new LineRefusal('unsupported', `the profile has no ${resource}.${operation}, so that nothing was changed`);
  }
}

/** Returns those of the values that are stated, and that the system accepts in a new record. */
export function acceptedValues<Values extends object>(
  system: LineSystem,
  resource: ResourceName,
  values: Values,
): { [Key in keyof Values]?: NonNullable<Values[Key]> } {
  const accepted = Object.entries(values).filter(
    ([name, value]) => value !== null && value !== undefined && system.sends(resource, 'create', toCanonicalName(name)),
  );
  return Object.fromEntries(accepted) as never;
}
