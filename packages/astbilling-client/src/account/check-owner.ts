import { isSameDocument, type Subscriber, type TelephoneCustomer } from '@sluice/quota-core/telephony';
import { type CustomerTarget, isSameCustomer } from './find-customer.js';
import { isOfStoreOnly, toReference } from './reference.js';
import { LineRefusal } from './refusal.js';
import type { LineSystem } from './system.js';

/** Who a line is for. */
interface Owned {
  usernames: readonly string[];
  customer: CustomerTarget;
  /** Whether name and document of the customer prove nothing. */
  isUnproven: boolean;
}

/** Returns why the calls of a line can't be billed by their charges, which are what a reseller of the system pays; null where they can. */
export function findReseller({ id, extra }: Pick<Subscriber, 'id' | 'extra'>): string | null {
  const reseller = extra['reseller_id'];
  if (typeof reseller !== 'string') return null;
  return `line ${id} belongs to reseller ${reseller}: the charges of its calls are what the reseller pays`;
}

/** Refuses a line of a reseller. */
export function refuseReseller(line: Pick<Subscriber, 'id' | 'extra'>): void {
  const message = findReseller(line);
  if (message !== null) throw new LineRefusal('of_reseller', message, [line.id]);
}

/**
 * Checks that a line may be adopted: only one that is surely of the same customer.
 *
 * @throws LineRefusal `conflict`, and `unproven` where only what a client typed says so
 */
export function checkAdoptable(
  line: Subscriber,
  /** Null where customer and line are one record. */
  found: { customer: TelephoneCustomer | null } | null,
  customers: readonly TelephoneCustomer[],
  { customer: wanted, isUnproven }: Pick<Owned, 'customer' | 'isUnproven'>,
): void {
  const refuse = (what: string): never => {
    throw new LineRefusal('conflict', `the username belongs to a line that ${what}; it is not taken over`, [line.id]);
  };
  if (line.status === 'terminated') refuse('is terminated');
  if (toReference(line.externalRef) !== null) refuse('has another reference');
  if (found !== null) {
    if (found.customer === null || line.customerId !== found.customer.id) refuse('another customer has');
    else if (isUnproven && !isStated(wanted, found.customer)) refuseUnproven(line);
    return;
  }
  const owner = customers.find(({ id }) => id === line.id);
  if (owner?.document != null && wanted.document !== null) {
    if (!isSameDocument(owner.document, wanted.document)) refuse('a customer with another document has');
  } else if (owner?.name !== wanted.name) refuse('a customer with another name has');
  if (isUnproven) refuseUnproven(line);
}

function refuseUnproven({ id, username }: Subscriber): never {
  const message = `line ${id} ("${username}") has no reference: that the order names its username and customer does not prove that it is this client's, so that only an operator adopts it`;
  throw new LineRefusal('unproven', message, [id]);
}

/** Whether a customer is known by its id or by the reference of the client, which no client types. */
function isStated({ id, externalRef }: CustomerTarget, customer: TelephoneCustomer): boolean {
  return id === customer.id || (externalRef !== null && toReference(customer.externalRef) === externalRef);
}

/**
 * Checks a line that was found by the service's reference. Two installations may have services with the same id, so that a
 * reference made of nothing else needs a username or customer that agrees.
 *
 * @throws LineRefusal `foreign`
 */
export function checkReferenced(
  { within }: Pick<LineSystem, 'within'>,
  line: Subscriber,
  customers: readonly TelephoneCustomer[],
  { usernames, customer }: Omit<Owned, 'isUnproven'>,
): void {
  const reference = toReference(line.externalRef) ?? '';
  if (!isOfStoreOnly(reference)) return;
  const owner = customers.find(({ id }) => id === (within ? line.id : line.customerId));
  const isSame = owner === undefined ? null : isSameCustomer(owner, customer);
  const fits = usernames.includes(line.username) ? !hasOtherDocument(owner, customer) : isSame === true;
  if (fits) return;
  const message = `line ${line.id} ("${line.username}") has the reference ${reference}, but another username or customer than this service: another installation may have made it; it is not taken over`;
  throw new LineRefusal('foreign', message, [line.id]);
}

function hasOtherDocument(owner: TelephoneCustomer | undefined, { document }: CustomerTarget): boolean {
  return owner?.document != null && document !== null && !isSameDocument(owner.document, document);
}
