import type { ServiceRecord } from '@sluice/state-store';
import { toStoredName } from './fields.js';

/** Who calls a service what it is called. */
export type NameSource = 'person' | 'billing' | 'panel';

/** The field with the name of the panel's account that a run stored last. */
export const PANEL_NAME = 'panel_name';

/** The field with the name that an adoption gave; it is the panel's, and follows it, once the account is seen to have it. */
export const ADOPTED_NAME = 'adopted_name';

/** A source replaces names of its own and of those before it. */
const ORDER: readonly (NameSource | null)[] = [null, 'panel', 'billing', 'person'];

type Named = Pick<ServiceRecord, 'name' | 'fields'>;

/**
 * Returns whether a name of this source may replace the one that a service has: a person's (`service set`, an import, an edited adoption) stands
 * before all others, that of the billing system (custom field, domain, product) before that of the panel's account, and any before
 * none. What a source stored last is its own; `ofBilling` is the field with what the billing system has, where it is known. Pure.
 */
export function mayName(service: Named, source: NameSource, ofBilling?: string): boolean {
  return ORDER.indexOf(findSource(service, ofBilling)) <= ORDER.indexOf(source);
}

function findSource({ name, fields }: Named, ofBilling: string | undefined): NameSource | null {
  if (name === null) return null;
  if (name === fields[PANEL_NAME]) return 'panel';
  return ofBilling !== undefined && name === fields[ofBilling] ? 'billing' : 'person';
}

/**
 * Returns the name that a service gets from the name of its account on the panel, also one that an adoption gave it already; null where it keeps
 * its own, or none. Pure.
 */
export function toPanelName(service: Named & Pick<ServiceRecord, 'id'>, shown: string): string | null {
  const name = toStoredName(shown);
  // The id stands beside the name anyway.
  if (name === '' || name === service.id) return null;
  if (name === service.name) {
    const { [PANEL_NAME]: stored, [ADOPTED_NAME]: adopted } = service.fields;
    return name === adopted && name !== stored ? name : null;
  }
  return mayName(service, 'panel') ? name : null;
}

/** Notes that a person or the billing system has named a service, also by the name that its account has. */
export function leavePanelName({ fields }: Pick<ServiceRecord, 'fields'>): void {
  for (const field of [PANEL_NAME, ADOPTED_NAME]) Reflect.deleteProperty(fields, field);
}

/** Notes that an adoption has named a service. Pure. */
export function withAdoptedName<Service extends Pick<ServiceRecord, 'name' | 'fields'>>(service: Service): Service {
  return service.name === null ? service : { ...service, fields: { ...service.fields, [ADOPTED_NAME]: service.name } };
}
