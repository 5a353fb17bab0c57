import { usageError } from '@sluice/panel-kind';

/** Returns whether a text is an address of the web. */
export function isWebAddress(text: string): boolean {
  return URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol);
}

/**
 * Returns an address of the web.
 *
 * @throws SluiceError `bad_address` that names the key, never the address
 */
export function requireWebAddress(text: string, key: string): string {
  if (isWebAddress(text)) return text;
  throw usageError('bad_address', `${key} is not an address that begins with https:// or http://`, { key });
}

/** Returns whether a text is one e-mail address without a name. */
export function isMailAddress(text: string): boolean {
  return text.length <= 254 && /^[^\s@<>(),;:"[\]\\\p{C}]+@[^\s@<>(),;:"[\]\\\p{C}]+$/u.test(text);
}

/** Where mail is handed in. */
export interface SmtpAddress {
  host: string;
  port: number;
  /** Encrypted from the first byte (`smtps:`). */
  secure: boolean;
  user: string;
}

/** Returns whether a text is an address of a mail server. */
export function isSmtpAddress(text: string): boolean {
  return readSmtpAddress(text) !== null;
}

/**
 * Parses `smtp://USER@HOST:PORT` or `smtps://…`; the ports are 587 and 465 by default.
 *
 * @throws SluiceError `bad_address`
 */
export function parseSmtpAddress(text: string): SmtpAddress {
  const address = readSmtpAddress(text);
  if (address !== null) return address;
  throw usageError('bad_address', 'smtp is not an address such as smtp://user@mail.example.com:587', { key: 'smtp' });
}

function readSmtpAddress(text: string): SmtpAddress | null {
  if (!/^smtps?:\/\/[^/?#]+\/?$/.test(text)) return null;
  try {
    const { protocol, hostname, port, username } = new URL(text);
    const secure = protocol === 'smtps:';
    const host = hostname.replace(/^\[|\]$/g, '');
    const user = decodeURIComponent(username);
    return host === '' ? null : { host, port: port === '' ? (secure ? 465 : 587) : Number(port), secure, user };
  } catch {
    // Not a URL, or a user with a percent sign that does not begin a code.
    return null;
  }
}
