import { isSameDocument, type TelephoneCustomer } from '@sluice/quota-core/telephony';
import { isOfStoreOnly, toReference } from './reference.js';
import { LineRefusal, onlyOne } from './refusal.js';

/** The customer of a line, as the billing system has it. */
export interface CustomerTarget {
  /** Decides, where a name is not enough. */
  id?: string;
  name: string;
  document: string | null;
  email: string | null;
  phone: string | null;
  externalRef: string | null;
}

/**
 * Finds a customer among those that were read: by the id that decides, by reference, document, e-mail with exact name, exact name.
 * Case and accents count. Null where there is none.
 *
 * @throws LineRefusal `ambiguous` for several and for a reference that another customer has, `not_found` for an id that nobody has
 */
export function findCustomer(
  customers: readonly TelephoneCustomer[],
  target: CustomerTarget,
): TelephoneCustomer | null {
  if (target.id !== undefined) {
    const stated = customers.find(({ id }) => id === target.id);
    if (stated === undefined) throw new LineRefusal('not_found', 'no customer has the stated id');
    return stated;
  }
  const { externalRef, document, email, name } = target;
  const ways: [string, (one: TelephoneCustomer) => boolean][] = [
    ['reference', (one) => externalRef !== null && toReference(one.externalRef) === externalRef],
    ['document', (one) => isSameDocument(one.document, document)],
    ['e-mail and name', (one) => email !== null && one.email === email && one.name === name],
    ['name', (one) => one.name === name],
  ];
  for (const [way, fits] of ways) {
    const only = onlyOne(
      customers.filter(fits),
      (ids) => `${ids.length} customers have this ${way} (${ids.join(', ')}); state the id`,
    );
    if (only === undefined) continue;
    // Another installation may have a client with the same id.
    if (way === 'reference' && isOfStoreOnly(externalRef ?? '') && !isSameCustomer(only, target)) {
      const message = `customer ${only.id} has the reference ${externalRef}, but another document or name; state the id`;
      throw new LineRefusal('ambiguous', message, [only.id]);
    }
    return only;
  }
  return null;
}

/** Returns whether two records are surely of one customer: by document, else by exact name. */
export function isSameCustomer(owner: TelephoneCustomer, { document, name }: CustomerTarget): boolean {
  return owner.document !== null && document !== null ? isSameDocument(owner.document, document) : owner.name === name;
}
