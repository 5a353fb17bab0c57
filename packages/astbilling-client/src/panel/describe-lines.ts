import { type EntryDetail, entryKey, type PanelEntry, type PanelTelephony } from '@sluice/panel-kind';
import { type Subscriber, type TelephoneCustomer, TelephonyError, checkAreaCode } from '@sluice/quota-core/telephony';
import { findReseller } from '../account/check-owner.js';
import { HALF_MADE, isHalfMade } from '../account/plan-line.js';
import { toReference } from '../account/reference.js';
import type { LineSystem } from '../account/system.js';

type Lists = Pick<PanelTelephony, 'list' | 'unsupported' | 'country'>;
type System = Pick<LineSystem, 'within' | 'isWholeNumber'>;

/**
 * Reads what a service of each line, and its product, would have to state so that no run changes the line: columns with its channels, area
 * code and customer, and the plan, the way in which it is paid and the credit limit of its product. Lines with the same of these have the
 * same section. No status: the panel does not show why a line is suspended, and a service that is active leaves it so.
 */
export async function describeLines(
  lists: Lists,
  system: System,
  { entries, signal }: { entries: readonly PanelEntry[]; signal: AbortSignal },
): Promise<ReadonlyMap<string, EntryDetail>> {
  const wanted = new Set(entries.map(entryKey));
  const lines = (await lists.list('subscribers', {}, signal)).filter(({ id }) => wanted.has(lineKey(id)));
  const has = lists.unsupported({ resource: 'customers', operation: 'list' }) === null;
  const customers = has && lines.length > 0 ? await lists.list('customers', {}, signal) : [];
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  const details = new Map<string, EntryDetail>();
  for (const line of lines) {
    const owner = byId.get((system.within ? line.id : line.customerId) ?? '');
    details.set(lineKey(line.id), describeLine(lists, system, { line, owner }));
  }
  return details;
}

const lineKey = (id: string): string => entryKey({ object: 'line', id });

function describeLine(
  { country }: Lists,
  system: System,
  { line, owner }: { line: Subscriber; owner: TelephoneCustomer | undefined },
): EntryDetail {
  const { planId, billingType } = line;
  const notes = listNotes(line);
  const creditLimit = toCreditLimit(system, line, notes);
  return {
    columns: toColumns(line, owner, country),
    section: {
      ...(planId === null ? {} : { planId }),
      ...(billingType === null ? {} : { billingType }),
      ...(creditLimit === null ? {} : { creditLimit }),
    },
    quotaBytes: null,
    ...toOwner(line),
    notes,
  };
}

function toColumns(
  { channels, areaCode }: Subscriber,
  owner: TelephoneCustomer | undefined,
  country: string,
): Record<string, string> {
  const columns = {
    channels: typeof channels === 'number' && channels >= 1 ? String(channels) : null,
    ddd: country === 'BR' && isAreaCode(areaCode) ? areaCode : null,
    document: owner?.document ?? null,
    email: owner?.email ?? null,
  };
  const known = Object.entries(columns).filter(
    (entry): entry is [string, string] => entry[1] !== null && entry[1] !== '',
  );
  return Object.fromEntries(known);
}

function isAreaCode(text: string | null): text is string {
  if (text === null) return false;
  try {
    checkAreaCode(text);
    return true;
  } catch (error) {
    if (error instanceof TelephonyError) return false;
    throw error;
  }
}

/** Returns a credit limit in its shortest form; null for none, which is what a new line gets without one. */
function toCreditLimit(system: System, { extra }: Subscriber, notes: string[]): string | null {
  const shown = extra['credit_limit'];
  if (typeof shown !== 'string' && typeof shown !== 'number') return null;
  const match = /^(\d+)(?:\.(\d+))?$/.exec(String(shown));
  if (match === null) {
    notes.push('its credit limit is not an amount of 0 or more: the product states none');
    return null;
  }
  const whole = (match[1] ?? '').replace(/^0+(?=\d)/, '');
  const rest = (match[2] ?? '').replace(/0+$/, '');
  if (rest !== '' && system.isWholeNumber('subscribers', 'credit_limit')) {
    notes.push('its credit limit is not a whole number: the product states none');
    return null;
  }
  const limit = rest === '' ? whole : `${whole}.${rest}`;
  return limit === '0' ? null : limit;
}

const OF_WHMCS = /^whmcs:service:([1-9]\d{0,19})$/;

/** Returns the service of the billing system that the reference of a line names. */
function toOwner({ externalRef }: Subscriber): Pick<EntryDetail, 'billingId'> {
  const id = OF_WHMCS.exec(toReference(externalRef) ?? '')?.[1];
  return id === undefined ? {} : { billingId: id };
}

function listNotes(line: Subscriber): string[] {
  const { planId, billingType, channels, externalRef } = line;
  const reference = toReference(externalRef);
  const reseller = findReseller(line);
  return [
    ...(reseller === null ? [] : [reseller]),
    ...(isHalfMade(line) ? [HALF_MADE] : []),
    ...(planId === null ? ['it has no plan: its product needs a planId before a run can check it'] : []),
    ...(billingType === null
      ? ['the panel does not show how it is paid: its product is postpaid unless you say otherwise']
      : []),
    ...(channels === 0 ? ['it has 0 channels, so that it can not call'] : []),
    ...(reference === null || OF_WHMCS.test(reference)
      ? []
      : [`it has the reference ${reference}: another service, or one of another installation, has made it`]),
  ];
}
