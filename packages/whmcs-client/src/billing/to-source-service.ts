import type { SourceProblem, SourceService } from '@sluice/contract/ports';
import type { BilledService } from '@sluice/quota-core';
import type { WhmcsCustomField, WhmcsService, WhmcsUnreadRow } from '../client/types.js';
import { findClaim } from './claims.js';
import type { WhmcsProductIds } from './settings.js';

/** How services are mapped. */
export interface Mapping {
  /** The sections of the config's products. */
  products: Readonly<Record<string, WhmcsProductIds>>;
  /** Only these are taken; both lists empty: all. */
  only: WhmcsProductIds;
  /** Product groups by product, both of WHMCS. */
  groups: ReadonlyMap<string, string>;
  /** Columns that custom fields may have. */
  columns: readonly string[];
  /** Names of custom fields, by column; of other columns the field has the column's name. */
  fields: Readonly<Record<string, string>>;
}

/** Statuses of a service import, by those of WHMCS in lower case. */
export const STATUSES: ReadonlyMap<string, NonNullable<BilledService['status']>> = new Map([
  ['active', 'active'],
  ['suspended', 'suspended'],
  ['pending', 'pending'],
  ['terminated', 'terminated'],
  ['cancelled', 'terminated'],
  ['fraud', 'terminated'],
]);

/** Billing cycles that do not recur: WHMCS has no cycle for the service then. */
export const NO_CYCLE = ['one time', 'one-time', 'onetime', 'free account', 'free'];

/** Returns the id as a service of Sluice. */
export function toServiceId(id: string): string {
  return `whmcs-${id}`;
}

/** Maps a service of WHMCS to the texts of a service import (docs/whmcs.md). */
export function toSourceService(service: WhmcsService, mapping: Mapping): SourceService {
  const { productId, status } = service;
  const groupId = productId === null ? null : (mapping.groups.get(productId) ?? null);
  const product = findClaim(mapping.products, { productId, groupId });
  const ids = { id: toServiceId(service.id), externalId: service.id, externalProduct: productId };
  const row = { ...ids, fills: {}, unfilled: [] };
  const named = `product ${productId ?? 'none'} (${service.product})`;
  const known = STATUSES.get(status.toLowerCase());
  const fields = toTexts(service.customFields, mapping);
  return {
    ...row,
    skipped: findReason(service, mapping.only, groupId),
    unclaimed: product === null ? `${named} of WHMCS is not claimed by a product of the config` : null,
    texts: {
      ...(product === null ? {} : { product }),
      client: service.clientId,
      ...(known === undefined ? {} : { status: known }),
      ...toDueTexts(service),
      ...(service.overrideAutoSuspend && service.suspendNotBefore !== null
        ? { protected_until: service.suspendNotBefore }
        : {}),
      ...fields.texts,
    },
    problems: fields.problems,
  };
}

/** Cycle and due date: a service whose cycle does not recur is due on no date, unless WHMCS states one. */
function toDueTexts({ billingCycle, nextDueDate }: WhmcsService): Record<string, string> {
  const cycle = billingCycle.trim();
  const ends = NO_CYCLE.includes(cycle.toLowerCase());
  return {
    ...(ends || cycle === '' ? {} : { billing_cycle: billingCycle }),
    ...(nextDueDate === null && !ends ? {} : { next_due_date: nextDueDate ?? '' }),
  };
}

/** Returns a service of which only the id can be read; null where that can't be read either. */
export function toUnreadService({ id, message }: WhmcsUnreadRow): SourceService | null {
  if (id === null) return null;
  const ids = { id: toServiceId(id), externalId: id, externalProduct: null };
  const problems = [{ key: null, message: `WHMCS returns it in a form that can't be read (${message})` }];
  return { ...ids, skipped: null, unclaimed: null, texts: {}, fills: {}, unfilled: [], problems };
}

/** Returns why a service is not taken. */
function findReason({ productId, status }: WhmcsService, only: WhmcsProductIds, groupId: string | null): string | null {
  if (!isTaken(only, productId, groupId)) return 'not among whmcs.productIds and whmcs.productGroupIds';
  return STATUSES.has(status.toLowerCase()) ? null : `status "${status}"`;
}

function isTaken(only: WhmcsProductIds, productId: string | null, groupId: string | null): boolean {
  if (only.productIds.length + only.productGroupIds.length === 0) return true;
  const isNamed = (ids: readonly string[], id: string | null): boolean => id !== null && ids.includes(id);
  return isNamed(only.productIds, productId) || isNamed(only.productGroupIds, groupId);
}

function toTexts(
  customFields: readonly WhmcsCustomField[],
  { columns, fields }: Pick<Mapping, 'columns' | 'fields'>,
): { texts: Record<string, string>; problems: SourceProblem[] } {
  const texts: Record<string, string> = {};
  const problems: SourceProblem[] = [];
  // A field that happens to have this name is seldom that of the service: only the config names one.
  for (const column of columns.filter((known) => known !== 'name' || Object.hasOwn(fields, known))) {
    const { named, found } = findFields(customFields, fields, column);
    const [field, second] = found;
    if (second !== undefined) {
      problems.push({ key: column, message: `two custom fields of WHMCS have the name ${named}: rename one of them` });
    } else if (field !== undefined) texts[column] = field.value.trim();
  }
  return { texts, problems };
}

/** Returns the custom fields or options of a column, and their name in the config. */
export function findFields<Field extends Pick<WhmcsCustomField, 'name'>>(
  customFields: readonly Field[],
  fields: Mapping['fields'],
  column: string,
): { named: string; found: Field[] } {
  const named = Object.hasOwn(fields, column) ? (fields[column] ?? column) : column;
  return { named, found: customFields.filter(({ name }) => toFieldName(name) === toFieldName(named)) };
}

/** Returns the name of a custom field, in lower case; WHMCS shows what follows `|` to clients. */
export function toFieldName(name: string): string {
  return (name.split('|')[0] ?? '').trim().toLowerCase();
}
