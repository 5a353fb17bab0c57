import type { Credentials, CustomerAccess } from '@sluice/engine';
import { printable } from '@sluice/panel-http/printable';
import { fillPlaceholders, hasPlaceholder, type Placeholder, PLACEHOLDER } from '@sluice/config-file';
import type { Terminal } from '../terminal.js';
import { formatCount } from '../words.js';

/** A customer's account, as a mail presents it. */
export interface CustomerAccount {
  /** The service, or the user of an agent. */
  service: string;
  panel: string | null;
  access: CustomerAccess;
  credentials: Credentials | null;
  /** Whether customers have a password on a panel of this kind. */
  hasPassword: boolean;
}

/** The default message; lines whose value is missing are left out. */
const LINES: readonly [Placeholder | null, string][] = [
  [null, 'Hello,'],
  [null, ''],
  [null, 'your account "{{service}}" is ready.'],
  [null, ''],
  ['username', 'Login name: {{username}}'],
  ['password', 'Password: {{password}}'],
  ['url', 'Address: {{url}}'],
  ['links', 'Subscription link: {{links}}'],
  ['expiresAt', 'Valid until: {{expiresAt}}'],
];

/** Prints how a customer uses an account. */
export function printAccess(terminal: Terminal, account: CustomerAccount): void {
  const { access } = account;
  if (account.credentials === null) terminal.info(`  account ${access.username}`);
  terminal.info(`  address ${access.url ?? 'none: set publicUrl of the panel in the config'}`);
  for (const { url, unknown } of access.links) {
    terminal.info(`  subscription link ${url}`);
    if (unknown !== null) terminal.info(`  ${unknown}`);
  }
  const until = expiry(account, (instant) => terminal.times.bound(instant, account.panel));
  terminal.info(`  valid until ${until ?? 'further notice'}`);
}

/**
 * Prints the message to a customer on stdout, and on stderr which links it can't contain. Returns whether it has a place for the
 * password of an account whose password is not known.
 */
export function printMessage(
  terminal: Terminal,
  account: CustomerAccount,
  template: string | undefined,
): { lacksPassword: boolean } {
  const values = toValues(terminal, account);
  const text =
    template ??
    LINES.filter(([needs]) => needs === null || values[needs] !== null)
      .map(([, line]) => line)
      .join('\n');
  const filled = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? 'none']));
  const unknown = account.access.links.flatMap((link) => link.unknown ?? []);
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  // A customer must not be sent a link that does not work, nor words that announce one.
  const kept = unknown.length === 0 || values.links !== null ? lines : lines.filter((line) => !isOnlyLinks(line));
  const message = fillPlaceholders(kept.join('\n'), filled as Record<Placeholder, string>);
  for (const line of message.split('\n')) terminal.verbatim(line);
  for (const reason of unknown) terminal.warn(`sluice: warning: ${reason}`);
  return { lacksPassword: keepsPassword(account) && hasPlaceholder(text, 'password') };
}

/** Returns whether links are all that a line of a message is filled with. */
function isOnlyLinks(line: string): boolean {
  const names = [...line.matchAll(PLACEHOLDER)].map(([, name = '']) => name.trim());
  return names.length > 0 && names.every((name) => name === 'links');
}

function keepsPassword({ credentials, hasPassword }: CustomerAccount): boolean {
  return hasPassword && credentials?.password == null;
}

/** Returns the values of the placeholders, without control characters; null where there is none. */
function toValues(terminal: Terminal, account: CustomerAccount): Record<Placeholder, string | null> {
  const { service, access, credentials } = account;
  const usable = access.links.filter(({ unknown }) => unknown === null);
  const links = usable.map(({ url }) => printable(url)).join('\n');
  const password = keepsPassword(account) ? 'your current password' : (credentials?.password ?? null);
  return {
    service: printable(service),
    username: printable(access.username),
    password: password === null ? null : printable(password),
    url: access.url === null ? null : printable(access.url),
    links: links === '' ? null : links,
    expiresAt: expiry(account, (instant) => terminal.times.named(instant, account.panel)),
  };
}

function expiry({ access }: CustomerAccount, write: (instant: string | null) => string | null): string | null {
  const { expiresAt, daysFromFirstUse: days } = access;
  return days === null ? write(expiresAt) : `${formatCount(days, 'day')} after the first use`;
}
