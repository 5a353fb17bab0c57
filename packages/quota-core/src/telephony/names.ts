import { decodeHTMLStrict } from 'entities/lib/decode.js';
import { quote } from '../errors.js';
import { TelephonyError } from './errors.js';

/** A client's name, as a billing system has it. */
export interface ClientName {
  firstName: string | null;
  lastName: string | null;
  /** Whether HTML entities were decoded before; default false: they are decoded, once. */
  decoded?: boolean;
}

/**
 * Returns the name of a customer: first name and last name with one blank between.
 *
 * @throws TelephonyError `name_empty` when both are empty
 *
 * @example
 * ```ts
 * customerName({ firstName: ' Ana ', lastName: 'D&#039;Ávila' }); // Ana D'Ávila
 * ```
 */
export function customerName(client: ClientName): string {
  const name = [client.firstName, client.lastName]
    .map((part) => tidy(part, client.decoded))
    .filter((part) => part !== '')
    .join(' ');
  if (name === '') throw new TelephonyError('name_empty', 'the client has neither a first name nor a last name');
  return name;
}

/** What a subscriber's username follows from. */
export interface UsernameSource {
  /** The service's field for its domain: a chosen username. */
  domain: string | null;
  firstName: string | null;
  /** 0, like null, means that the service was made without an order. */
  orderId: string | number | null;
  /** Whether HTML entities were decoded before; default false: they are decoded, once. */
  decoded?: boolean;
}

/** Usernames that a service's subscriber may have. */
export interface UsernameCandidates {
  /** Whether somebody chose it. */
  chosen: boolean;
  /** First name and order id with case and accents; a chosen one unchanged. An existing subscriber may have it. */
  raw: string;
  /** The only form that is created. */
  username: string;
  /** Both, in the order in which to search for an existing subscriber. */
  search: readonly string[];
}

const USERNAME = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Returns the usernames of a service's subscriber: the chosen one, else the first word of the first name and the order's
 * id.
 *
 * @throws TelephonyError `username_invalid`, `order_id_missing`, `username_empty_after_reduction`
 *
 * @example
 * ```ts
 * usernameCandidates({ domain: '', firstName: 'João', orderId: 1042 });
 * // { chosen: false, raw: 'João1042', username: 'joao1042', search: ['João1042', 'joao1042'] }
 * ```
 */
export function usernameCandidates(source: UsernameSource): UsernameCandidates {
  const domain = tidy(source.domain, source.decoded);
  if (domain !== '') {
    return { chosen: true, raw: domain, username: checkUsername(domain), search: [domain] };
  }
  const [word = ''] = tidy(source.firstName, source.decoded).split(' ');
  const orderId = String(source.orderId ?? '').trim();
  if (!/^\d{1,20}$/.test(orderId) || /^0+$/.test(orderId)) {
    const problem = orderId === '' ? 'nor an order id' : `nor a number as its order id (${quote(orderId)})`;
    throw new TelephonyError('order_id_missing', `the service has neither a username in its domain field ${problem}`);
  }
  const reduced = reduce(word);
  if (!/[a-z0-9]/.test(reduced)) {
    throw new TelephonyError(
      'username_empty_after_reduction',
      `no letter or digit of ${quote(word)} can stand in a username: set a username in the domain field`,
    );
  }
  const raw = `${word}${orderId}`;
  const username = checkUsername(`${reduced}${orderId}`);
  return { chosen: false, raw, username, search: raw === username ? [username] : [raw, username] };
}

/**
 * Returns a username when it is valid.
 *
 * @throws TelephonyError `username_invalid`
 */
export function checkUsername(username: string): string {
  if (!USERNAME.test(username)) {
    throw new TelephonyError(
      'username_invalid',
      `${quote(username)} is not a username: use 1 to 64 letters without accents, digits, ".", "_" and "-"`,
    );
  }
  return username;
}

function reduce(word: string): string {
  return word
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]/g, '');
}

function tidy(text: string | null, decoded = false): string {
  const raw = text ?? '';
  return (decoded ? raw : decodeHTMLStrict(raw))
    .normalize('NFC')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}
