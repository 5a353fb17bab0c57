import { isIP } from 'node:net';

/** Returns a name with the white space and the composition that other spellings of it get, too; null for an empty one. */
export function exactKey(text: string | null): string | null {
  const key = (text ?? '').normalize('NFC').replace(/\s+/g, ' ').trim();
  return key === '' ? null : key;
}

/** As `exactKey`, without case. */
export function foldedKey(text: string | null): string | null {
  // The case may change the composition.
  return exactKey(exactKey(text)?.toLowerCase() ?? null);
}

/** Returns the name of a host, whose case and last dot mean nothing. */
export function hostKey(text: string | null): string | null {
  return foldedKey(foldedKey(text)?.replace(/\.+$/, '') ?? null);
}

/** Returns an e-mail address without case; null for what is not one. */
export function mailKey(text: string | null): string | null {
  const key = foldedKey(text);
  return key !== null && /^[^@\s]+@[^@\s]+$/.test(key) ? key : null;
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Returns the value of a ref; only uuids are the same in any case. */
export function refKey(text: string): string | null {
  const key = exactKey(text);
  return key !== null && UUID.test(key) ? key.toLowerCase() : key;
}

/** Addresses that many hosts have. */
const OF_NOBODY = /^(?:0\.0\.0\.0|127\..*|::1?)$/;

/** Returns an IP address in one spelling, without port, prefix length and zone; null for what is not one, or is the address of nobody. */
export function addressKey(text: string): string | null {
  const bare = text.trim().replace(/\/\d{1,3}$/, '');
  const [, inBrackets] = /^\[([^\]]*)\](?::\d{1,5})?$/.exec(bare) ?? [];
  const whole = (inBrackets ?? (isIP(bare) === 0 ? bare.replace(/:\d{1,5}$/, '') : bare)).replace(/%.*$/, '');
  const version = isIP(whole);
  const key = version === 6 ? toShortest(whole) : version === 4 ? whole : null;
  return key === null || OF_NOBODY.test(key) ? null : key;
}

/** Returns an IPv6 address in its shortest spelling; one that stands for an IPv4 address as that. */
function toShortest(address: string): string {
  const shortest = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(shortest) ?? [];
  if (high === undefined || low === undefined) return shortest;
  return [high, low].flatMap((part) => [Number.parseInt(part, 16) >> 8, Number.parseInt(part, 16) & 255]).join('.');
}
