import type { AccountCommand, ItemError, ProductSettings } from '@sluice/panel-kind';
import type { ServiceRecord } from '@sluice/quota-core';
import {
  canonicalDocument,
  checkAreaCode,
  customerName,
  type Subscriber,
  TelephonyError,
  usernameCandidates,
} from '@sluice/quota-core/telephony';
import type { KnownLineTarget, LineTarget } from '../account/plan-line.js';
import { toReference } from '../account/reference.js';
import type { LineSystem } from '../account/system.js';
import { CUSTOMER_REF, LINE_REF, toLineProduct, USERNAME_REF } from './settings.js';

/** A service with its product, on a panel of a country. */
export interface LineRequest {
  service: ServiceRecord;
  product: ProductSettings;
  country: string;
}

/** A line that is asked for by an operator or by an order. */
export interface CreationRequest extends LineRequest {
  command: Pick<Extract<AccountCommand, { verb: 'create' }>, 'adopt' | 'ordered'>;
}

/** The usernames that a service's line may have; the first form is created. */
export interface Usernames {
  username: string;
  search: readonly string[];
}

/**
 * Returns the usernames of a service's line.
 *
 * @throws TelephonyError where they are not known
 */
export function toUsernames({ refs, fields }: Pick<ServiceRecord, 'refs' | 'fields'>): Usernames {
  return usernameCandidates({
    domain: refs[USERNAME_REF] ?? null,
    firstName: fields['first_name'] ?? null,
    orderId: refs['order_id'] ?? null,
    decoded: isDecoded(refs),
  });
}

/** Returns what a service's data say; null where they are not enough. */
export function whenKnown<Value>(find: () => Value): Value | null {
  try {
    return find();
  } catch (error) {
    if (error instanceof TelephonyError) return null;
    throw error;
  }
}

/** Returns all references that are of a service; a new line gets the first. */
export function listReferences({ id, refs }: Pick<ServiceRecord, 'id' | 'refs'>): [string, ...string[]] {
  const synced = refs['whmcs_service_id'];
  const own = `sluice:service:${id}`;
  if (synced !== undefined) return [`whmcs:service:${synced}`, own];
  // A service that was imported before its first sync has the id that a sync states for it.
  const named = OF_WHMCS.exec(id)?.[1];
  return named === undefined ? [own] : [own, `whmcs:service:${named}`];
}

const OF_WHMCS = /^whmcs-([1-9]\d{0,19})$/;

/** Returns why a line is another service's, by its reference; null where it has none, or one of this service. */
export function findForeignReference(
  service: Pick<ServiceRecord, 'id' | 'refs'>,
  { id, externalRef }: Pick<Subscriber, 'id' | 'externalRef'>,
): string | null {
  const reference = toReference(externalRef);
  if (reference === null || listReferences(service).includes(reference)) return null;
  return `line ${id} has the reference ${reference} of another service`;
}

/** Returns the customer of a service, as the billing system has it. */
export function toCustomer({ client, refs, fields }: ServiceRecord): LineTarget['customer'] {
  const system = refs['whmcs_service_id'] === undefined ? 'sluice' : 'whmcs';
  const id = refs[CUSTOMER_REF];
  return {
    ...(id === undefined ? {} : { id }),
    name: toName({ refs, fields }),
    document: canonicalDocument(fields['document'] ?? ''),
    email: fields['email'] ?? null,
    phone: null,
    externalRef: client === null ? null : `${system}:client:${client}`,
  };
}

function toName({ refs, fields }: Pick<ServiceRecord, 'refs' | 'fields'>): string {
  const [firstName = null, lastName = null] = [fields['first_name'], fields['last_name']];
  return customerName({ firstName, lastName, decoded: isDecoded(refs) });
}

/** A sync decodes entities; an import stores what is in its file. */
function isDecoded(refs: ServiceRecord['refs']): boolean {
  return refs['whmcs_service_id'] !== undefined;
}

/**
 * Returns what the line of a service should be.
 *
 * @throws TelephonyError for what `findProblem` reports
 */
export function toLineTarget({ service, product, country, command }: CreationRequest): LineTarget {
  const { username, search } = toUsernames(service);
  return {
    ...toKnownTarget({ service, product }),
    username,
    usernames: search,
    customer: toCustomer(service),
    isUnproven: command.ordered && !command.adopt,
    areaCode: country === 'BR' ? (service.fields['ddd'] ?? null) : null,
  };
}

/** Returns what the line should be that a service names by its id: one taken over may have no username or customer here. */
export function toKnownTarget({ service, product }: Omit<LineRequest, 'country'>): KnownLineTarget {
  const { planId, plan = '', billingType, creditLimit } = toLineProduct(product);
  const { fields } = service;
  const references = listReferences(service);
  return {
    plan: planId === undefined ? { name: plan } : { id: planId },
    channels: fields['channels'] === undefined ? null : Number(fields['channels']),
    billingType,
    externalRef: references[0],
    ownRefs: references,
    ...(creditLimit === undefined ? {} : { creditLimit }),
  };
}

/** Returns why no line can be planned for a service; null where one can. Pure. */
export function findProblem(request: LineRequest & { system: LineSystem }): ItemError | null {
  const { service, product, country, system } = request;
  const { id, fields, refs } = service;
  const { planId, plan, creditLimit = '0' } = toLineProduct(product);
  const missing = (code: string, what: string): ItemError => ({ code, message: `"${id}": ${what}` });
  if (planId === undefined && plan === undefined) {
    return missing(
      'plan_missing',
      `its product "${service.product}" has neither planId nor plan in its section astbilling`,
    );
  }
  if (system.isWholeNumber('subscribers', 'credit_limit') && !/^\d+$/.test(creditLimit)) {
    const message = `the panel's credit limits are whole numbers, and creditLimit of its product "${service.product}" is "${creditLimit}"`;
    return missing('credit_limit_not_whole', message);
  }
  if (refs[LINE_REF] !== undefined) return null;
  const { ddd, channels } = fields;
  if (channels === undefined || !/^[1-9]\d{0,5}$/.test(channels)) {
    return missing(
      'channels_missing',
      'channels is not a whole number above 0: how many calls may it have at the same time?',
    );
  }
  if (country === 'BR' && ddd === undefined)
    return missing('area_code_missing', 'it has no ddd, the area code of its line');
  try {
    if (country === 'BR') checkAreaCode(ddd ?? '');
    toUsernames(service);
    toName(service);
  } catch (error) {
    if (error instanceof TelephonyError) return missing(error.code, error.message);
    throw error;
  }
  return null;
}
